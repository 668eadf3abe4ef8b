package dev.outpost.protocol.jsonrpc;

import dev.outpost.protocol.json.JsonOutput;

/** What a request is answered with. */
@FunctionalInterface
public interface Result {
    /** Appends exactly one JSON value. */
    void writeTo(JsonOutput out);
}
