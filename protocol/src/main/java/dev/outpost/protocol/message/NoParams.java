package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import tools.jackson.core.JsonToken;

/** The parameters of a method that has none: absent, null or {@code {}} (spec W34, N52). */
public record NoParams() implements Params {
    private static final NoParams NONE = new NoParams();

    /** Checks that there are none; all failures are {@code INVALID_PARAMS}. */
    public static NoParams decode(JsonSlice params) throws RpcException {
        if (params.isAbsent()) {
            return NONE;
        }
        try (JsonReader in = JsonReader.at(params)) {
            boolean isObject = in.token() == JsonToken.START_OBJECT;
            if (in.token() == JsonToken.VALUE_NULL || (isObject && in.next() == JsonToken.END_OBJECT)) {
                return NONE;
            }
            throw isObject ? Mismatch.invalidType("map", "unit") : Mismatch.of(in, "unit");
        }
    }

    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{}");
    }
}
