package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.Result;
import dev.outpost.protocol.jsonrpc.RpcException;

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

    private static final Field<Boolean> RUNNING = Field.required("running", Decoders::bool);
    private static final Shape SHAPE = new Shape("struct TerminateResponse", 1, RUNNING);

    /** Decodes the answer of a server. */
    public static TerminateResult decode(JsonSlice result) throws RpcException {
        return new TerminateResult(SHAPE.decode(result).get(RUNNING));
    }
}
