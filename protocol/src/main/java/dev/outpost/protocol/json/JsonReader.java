package dev.outpost.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/**
 * Steps through JSON token by token. Strings are only decoded when asked for, so a huge one that is skipped costs no
 * memory. On malformed input every step may throw Jackson's unchecked {@code JacksonException}; a slice of a message
 * that was parsed before has none. For one thread.
 */
public final class JsonReader implements AutoCloseable {
    /** How deep arrays and objects may be nested (spec W70). */
    public static final int MAX_DEPTH = 127;
    /** Characters of a number; a message with a longer one is malformed. */
    private static final int MAX_NUMBER = 1000;
    /**
     * Characters of a member's name; a message with a longer one is malformed. The parser keeps up to 6000 names between
     * messages, so this bounds what a peer can make it keep.
     */
    private static final int MAX_NAME = 16 * 1024;

    /** Any integer with this many digits is below the largest double. */
    private static final int MAX_FINITE_DIGITS = 300;

    static final String NUMBER_OUT_OF_RANGE = "number out of range";

    private static final SkippingJsonFactory FACTORY = new SkippingJsonFactory(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER)
                    .maxNameLength(MAX_NAME)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            // It is UTF-8, whatever the first bytes look like.
            .disable(TokenStreamFactory.Feature.CHARSET_DETECTION));

    private final byte[] bytes;
    private final int start;
    private final int end;
    private final SkippingJsonFactory.Parser parser;

    /** A reader of the bytes from {@code start} (inclusive) to {@code end} (exclusive), before the first token. */
    public JsonReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.start = start;
        this.end = end;
        this.parser = FACTORY.parser(bytes, start, end);
    }

    /** A reader that stands at the first token of a slice, which must not be absent. */
    public static JsonReader at(JsonSlice slice) {
        JsonReader reader = new JsonReader(slice.bytes(), slice.start(), slice.end());
        reader.parser.plain().see(slice.plain());
        reader.next();
        return reader;
    }

    /**
     * What is wrong with the text as such (see {@link JsonText}), in the words of the reference's parser; null if nothing is.
     * To be asked before the first step, of a whole message only.
     */
    public @Nullable String flaw() {
        return JsonText.flaw(bytes, end, parser.plain());
    }

    /** Steps to the next token; {@code NOT_AVAILABLE} at the end. */
    public JsonToken next() {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.VALUE_NUMBER_FLOAT || token == JsonToken.VALUE_NUMBER_INT) {
            refuseInfinite(token);
        }
        return token == null ? JsonToken.NOT_AVAILABLE : token;
    }

    /** The token it stands at. */
    public JsonToken token() {
        JsonToken token = parser.currentToken();
        return token == null ? JsonToken.NOT_AVAILABLE : token;
    }

    /** The name, the string's value, or the digits of a number. */
    public String text() {
        return parser.getString();
    }

    /** How many arrays and objects are open. */
    public int depth() {
        return parser.streamReadContext().getNestingDepth();
    }

    /** Index in the bytes of the first byte of the token it stands at. */
    public int tokenStart() {
        return start + (int) parser.currentTokenLocation().getByteOffset();
    }

    /** Index in the bytes behind what was consumed; exact behind the end of an array or object and behind a number. */
    public int position() {
        return start + (int) parser.currentLocation().getByteOffset();
    }

    /** Steps on until only {@code depth} arrays and objects are open, to the end of the value it stands in. */
    public void leaveTo(int depth) {
        while (depth() > depth) {
            next();
        }
    }

    /** Steps to the last token of the value whose first token it stands at, and returns the whole value. */
    public JsonSlice slice() {
        int from = tokenStart();
        return switch (token()) {
            case START_OBJECT, START_ARRAY -> {
                leaveTo(depth() - 1);
                yield new JsonSlice(bytes, from, position(), parser.plain());
            }
            case VALUE_STRING -> new JsonSlice(bytes, from, Math.min(closingQuote(from) + 1, end));
            case VALUE_NUMBER_INT,
                    VALUE_NUMBER_FLOAT,
                    VALUE_TRUE,
                    VALUE_FALSE,
                    VALUE_NULL,
                    NOT_AVAILABLE,
                    END_OBJECT,
                    END_ARRAY,
                    PROPERTY_NAME,
                    VALUE_EMBEDDED_OBJECT -> new JsonSlice(bytes, from, scalarEnd(from));
        };
    }

    /**
     * The UTF-8 bytes of the string it stands at, without quotes: a part of the message itself, unless the string
     * contains escapes.
     */
    public JsonSlice stringBytes() {
        int from = tokenStart() + 1;
        int at = parser.plainEnd(from);
        while (at < end && bytes[at] != '"' && bytes[at] != '\\') {
            at = JsonText.plainEnd(bytes, at + 1, end);
        }
        if (at < end && bytes[at] == '"') {
            return new JsonSlice(bytes, from, at);
        }
        byte[] decoded = text().getBytes(UTF_8);
        return new JsonSlice(decoded, 0, decoded.length);
    }

    /**
     * What an exception of one of the steps says, in the words of the reference's parser as far as the two parsers see
     * the same thing (spec W32).
     */
    public String explain(JacksonException failure) {
        if (failure instanceof UnexpectedEndOfInputException eof) {
            return "EOF while parsing " + unfinished(eof.getTokenBeingDecoded()) + JsonText.place(bytes, end);
        }
        String message = failure.getOriginalMessage();
        int at = Math.min(end, position());
        if (failure instanceof StreamConstraintsException) {
            return (depth() > MAX_DEPTH ? "recursion limit exceeded" : NUMBER_OUT_OF_RANGE) + JsonText.place(bytes, at);
        }
        if (message.startsWith(NUMBER_OUT_OF_RANGE)) {
            return NUMBER_OUT_OF_RANGE + JsonText.place(bytes, at);
        }
        return (message.startsWith("Unrecognized token") ? "expected ident" : "expected value")
                + JsonText.place(bytes, at);
    }

    /** Gives the parser's buffers back; idempotent. */
    @Override
    public void close() {
        parser.close();
    }

    private String unfinished(@Nullable JsonToken token) {
        if (token == JsonToken.VALUE_STRING || token == JsonToken.PROPERTY_NAME) {
            return "a string";
        }
        TokenStreamContext context = parser.streamReadContext();
        return context.inObject() ? "an object" : context.inArray() ? "a list" : "a value";
    }

    /** A number whose magnitude no double can hold is an error, as it is for the reference. */
    private void refuseInfinite(JsonToken token) {
        boolean large = token == JsonToken.VALUE_NUMBER_FLOAT || parser.getStringLength() > MAX_FINITE_DIGITS;
        if (large && Double.isInfinite(Double.parseDouble(parser.getString()))) {
            throw new StreamReadException(parser, NUMBER_OUT_OF_RANGE);
        }
    }

    private int closingQuote(int open) {
        int at = JsonText.plainEnd(bytes, open + 1, end);
        while (at < end && bytes[at] != '"') {
            at = JsonText.plainEnd(bytes, Math.min(end, at + (bytes[at] == '\\' ? 2 : 1)), end);
        }
        return at;
    }

    private int scalarEnd(int from) {
        int at = from;
        while (at < end && bytes[at] > ' ' && bytes[at] != ',' && bytes[at] != ']' && bytes[at] != '}') {
            at++;
        }
        return at;
    }
}
