package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.Result;
import dev.outpost.protocol.jsonrpc.RpcException;

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

    private static final Field<String> STATUS = Field.required("status", Decoders::string);
    private static final Shape SHAPE = new Shape("struct WriteResponse", 1, STATUS);

    /** Decodes the answer of a server. */
    public static WriteResult decode(JsonSlice result) throws RpcException {
        return new WriteResult(SHAPE.decode(result).get(STATUS));
    }
}
