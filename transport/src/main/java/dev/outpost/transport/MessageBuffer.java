package dev.outpost.transport;

import java.util.Arrays;

/**
 * The bytes of one incoming message while it arrives. It grows with what has really arrived, to at most twice that, never
 * by what was announced, up to a limit (spec N14d). For one thread.
 *
 * <p>Writing is {@link #reserve}, then up to as many bytes into {@link #array} from {@link #size} on, then {@link
 * #advance}.
 */
public final class MessageBuffer {
    /** The largest limit: what a Java array can hold. */
    public static final int MAX_LIMIT = Integer.MAX_VALUE - 16;

    private static final byte[] EMPTY = new byte[0];
    private static final int SMALL = 256;

    private final int limit;
    private final InboundBudget budget;
    private byte[] bytes = EMPTY;
    private int size;
    private long charged;

    /**
     * @param limit the largest message, in bytes, 1 to {@link #MAX_LIMIT}
     * @param budget shared with other connections
     */
    public MessageBuffer(int limit, InboundBudget budget) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("message limit of " + limit + " bytes: must be 1 to " + MAX_LIMIT);
        }
        this.limit = limit;
        this.budget = budget;
    }

    /**
     * Makes room for bytes that have arrived.
     *
     * @param arrived how many
     * @param expected how many more of this message are announced; {@link Long#MAX_VALUE} if unknown
     * @return how many of them may be kept. Fewer than arrived means that the message is oversized: it has reached the
     *     limit, or the budget is used up
     */
    public int reserve(int arrived, long expected) {
        int needed = (int) Math.min((long) size + arrived, limit);
        if (needed > bytes.length) {
            int capacity = (int) Math.min(needed + Math.min(expected, Math.max(needed, SMALL)), limit);
            long charge = Math.max(0, capacity - InboundBudget.FREE) - charged;
            if (charge <= 0 || budget.take(charge)) {
                charged += Math.max(0, charge);
                bytes = Arrays.copyOf(bytes, capacity);
            }
        }
        return Math.min(needed, bytes.length) - size;
    }

    /** Where to write to, until the next {@link #reserve}. */
    public byte[] array() {
        return bytes;
    }

    /** Bytes of the message so far. */
    public int size() {
        return size;
    }

    /** Counts bytes written to {@link #array}. */
    public void advance(int written) {
        size += written;
    }

    /** Hands over the array, whose first {@link #size} bytes are the message, and begins a new message. */
    public byte[] take() {
        byte[] taken = bytes;
        clear();
        return taken;
    }

    /** Forgets the message so far and gives its memory back to the budget. */
    public void clear() {
        bytes = EMPTY;
        size = 0;
        budget.give(charged);
        charged = 0;
    }
}
