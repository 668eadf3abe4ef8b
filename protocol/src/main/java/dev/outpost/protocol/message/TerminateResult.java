package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.Result;

/**
 * The answer to {@code process/terminate} (spec W92).
 *
 * @param running whether there was something to terminate
 */
public record TerminateResult(boolean running) implements Result {
    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"running\":").bool(running).raw("}");
    }
}
