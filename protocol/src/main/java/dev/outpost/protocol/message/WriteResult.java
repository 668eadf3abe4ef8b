package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.Result;

/**
 * The answer to {@code process/write} (spec W91).
 *
 * @param status {@code accepted}, {@code unknownProcess}, {@code stdinClosed} or {@code starting}
 */
public record WriteResult(String status) implements Result {
    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"status\":").string(status).raw("}");
    }
}
