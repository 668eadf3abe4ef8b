package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.Result;

/** The answer to everything that just succeeds (spec W95, W96, W99, W100, N55). */
public record EmptyResult() implements Result {
    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{}");
    }
}
