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
        int kept = message.reserve(count, 0, !ended);
        int from = message.size();
        System.arraycopy(input, at, message.array(), from, kept);
        if (!utf8.accept(message.array(), from, kept)) {
            throw new ProtocolException("line that is not UTF-8");
        }
        message.advance(kept);
        at += kept;
        return kept == count;
    }

    /** Ends a line, and tells whether it is a message. */
    private boolean finish() throws ProtocolException {
        if (!utf8.complete()) {
            throw new ProtocolException("line that ends inside a UTF-8 character");
        }
        byte[] line = message.array();
        length = message.size();
        if (length > 0 && line[length - 1] == '\r') {
            length--;
        }
        for (int i = 0; i < length; i++) {
            if (line[i] != ' ' && (line[i] < '\t' || line[i] > '\r')) {
                return true;
            }
        }
        message.clear();
        return false;
    }
}
