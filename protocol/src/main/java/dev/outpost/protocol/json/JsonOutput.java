package dev.outpost.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A growing buffer of UTF-8 JSON, reused by its owner, for one thread. Commas and braces are the caller's business, as
 * constant text: on the output path that is one array copy per message, and base64 goes through the JDK's intrinsic.
 */
public final class JsonOutput {
    private static final int INITIAL = 16 * 1024;
    /** What a buffer may keep between messages; one large answer must not cost its memory forever. */
    private static final int KEEP = 1024 * 1024;
    /**
     * Raw bytes encoded at a time, a multiple of 3: small enough to stay in the first cache between copying and encoding,
     * and small enough that the JIT compiler finds the encoder hot, and puts the vectorised one in its place, after some
     * megabytes. Until then encoding takes ten times as long.
     */
    private static final int BASE64_BLOCK = 3 * 1024;

    private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);

    private byte[] buffer;
    private int size;
    private byte @Nullable [] rawBlock;
    private byte @Nullable [] encodedBlock;

    /** A buffer for many messages. */
    public JsonOutput() {
        this(INITIAL);
    }

    /** A buffer that holds so many bytes, at least 1, before it grows. */
    public JsonOutput(int capacity) {
        buffer = new byte[capacity];
    }

    /** Number of bytes written since the last {@link #reset}. */
    public int size() {
        return size;
    }

    /** The buffer itself; its first {@link #size} bytes count, until the next write. */
    public byte[] array() {
        return buffer;
    }

    /** Forgets what was written; gives back memory beyond 1 MiB. */
    public void reset() {
        size = 0;
        if (buffer.length > KEEP) {
            buffer = new byte[INITIAL];
        }
    }

    /** Appends bytes that are JSON already. */
    public JsonOutput raw(byte[] json) {
        return raw(json, 0, json.length);
    }

    /** Appends a range of bytes that are JSON already. */
    public JsonOutput raw(byte[] json, int offset, int length) {
        reserve(length);
        System.arraycopy(json, offset, buffer, size, length);
        size += length;
        return this;
    }

    /** Appends text that is JSON already and ASCII. */
    public JsonOutput raw(String json) {
        int length = json.length();
        reserve(length);
        for (int i = 0; i < length; i++) {
            buffer[size + i] = (byte) json.charAt(i);
        }
        size += length;
        return this;
    }

    /** Appends a string with its quotes, escaped as serde_json does; lone surrogates become U+FFFD. */
    public JsonOutput string(String value) {
        int length = value.length();
        reserve(length + 2);
        buffer[size++] = '"';
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
                buffer[size++] = (byte) c; // There is room for one byte for each character that is left.
                continue;
            }
            if (c < 0x80) {
                escape(c);
            } else if (i + 1 < length && Character.isSurrogatePair(c, value.charAt(i + 1))) {
                codePoint(Character.toCodePoint(c, value.charAt(++i)));
            } else {
                codePoint(Character.isSurrogate(c) ? 0xFFFD : c);
            }
            reserve(length - i);
        }
        buffer[size++] = '"';
        return this;
    }

    /** Appends a string, or null. */
    public JsonOutput stringOrNull(@Nullable String value) {
        return value == null ? raw("null") : string(value);
    }

    /** Appends a number. */
    public JsonOutput number(long value) {
        if (value >= 0 && value < 10) {
            reserve(1);
            buffer[size++] = (byte) ('0' + value);
            return this;
        }
        return raw(Long.toString(value));
    }

    /** Appends {@code true} or {@code false}. */
    public JsonOutput bool(boolean value) {
        return raw(value ? "true" : "false");
    }

    /** Appends bytes as a base64 string with its quotes (spec W36). */
    public JsonOutput base64(byte[] bytes) {
        raw("\"");
        base64Part(bytes, 0, bytes.length);
        return raw("\"");
    }

    /**
     * Appends bytes as base64 without quotes. All parts of one value but the last must have a length divisible by 3.
     */
    public JsonOutput base64Part(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        reserve(encodedLength(length));
        if (rawBlock == null || encodedBlock == null) {
            rawBlock = new byte[BASE64_BLOCK];
            encodedBlock = new byte[encodedLength(BASE64_BLOCK)];
        }
        int end = offset + length;
        for (int at = offset; at < end; at += BASE64_BLOCK) {
            int count = Math.min(BASE64_BLOCK, end - at);
            // The JDK encodes whole arrays only: a full block goes through the scratch array, the last one is exact.
            byte[] block = count == BASE64_BLOCK ? rawBlock : new byte[count];
            System.arraycopy(bytes, at, block, 0, count);
            int encoded = Base64.getEncoder().encode(block, encodedBlock);
            System.arraycopy(encodedBlock, 0, buffer, size, encoded);
            size += encoded;
        }
        return this;
    }

    private static int encodedLength(int raw) {
        return Math.toIntExact((raw + 2L) / 3 * 4);
    }

    private void escape(char c) {
        reserve(6);
        buffer[size++] = '\\';
        switch (c) {
            case '"' -> buffer[size++] = '"';
            case '\\' -> buffer[size++] = '\\';
            case '\b' -> buffer[size++] = 'b';
            case '\f' -> buffer[size++] = 'f';
            case '\n' -> buffer[size++] = 'n';
            case '\r' -> buffer[size++] = 'r';
            case '\t' -> buffer[size++] = 't';
            default -> {
                buffer[size++] = 'u';
                buffer[size++] = '0';
                buffer[size++] = '0';
                buffer[size++] = HEX[c >> 4];
                buffer[size++] = HEX[c & 15];
            }
        }
    }

    /** Appends a character above ASCII. */
    private void codePoint(int c) {
        reserve(4);
        if (c < 0x800) {
            buffer[size++] = (byte) (0xC0 | (c >> 6));
        } else {
            if (c < 0x10000) {
                buffer[size++] = (byte) (0xE0 | (c >> 12));
            } else {
                buffer[size++] = (byte) (0xF0 | (c >> 18));
                buffer[size++] = (byte) (0x80 | ((c >> 12) & 0x3F));
            }
            buffer[size++] = (byte) (0x80 | ((c >> 6) & 0x3F));
        }
        buffer[size++] = (byte) (0x80 | (c & 0x3F));
    }

    private void reserve(int more) {
        long needed = (long) size + more;
        if (needed > buffer.length) {
            if (needed > Integer.MAX_VALUE - 16) {
                throw new IllegalStateException("JSON message part of more than 2 GiB");
            }
            buffer = Arrays.copyOf(
                    buffer, (int) Math.min(Integer.MAX_VALUE - 16L, Math.max(needed, buffer.length * 2L)));
        }
    }
}
