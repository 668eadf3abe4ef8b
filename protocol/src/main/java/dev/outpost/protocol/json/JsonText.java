package dev.outpost.protocol.json;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What JSON demands of its text and the streaming parser does not check in strings that it skips: valid UTF-8, no byte
 * order mark, escaped surrogates in pairs. Eight bytes at a time where the text is plain ASCII without escapes.
 */
public final class JsonText {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long BACKSLASHES = ONES * '\\';
    private static final long QUOTES = ONES * '"';
    private static final long SPACES = ONES * ' ';

    private JsonText() {}

    /** What is wrong with the text and where, in the words of the reference's parser; null if nothing is. */
    public static @Nullable String flaw(byte[] bytes, int length) {
        return flaw(bytes, length, new PlainRun());
    }

    /**
     * The same.
     *
     * @param longest gets the longest part without anything that needs a look (see {@link #plainEnd})
     */
    static @Nullable String flaw(byte[] bytes, int length, PlainRun longest) {
        if (length >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF) {
            return "expected value" + place(bytes, 1);
        }
        int at = 0;
        while (true) {
            int from = at;
            at = plainEnd(bytes, from, length);
            longest.see(from, at);
            if (at >= length) {
                return null;
            }
            if (bytes[at] == '"' || (bytes[at] >= 0 && bytes[at] < ' ')) {
                at++;
            } else if (bytes[at] == '\\') {
                int escape = escapeLength(bytes, at, length);
                if (escape < 0) {
                    boolean followed = isUnicodeEscape(bytes, at + 6, length) || isLow(hex(bytes, at + 2, length));
                    return (followed ? "lone leading surrogate in hex escape" : "unexpected end of hex escape")
                            + place(bytes, Math.min(at + 6, length));
                }
                at += escape;
            } else {
                int sequence = sequenceLength(bytes, at, length);
                if (sequence < 0) {
                    return "invalid unicode code point" + place(bytes, at + 1);
                }
                at += sequence;
            }
        }
    }

    /** {@code " at line L column C"} for the place behind the first {@code consumed} bytes. */
    public static String place(byte[] bytes, int consumed) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < consumed; i++) {
            if (bytes[i] == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return " at line " + line + " column " + (consumed - lineStart);
    }

    /**
     * Index of the next byte that needs a look inside a string: a quote, a backslash, a control character or one that is
     * not ASCII; {@code end} if there is none.
     */
    static int plainEnd(byte[] bytes, int from, int end) {
        int at = from;
        while (at + 4 * Long.BYTES <= end
                && ((special(bytes, at)
                                        | special(bytes, at + Long.BYTES)
                                        | special(bytes, at + 2 * Long.BYTES)
                                        | special(bytes, at + 3 * Long.BYTES))
                                & HIGH_BITS)
                        == 0) {
            at += 4 * Long.BYTES;
        }
        while (at < end && bytes[at] >= ' ' && bytes[at] != '"' && bytes[at] != '\\') {
            at++;
        }
        return at;
    }

    /** High bits are set if one of eight bytes is not plain; a subtraction borrows from that of a byte that is too small. */
    private static long special(byte[] bytes, int at) {
        long word = (long) LONGS.get(bytes, at);
        long quotes = word ^ QUOTES;
        long slashes = word ^ BACKSLASHES;
        return word | ((word - SPACES) & ~word) | ((quotes - ONES) & ~quotes) | ((slashes - ONES) & ~slashes);
    }

    /** Bytes of the escape, or -1 for a surrogate without its other half. Other wrong escapes are left to the parser. */
    private static int escapeLength(byte[] bytes, int at, int length) {
        if (!isUnicodeEscape(bytes, at, length)) {
            return 2;
        }
        int unit = hex(bytes, at + 2, length);
        if (isLow(unit)) {
            return -1;
        }
        if (unit < 0xD800 || unit > 0xDBFF) {
            return 6;
        }
        return isUnicodeEscape(bytes, at + 6, length) && isLow(hex(bytes, at + 8, length)) ? 12 : -1;
    }

    private static boolean isLow(int unit) {
        return unit >= 0xDC00 && unit <= 0xDFFF;
    }

    private static boolean isUnicodeEscape(byte[] bytes, int at, int length) {
        return at + 1 < length && bytes[at] == '\\' && bytes[at + 1] == 'u';
    }

    /** The four hexadecimal digits from {@code at}, or -1. */
    private static int hex(byte[] bytes, int at, int length) {
        if (at + 4 > length) {
            return -1;
        }
        int value = 0;
        for (int i = at; i < at + 4; i++) {
            int digit = Character.digit(bytes[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** Bytes of the UTF-8 sequence from {@code at}, or -1 if it is none (RFC 3629). */
    private static int sequenceLength(byte[] bytes, int at, int length) {
        int lead = bytes[at] & 0xFF;
        int count = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
        if (count == 0 || at + count > length) {
            return -1;
        }
        int second = bytes[at + 1] & 0xFF;
        int lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest) {
            return -1;
        }
        for (int i = at + 2; i < at + count; i++) {
            if ((bytes[i] & 0xC0) != 0x80) {
                return -1;
            }
        }
        return count;
    }
}
