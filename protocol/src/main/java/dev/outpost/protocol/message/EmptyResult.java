package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.Result;
import dev.outpost.protocol.jsonrpc.RpcException;

/** The answer to everything that just succeeds (spec W95, W96, W99, W100, N55). */
public record EmptyResult() implements Result {
    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{}");
    }

    private static final Shape SHAPE = new Shape("struct EmptyResponse", 0);

    /** Checks the answer of a server. */
    public static EmptyResult decode(JsonSlice result) throws RpcException {
        SHAPE.decode(result);
        return new EmptyResult();
    }
}
