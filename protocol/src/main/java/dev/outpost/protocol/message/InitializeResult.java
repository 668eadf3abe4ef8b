package dev.outpost.protocol.message;

import dev.outpost.executor.EnvironmentInfo;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.Result;

/** The answer to {@code initialize} (spec W79, N38). */
public record InitializeResult(String sessionId, EnvironmentInfo info) implements Result {
    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"sessionId\":").string(sessionId).raw(",\"environmentInfo\":");
        new EnvironmentInfoResult(info).writeTo(out);
        out.raw("}");
    }
}
