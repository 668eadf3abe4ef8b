package dev.outpost.transport.stdio;

import dev.outpost.transport.MessageBuffer;
import dev.outpost.transport.Utf8Validator;
import java.net.ProtocolException;

/**
 * Bytes in, lines out (spec W17–W19): a line ends with {@code \n}, before which one {@code \r} is dropped; a line of
 * ASCII white space is no message; the rest of a line above the limit is skipped (spec N14d). For one thread.
 */
final class LineDecoder {
    /** What was found. */
    enum Found {
        /** All bytes given are used up. */
        NOTHING,
        /** A line, in the message buffer; {@link LineDecoder#length} bytes of it count. */
        MESSAGE,
        /** The beginning of an oversized line, in the message buffer; the rest will be skipped. */
        OVERSIZED
    }

    private final MessageBuffer message;
    private final Utf8Validator utf8 = new Utf8Validator();
    private byte[] input = {};
    private int at;
    private int end;
    private int length;
    private boolean skipping;
    /** Whether the line under way is only white space so far. */
    private boolean blank = true;

    /**
     * @param message where lines are gathered; whoever gets one takes or clears it before going on
     */
    LineDecoder(MessageBuffer message) {
        this.message = message;
    }

    /** Gives further bytes, which must not change until {@link #next} has found nothing. */
    void feed(byte[] bytes, int count) {
        input = bytes;
        at = 0;
        end = count;
    }

    /**
     * Reads on until something is found or the bytes are used up.
     *
     * @throws ProtocolException if a line is not UTF-8; the decoder must not be used any more
     */
    Found next() throws ProtocolException {
        while (at < end) {
            int newline = at;
            while (newline < end && input[newline] != '\n') {
                newline++;
            }
            boolean ended = newline < end;
            if (!skipping && !keep(newline - at, ended)) {
                skipping = true;
                length = message.size();
                return Found.OVERSIZED;
            }
            at = ended ? newline + 1 : end;
            if (ended && skipping) {
                skipping = false;
                utf8.reset();
                blank = true;
            } else if (ended && finish()) {
                return Found.MESSAGE;
            }
        }
        return Found.NOTHING;
    }

    /** The input has ended: whether there is a last line without {@code \n} (spec W18). */
    boolean last() throws ProtocolException {
        return !skipping && message.size() > 0 && finish();
    }

    /** Length in bytes of what was found. */
    int length() {
        return length;
    }

    private boolean keep(int count, boolean ended) throws ProtocolException {
        int kept = 0;
        while (kept < count) {
            int room = message.reserve(count - kept, ended ? 0 : Long.MAX_VALUE);
            if (room == 0) {
                return false;
            }
            byte[] array = message.array();
            int from = message.position();
            System.arraycopy(input, at, array, from, room);
            if (!utf8.accept(array, from, room)) {
                throw new ProtocolException("line that is not UTF-8");
            }
            message.advance(room);
            blank &= isBlank(array, from, room);
            at += room;
            kept += room;
        }
        return true;
    }

    /** Ends a line, and tells whether it is a message. */
    private boolean finish() throws ProtocolException {
        if (!utf8.complete()) {
            throw new ProtocolException("line that ends inside a UTF-8 character");
        }
        boolean nothing = blank;
        blank = true;
        length = message.size();
        if (length > 0 && message.array()[message.position() - 1] == '\r') {
            length--;
        }
        if (nothing) {
            message.clear();
        }
        return !nothing;
    }

    private static boolean isBlank(byte[] bytes, int from, int count) {
        for (int i = from; i < from + count; i++) {
            if (bytes[i] != ' ' && (bytes[i] < '\t' || bytes[i] > '\r')) {
                return false;
            }
        }
        return true;
    }
}
