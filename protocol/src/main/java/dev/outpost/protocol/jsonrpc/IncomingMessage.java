package dev.outpost.protocol.jsonrpc;

import dev.outpost.protocol.json.JsonSlice;

/** A message as it came in, classified by the first shape that fits (spec W22–W31); parameters are not decoded yet. */
public sealed interface IncomingMessage {
    /** Wants an answer. {@code params} may be {@link JsonSlice#ABSENT}. */
    record Request(RequestId id, String method, JsonSlice params) implements IncomingMessage {}

    /** Wants none. {@code params} may be {@link JsonSlice#ABSENT}. */
    record Notification(String method, JsonSlice params) implements IncomingMessage {}

    /** A result for a request of ours. */
    record Response(RequestId id, JsonSlice result) implements IncomingMessage {}

    /** A failure of a request of ours. */
    record ErrorResponse(RequestId id, long code, String message) implements IncomingMessage {}

    /**
     * Not JSON, or JSON of no known shape.
     *
     * @param parserText what is wrong, worded as the reference's parser does where that is possible (spec W32)
     */
    record Malformed(String parserText) implements IncomingMessage {}

    /** Classifies a message. Keeps {@code bytes}: slices point into them. */
    static IncomingMessage parse(byte[] bytes, int length) {
        return EnvelopeParser.parse(bytes, length);
    }

    /**
     * The id of a message of which only the beginning is known, or {@link RequestId#UNKNOWN} if the beginning does not
     * hold it completely (spec N14d).
     */
    static RequestId idOfPrefix(byte[] prefix, int length) {
        return EnvelopeParser.idOfPrefix(prefix, length);
    }
}
