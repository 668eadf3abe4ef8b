package dev.outpost.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Checks that bytes which arrive piece by piece are UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above
 * U+10FFFF). For one thread.
 */
public final class Utf8Validator {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long NOT_ASCII = 0x8080808080808080L;

    /** Continuation bytes that the character under way still needs. */
    private int missing;
    /** Bounds of the next continuation byte: narrower for the first one after some lead bytes. */
    private int low = 0x80;

    private int high = 0xBF;

    /** Continues with further bytes. After false the validator must be {@link #reset}. */
    public boolean accept(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int at = offset;
        while (at < end) {
            if (missing == 0) {
                at = skipAscii(bytes, at, end);
                if (at < end && !lead(bytes[at++] & 0xFF)) {
                    return false;
                }
            } else {
                int continuation = bytes[at++] & 0xFF;
                if (continuation < low || continuation > high) {
                    return false;
                }
                low = 0x80;
                high = 0xBF;
                missing--;
            }
        }
        return true;
    }

    /** Whether no character is cut off at the end. */
    public boolean complete() {
        return missing == 0;
    }

    /** Begins a new text. */
    public void reset() {
        missing = 0;
        low = 0x80;
        high = 0xBF;
    }

    private static int skipAscii(byte[] bytes, int from, int end) {
        int at = from;
        while (at <= end - 4 * Long.BYTES
                && (((long) LONGS.get(bytes, at)
                                        | (long) LONGS.get(bytes, at + Long.BYTES)
                                        | (long) LONGS.get(bytes, at + 2 * Long.BYTES)
                                        | (long) LONGS.get(bytes, at + 3 * Long.BYTES))
                                & NOT_ASCII)
                        == 0) {
            at += 4 * Long.BYTES;
        }
        while (at < end && bytes[at] >= 0) {
            at++;
        }
        return at;
    }

    private boolean lead(int lead) {
        if (lead < 0xC2 || lead > 0xF4) {
            return false;
        }
        if (lead < 0xE0) {
            missing = 1;
        } else if (lead < 0xF0) {
            missing = 2;
            low = lead == 0xE0 ? 0xA0 : 0x80;
            high = lead == 0xED ? 0x9F : 0xBF;
        } else {
            missing = 3;
            low = lead == 0xF0 ? 0x90 : 0x80;
            high = lead == 0xF4 ? 0x8F : 0xBF;
        }
        return true;
    }
}
