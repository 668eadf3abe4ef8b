package dev.outpost.protocol.jsonrpc;

import dev.outpost.protocol.json.JsonOutput;

/** The id of a request: echoed with its type and value (spec W23, W33). */
public sealed interface RequestId {
    /** The id of an answer to something whose id is unknown (spec W32). */
    RequestId UNKNOWN = new Number(-1);

    /** Writes it as JSON. Not a default method: with one, two threads could wait for each other to load this type. */
    void writeTo(JsonOutput out);

    /** An integer id. */
    @SuppressWarnings("AvoidCommonTypeNames")
    record Number(long value) implements RequestId {
        @Override
        public void writeTo(JsonOutput out) {
            out.number(value);
        }
    }

    /** A string id. */
    record Text(String value) implements RequestId {
        @Override
        public void writeTo(JsonOutput out) {
            out.string(value);
        }
    }
}
