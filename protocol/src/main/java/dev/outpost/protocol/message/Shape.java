package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.message.Field.Presence;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/**
 * An object with known members, decoded as the reference does: unknown members are skipped, of duplicates the last one
 * counts, the first wrong type in the document is reported, then the first missing field in the order of declaration; an
 * array is the fields by position (spec W34, W35, W68).
 */
final class Shape {
    private final String expected;
    private final int positional;
    private final Field<?>[] fields;

    /**
     * A shape.
     *
     * @param expected what the reference calls it in error texts, such as {@code struct ReadParams}
     * @param positional how many of the fields, from the first, have a position in an array
     */
    Shape(String expected, int positional, Field<?>... fields) {
        this.expected = expected;
        this.positional = positional;
        this.fields = fields;
    }

    /** Decodes parameters; absent ones are null. */
    Values decode(JsonSlice params) throws RpcException {
        if (params.isAbsent()) {
            throw Mismatch.invalidType("null", expected);
        }
        try (JsonReader in = JsonReader.at(params)) {
            return decode(in);
        }
    }

    /** Decodes the value it stands at. */
    Values decode(JsonReader in) throws RpcException {
        if (in.token() == JsonToken.START_OBJECT) {
            return object(in);
        }
        if (in.token() == JsonToken.START_ARRAY) {
            return array(in);
        }
        throw Mismatch.of(in, expected);
    }

    private Values object(JsonReader in) throws RpcException {
        @Nullable Object[] values = new @Nullable Object[fields.length];
        boolean[] present = new boolean[fields.length];
        Map<Integer, RpcException> failures = new LinkedHashMap<>();
        int depth = in.depth();
        while (in.next() == JsonToken.PROPERTY_NAME) {
            int index = indexOf(in.text());
            in.next();
            if (index >= 0) {
                present[index] = true;
                failures.remove(index); // Replaced by this duplicate.
                try {
                    values[index] = value(fields[index], in);
                } catch (RpcException e) {
                    failures.put(index, e);
                }
            }
            in.leaveTo(depth);
        }
        for (RpcException first : failures.values()) {
            throw first;
        }
        for (int i = 0; i < fields.length; i++) {
            if (!present[i]) {
                if (fields[i].presence() == Presence.REQUIRED) {
                    throw Mismatch.missing(fields[i].name());
                }
                values[i] = fields[i].fallback();
            }
        }
        return new Values(fields, values);
    }

    private Values array(JsonReader in) throws RpcException {
        @Nullable Object[] values = new @Nullable Object[fields.length];
        int depth = in.depth();
        int count = 0;
        while (in.next() != JsonToken.END_ARRAY) {
            if (count < positional) {
                values[count] = value(fields[count], in);
            }
            in.leaveTo(depth);
            count++;
        }
        if (count > positional) {
            throw Mismatch.invalid("invalid length " + count + ", expected fewer elements in array");
        }
        for (int i = count; i < fields.length; i++) {
            if (fields[i].presence() == Presence.REQUIRED) {
                throw Mismatch.invalid("invalid length " + count + ", expected " + expected + " with " + positional
                        + (positional == 1 ? " element" : " elements"));
            }
            values[i] = fields[i].fallback();
        }
        return new Values(fields, values);
    }

    private static @Nullable Object value(Field<?> field, JsonReader in) throws RpcException {
        boolean absent = field.presence() == Presence.OPTIONAL && in.token() == JsonToken.VALUE_NULL;
        return absent ? null : field.decoder().decode(in);
    }

    private int indexOf(String member) {
        for (int i = 0; i < fields.length; i++) {
            if (fields[i].name().equals(member)) {
                return i;
            }
        }
        return -1;
    }
}
