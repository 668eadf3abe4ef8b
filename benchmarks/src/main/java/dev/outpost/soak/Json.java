package dev.outpost.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON value that was received. Asking for what isn't there gives {@link #ABSENT}; asking it for a value fails. */
final class Json {
    static final Json ABSENT = new Json(null, false);

    private final @Nullable Object value;
    private final boolean exists;

    private Json(@Nullable Object value, boolean exists) {
        this.value = value;
        this.exists = exists;
    }

    /** A string as JSON text. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** Reads one whole message. */
    static Json parse(byte[] bytes, int length) throws IOException {
        Parser parser = new Parser(bytes, length);
        Json message = parser.value();
        parser.end();
        return message;
    }

    boolean exists() {
        return exists;
    }

    boolean isNull() {
        return exists && value == null;
    }

    Json get(String name) {
        if (value instanceof Map<?, ?> members && members.get(name) instanceof Json member) {
            return member;
        }
        return ABSENT;
    }

    String text() throws IOException {
        if (value instanceof String text) {
            return text;
        }
        throw new IOException("not a string: " + this);
    }

    long number() throws IOException {
        if (value instanceof Long number) {
            return number;
        }
        throw new IOException("not an integer: " + this);
    }

    boolean truth() throws IOException {
        if (value instanceof Boolean truth) {
            return truth;
        }
        throw new IOException("not a boolean: " + this);
    }

    List<Json> items() throws IOException {
        if (value instanceof List<?> items) {
            List<Json> list = new ArrayList<>();
            for (Object item : items) {
                if (item instanceof Json json) {
                    list.add(json);
                }
            }
            return list;
        }
        throw new IOException("not an array: " + this);
    }

    /** For error messages: not valid JSON. */
    @Override
    public String toString() {
        if (!exists) {
            return "absent";
        }
        String text = String.valueOf(value);
        return text.length() > 300 ? text.substring(0, 300) + "…" : text;
    }

    private static final class Parser {
        private final byte[] bytes;
        private final int length;
        private int at;

        Parser(byte[] bytes, int length) {
            this.bytes = bytes;
            this.length = length;
        }

        Json value() throws IOException {
            return switch (peek()) {
                case '{' -> new Json(members(), true);
                case '[' -> new Json(elements(), true);
                case '"' -> new Json(string(), true);
                case 't' -> new Json(word("true", true), true);
                case 'f' -> new Json(word("false", false), true);
                case 'n' -> new Json(word("null", null), true);
                default -> new Json(number(), true);
            };
        }

        void end() throws IOException {
            if (at != length) {
                throw broken("end of the message");
            }
        }

        private Map<String, Json> members() throws IOException {
            Map<String, Json> members = new LinkedHashMap<>();
            at++;
            while (peek() != '}') {
                String name = string();
                expect(':');
                members.put(name, value());
                if (peek() == ',') {
                    at++;
                }
            }
            at++;
            return members;
        }

        private List<Json> elements() throws IOException {
            List<Json> elements = new ArrayList<>();
            at++;
            while (peek() != ']') {
                elements.add(value());
                if (peek() == ',') {
                    at++;
                }
            }
            at++;
            return elements;
        }

        private String string() throws IOException {
            expect('"');
            int from = at;
            boolean escaped = false;
            while (peek() != '"') {
                if (bytes[at] == '\\') {
                    escaped = true;
                    at++;
                }
                at++;
            }
            String raw = new String(bytes, from, at - from, UTF_8);
            at++;
            return escaped ? unescape(raw) : raw;
        }

        private static String unescape(String raw) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < raw.length(); i++) {
                char c = raw.charAt(i);
                if (c != '\\') {
                    text.append(c);
                    continue;
                }
                c = raw.charAt(++i);
                switch (c) {
                    case 'n' -> text.append('\n');
                    case 'r' -> text.append('\r');
                    case 't' -> text.append('\t');
                    case 'b' -> text.append('\b');
                    case 'f' -> text.append('\f');
                    case 'u' -> {
                        text.append((char) Integer.parseInt(raw, i + 1, i + 5, 16));
                        i += 4;
                    }
                    default -> text.append(c);
                }
            }
            return text.toString();
        }

        private Object number() throws IOException {
            int from = at;
            while (at < length && ",]}".indexOf(bytes[at]) < 0) {
                at++;
            }
            String text = new String(bytes, from, at - from, UTF_8).strip();
            try {
                return Long.valueOf(text);
            } catch (NumberFormatException fraction) {
                try {
                    return Double.valueOf(text);
                } catch (NumberFormatException e) {
                    throw broken("a value");
                }
            }
        }

        private @Nullable Object word(String word, @Nullable Object meaning) throws IOException {
            for (int i = 0; i < word.length(); i++) {
                expect(word.charAt(i));
            }
            return meaning;
        }

        private int peek() throws IOException {
            if (at >= length) {
                throw broken("more");
            }
            return bytes[at];
        }

        private void expect(char wanted) throws IOException {
            if (peek() != wanted) {
                throw broken("'" + wanted + "'");
            }
            at++;
        }

        private IOException broken(String wanted) {
            return new IOException("malformed message from the server: expected " + wanted + " at byte " + at + " of "
                    + new String(bytes, 0, Math.min(length, 300), UTF_8));
        }
    }
}
