package dev.outpost.protocol.jsonrpc;

import dev.outpost.protocol.json.JsonOutput;

/** The id of a request: echoed with its type and value (spec W23, W33). */
public sealed interface RequestId {
    /** The id of an answer to something whose id is unknown (spec W32). */
    RequestId UNKNOWN = new Number(-1);

    /** An integer id. */
    record Number(long value) implements RequestId {}

    /** A string id. */
    record Text(String value) implements RequestId {}

    /** Writes it as JSON. */
    default void writeTo(JsonOutput out) {
        switch (this) {
            case Number(long value) -> out.number(value);
            case Text(String value) -> out.string(value);
        }
    }
}
