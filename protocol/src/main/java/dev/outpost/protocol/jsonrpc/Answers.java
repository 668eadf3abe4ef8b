package dev.outpost.protocol.jsonrpc;

import dev.outpost.protocol.json.JsonOutput;

/** Writes answers with the members in the order of the reference (spec W33). */
public final class Answers {
    private Answers() {}

    /** Appends {@code {"id":…,"result":…}}. */
    public static void result(JsonOutput out, RequestId id, Result result) {
        out.raw("{\"id\":");
        id.writeTo(out);
        out.raw(",\"result\":");
        result.writeTo(out);
        out.raw("}");
    }

    /** Appends {@code {"error":{"code":…,"message":…},"id":…}}. */
    public static void error(JsonOutput out, RequestId id, int code, String message) {
        out.raw("{\"error\":{\"code\":")
                .number(code)
                .raw(",\"message\":")
                .string(message)
                .raw("},\"id\":");
        id.writeTo(out);
        out.raw("}");
    }

    /**
     * The text of the answer to a malformed message (spec W32).
     *
     * @param webSocket whether the message came over a WebSocket
     * @param peer what the connection calls its peer, for example {@code exec-server websocket 127.0.0.1:4242}
     * @param parserText what is wrong with the message
     */
    public static String malformedText(boolean webSocket, String peer, String parserText) {
        return "failed to parse " + (webSocket ? "websocket " : "") + "JSON-RPC message from " + peer + ": "
                + parserText;
    }
}
