package dev.outpost.protocol.message;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A place in a message that is walked along its constant parts, in the hope that it is written as most programs do. */
final class PlainMessage {
    private static final int MOST_DIGITS = 18;

    private final byte[] bytes;
    private int at;
    private int end;

    /** At the beginning of the first {@code length} bytes. */
    PlainMessage(byte[] bytes, int length) {
        this.bytes = bytes;
        this.end = length;
    }

    /** Index of the next byte. */
    int at() {
        return at;
    }

    /** Index behind the last byte. */
    int end() {
        return end;
    }

    /** Steps over a text; false, and nothing changes, if something else is here. */
    boolean skip(byte[] constant) {
        int after = at + constant.length;
        if (after > end || !Arrays.equals(bytes, at, after, constant, 0, constant.length)) {
            return false;
        }
        at = after;
        return true;
    }

    /** Takes a text off the end; false, and nothing changes, if that is another one. */
    boolean dropEnd(byte[] constant) {
        int before = end - constant.length;
        if (before < at || !Arrays.equals(bytes, before, end, constant, 0, constant.length)) {
            return false;
        }
        end = before;
        return true;
    }

    /** Steps over a text and the quote behind it; null if there is an escape or anything but plain ASCII before that. */
    @Nullable String text() {
        int start = at;
        while (at < end && isPlain(bytes[at])) {
            at++;
        }
        if (at >= end || bytes[at] != '"') {
            return null;
        }
        return new String(bytes, start, at++ - start, US_ASCII);
    }

    /** Takes a text of at most so many characters off the end, up to a quote, which stays; null if it is not like that. */
    @Nullable String textAtEnd(int most) {
        int start = end;
        while (start > at && end - start < most && isPlain(bytes[start - 1])) {
            start--;
        }
        if (start == at || bytes[start - 1] != '"') {
            return null;
        }
        String text = new String(bytes, start, end - start, US_ASCII);
        end = start;
        return text;
    }

    /** Steps over digits; -1 if there are none, too many or a leading zero. */
    long number() {
        int start = at;
        long value = 0;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9' && at - start < MOST_DIGITS) {
            value = value * 10 + (bytes[at++] - '0');
        }
        boolean leadingZero = at - start > 1 && bytes[start] == '0';
        return at == start || leadingZero ? -1 : value;
    }

    private static boolean isPlain(byte b) {
        return b >= ' ' && b != '"' && b != '\\';
    }
}
