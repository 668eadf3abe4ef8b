package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonOutput;

/** Parameters that a client can send: an object, with unset members as null (spec C28). */
@FunctionalInterface
public interface Params {
    /** Appends exactly one JSON value. */
    void writeTo(JsonOutput out);
}
