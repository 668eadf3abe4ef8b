package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RequestId;
import dev.outpost.protocol.jsonrpc.RpcException;

/**
 * The answer to {@code fs/readFile}, written in parts: {@link #prefix}, any number of {@link JsonOutput#base64Part}
 * (all but the last of a length divisible by 3), {@link #suffix}.
 */
public final class ReadFileAnswer {
    private ReadFileAnswer() {}

    /** Appends everything up to the content. */
    public static void prefix(JsonOutput out, RequestId id) {
        out.raw("{\"id\":");
        id.writeTo(out);
        out.raw(",\"result\":{\"dataBase64\":\"");
    }

    /** Appends everything behind the content. */
    public static void suffix(JsonOutput out) {
        out.raw("\"}}");
    }

    private static final Field<JsonSlice> DATA = Field.required("dataBase64", Decoders::stringBytes);
    private static final Shape SHAPE = new Shape("struct FsReadFileResponse", 1, DATA);

    /**
     * Decodes the result of a server.
     *
     * @return its base64 text, not decoded yet: a part of the message, to be given to {@link #content}
     */
    public static JsonSlice decode(JsonSlice result) throws RpcException {
        return SHAPE.decode(result).get(DATA);
    }

    /** Decodes the content itself; the failure has the reason only (spec C74). */
    public static byte[] content(JsonSlice base64) throws RpcException {
        return StandardBase64.decode(base64);
    }
}
