package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.RpcException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import tools.jackson.core.JsonToken;

/** The reference's texts for parameters that can't be decoded (spec W68). */
final class Mismatch {
    private static final BigInteger UNSIGNED_MAX = new BigInteger("18446744073709551615");
    private static final BigInteger SIGNED_MIN = BigInteger.valueOf(Long.MIN_VALUE);

    private Mismatch() {}

    static RpcException invalid(String message) {
        return new RpcException(ErrorCode.INVALID_PARAMS, message);
    }

    static RpcException missing(String field) {
        return invalid("missing field `" + field + "`");
    }

    /** The value it stands at has another type. */
    static RpcException of(JsonReader in, String expected) {
        return invalidType(describe(in), expected);
    }

    static RpcException invalidType(String found, String expected) {
        return invalid("invalid type: " + found + ", expected " + expected);
    }

    static RpcException invalidValue(String found, String expected) {
        return invalid("invalid value: " + found + ", expected " + expected);
    }

    static RpcException unknownVariant(String found, List<String> known) {
        StringBuilder text =
                new StringBuilder("unknown variant `").append(found).append("`, expected ");
        switch (known.size()) {
            case 1 -> text.append('`').append(known.get(0)).append('`');
            case 2 ->
                text.append('`')
                        .append(known.get(0))
                        .append("` or `")
                        .append(known.get(1))
                        .append('`');
            default ->
                text.append("one of `").append(String.join("`, `", known)).append('`');
        }
        return invalid(text.toString());
    }

    /** Whether the number it stands at is an integer for the reference; larger ones and {@code -0} are fractions to it. */
    static boolean isInteger(JsonReader in) {
        if (in.token() != JsonToken.VALUE_NUMBER_INT || in.text().equals("-0")) {
            return false;
        }
        BigInteger value = new BigInteger(in.text());
        return value.compareTo(UNSIGNED_MAX) <= 0 && value.compareTo(SIGNED_MIN) >= 0;
    }

    private static String describe(JsonReader in) {
        return switch (in.token()) {
            case VALUE_NULL -> "null";
            case VALUE_TRUE -> "boolean `true`";
            case VALUE_FALSE -> "boolean `false`";
            case START_ARRAY -> "sequence";
            case START_OBJECT -> "map";
            case VALUE_STRING -> "string " + quoted(in.text());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(in);
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
                throw new IllegalStateException("not at a value: " + in.token());
        };
    }

    private static String number(JsonReader in) {
        if (isInteger(in)) {
            return "integer `" + in.text() + "`";
        }
        return "floating point `" + floatingPoint(Double.parseDouble(in.text())) + "`";
    }

    /** Shortest digits, plain between 1e-5 and 1e16, else with an exponent. */
    private static String floatingPoint(double value) {
        if (value == 0) {
            return Double.toString(value);
        }
        BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = digits.precision() - digits.scale() - 1;
        if (exponent >= -5 && exponent < 16) {
            String plain = digits.toPlainString();
            return digits.scale() > 0 ? plain : plain + ".0";
        }
        String mantissa = digits.movePointLeft(exponent).stripTrailingZeros().toPlainString();
        return mantissa + (exponent < 0 ? "e" : "e+") + exponent;
    }

    /** As Rust's {@code Debug} writes a string. */
    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case 0 -> out.append("\\0");
                default -> {
                    if (Character.isISOControl(c)) {
                        out.append("\\u{").append(Integer.toHexString(c)).append('}');
                    } else {
                        out.appendCodePoint(c);
                    }
                }
            }
        });
        return out.append('"').toString();
    }
}
