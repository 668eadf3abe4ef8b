package dev.outpost.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Objects;

/**
 * One JSON value inside a message, not decoded yet. The bytes belong to the message and are not copied: whoever made the
 * slice never changes them. A slice of an {@code IncomingMessage} is known to be well-formed JSON in valid UTF-8.
 */
public final class JsonSlice {
    /** A member that was not there. */
    public static final JsonSlice ABSENT = new JsonSlice(new byte[0], 0, 0);

    private final byte[] bytes;
    private final int start;
    private final int end;
    /** What need not be searched again. */
    private final PlainRun plain;

    /** The value in {@code bytes} from {@code start} (inclusive) to {@code end} (exclusive). */
    public JsonSlice(byte[] bytes, int start, int end) {
        this(bytes, start, end, new PlainRun());
    }

    /** The same, with what is known of the message. */
    JsonSlice(byte[] bytes, int start, int end, PlainRun plain) {
        Objects.checkFromToIndex(start, end, bytes.length);
        this.bytes = bytes;
        this.start = start;
        this.end = end;
        this.plain = plain;
    }

    PlainRun plain() {
        return plain;
    }

    /** The whole message; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** Index of the value's first byte. */
    public int start() {
        return start;
    }

    /** Index behind the value's last byte. */
    public int end() {
        return end;
    }

    /** Whether there is no value at all; a JSON null is a value. */
    public boolean isAbsent() {
        return start == end;
    }

    /** The value as text. */
    @Override
    public String toString() {
        return new String(bytes, start, end - start, UTF_8);
    }
}
