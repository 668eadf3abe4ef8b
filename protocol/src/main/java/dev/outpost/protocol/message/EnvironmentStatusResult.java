package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.Result;

/** The answer to {@code environment/status} (spec N53): a server that answers is ready. */
public record EnvironmentStatusResult() implements Result {
    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"status\":\"ready\"}");
    }
}
