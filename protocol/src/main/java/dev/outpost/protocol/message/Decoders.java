package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonToken;

/** Readers of the common types; every failure is {@code INVALID_PARAMS} with the reference's text (spec W68). */
final class Decoders {
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private Decoders() {}

    static String string(JsonReader in) throws RpcException {
        return string(in, "a string");
    }

    /** A string of which the reference says that it expected a path. */
    static String pathString(JsonReader in) throws RpcException {
        return string(in, "path string");
    }

    static boolean bool(JsonReader in) throws RpcException {
        if (in.token() != JsonToken.VALUE_TRUE && in.token() != JsonToken.VALUE_FALSE) {
            throw Mismatch.of(in, "a boolean");
        }
        return in.token() == JsonToken.VALUE_TRUE;
    }

    /** An integer from 0 to 2^64 − 1; everything above {@link Long#MAX_VALUE} becomes that. */
    static long unsigned(JsonReader in) throws RpcException {
        return unsigned(in, "u64");
    }

    /** As {@link #unsigned(JsonReader)}; the reference's name of the type is for error texts. */
    static long unsigned(JsonReader in, String type) throws RpcException {
        if (in.token() == JsonToken.VALUE_NUMBER_INT) {
            String digits = in.text();
            if (digits.length() < 19 && digits.charAt(0) != '-') {
                return Long.parseLong(digits);
            }
        }
        if (!Mismatch.isInteger(in)) {
            throw Mismatch.of(in, type);
        }
        BigInteger value = new BigInteger(in.text());
        if (value.signum() < 0) {
            throw Mismatch.invalidValue("integer `" + value + "`", type);
        }
        return value.min(LONG_MAX).longValue();
    }

    static List<String> strings(JsonReader in) throws RpcException {
        return list(in, Decoders::string);
    }

    static <T> List<T> list(JsonReader in, Decoder<T> element) throws RpcException {
        if (in.token() != JsonToken.START_ARRAY) {
            throw Mismatch.of(in, "a sequence");
        }
        List<T> list = new ArrayList<>();
        while (in.next() != JsonToken.END_ARRAY) {
            list.add(element.decode(in));
        }
        return list;
    }

    static Map<String, String> stringMap(JsonReader in) throws RpcException {
        if (in.token() != JsonToken.START_OBJECT) {
            throw Mismatch.of(in, "a map");
        }
        Map<String, String> map = new LinkedHashMap<>();
        while (in.next() == JsonToken.PROPERTY_NAME) {
            String name = in.text();
            in.next();
            map.put(name, string(in));
        }
        return map;
    }

    /** The value as it is, to be decoded later. */
    static JsonSlice slice(JsonReader in) {
        return in.slice();
    }

    /** Standard base64 (spec W36), decoded from the message's own bytes. */
    static byte[] base64(JsonReader in) throws RpcException {
        return StandardBase64.decode(stringBytes(in));
    }

    /** The bytes of a string, to be decoded later; not copied. */
    static JsonSlice stringBytes(JsonReader in) throws RpcException {
        requireString(in, "a string");
        return in.stringBytes();
    }

    /**
     * One of a few words. The reference also takes {@code {"word":null}}.
     *
     * @param names the words, in its order, each for the value at the same index
     */
    static <T> Decoder<T> oneOf(List<String> names, List<T> values) {
        return in -> {
            boolean isObject = in.token() == JsonToken.START_OBJECT;
            String word = isObject ? onlyMember(in) : string(in, "string or map");
            int index = names.indexOf(word);
            if (index < 0) {
                throw Mismatch.unknownVariant(word, names);
            }
            return values.get(index);
        };
    }

    private static String onlyMember(JsonReader in) throws RpcException {
        String only = in.next() == JsonToken.PROPERTY_NAME ? in.text() : null;
        if (only == null || in.next() != JsonToken.VALUE_NULL || in.next() != JsonToken.END_OBJECT) {
            throw Mismatch.invalidValue("map", "map with a single key");
        }
        return only;
    }

    private static String string(JsonReader in, String expected) throws RpcException {
        requireString(in, expected);
        return in.text();
    }

    private static void requireString(JsonReader in, String expected) throws RpcException {
        if (in.token() != JsonToken.VALUE_STRING) {
            throw Mismatch.of(in, expected);
        }
    }

    /** An integer in the range of {@code long}. */
    static long signed(JsonReader in) throws RpcException {
        if (!Mismatch.isInteger(in)) {
            throw Mismatch.of(in, "i64");
        }
        BigInteger value = new BigInteger(in.text());
        if (value.bitLength() >= Long.SIZE) {
            throw Mismatch.invalidValue("integer `" + value + "`", "i64");
        }
        return value.longValue();
    }
}
