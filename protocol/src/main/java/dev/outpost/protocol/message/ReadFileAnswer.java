package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.RequestId;

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
}
