package dev.outpost.transport;

import java.util.Arrays;

/**
 * The bytes of one incoming message while it arrives, up to a limit (spec N14d). It grows with what has really arrived: to
 * twice that, or to what is announced if that is at most {@value #TRUST} times as much. For one thread.
 *
 * <p>Writing is {@link #reserve}, then up to as many bytes into {@link #array} from {@link #size} on, then {@link
 * #advance}.
 */
public final class MessageBuffer {
    /** The largest limit: what a Java array can hold. */
    public static final int MAX_LIMIT = Integer.MAX_VALUE - 16;

    private static final byte[] EMPTY = new byte[0];
    private static final int SMALL = 256;
    /** How much memory one byte that arrived makes us spend on those that are announced. Saves copying. */
    private static final int TRUST = 16;

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
     * @param announced how many more are on their way, as far as known
     * @param open whether even more may follow
     * @return how many of them may be kept. Fewer than arrived means that the message is oversized: it has reached the
     *     limit, or the budget is used up
     */
    public int reserve(int arrived, long announced, boolean open) {
        int needed = (int) Math.min((long) size + arrived, limit);
        if (needed > bytes.length) {
            int twice = Math.max(needed, SMALL);
            long likely = open ? Math.max(announced, twice) : announced;
            long trusted = Math.min(likely, (TRUST - 1L) * twice);
            if (!grow(needed + trusted)) {
                boolean _ = grow(needed + Math.min(likely, twice));
            }
        }
        return Math.min(needed, bytes.length) - size;
    }

    private boolean grow(long wanted) {
        int capacity = (int) Math.min(wanted, limit);
        long charge = Math.max(0, capacity - InboundBudget.FREE) - charged;
        if (charge > 0 && !budget.take(charge)) {
            return false;
        }
        charged += Math.max(0, charge);
        bytes = Arrays.copyOf(bytes, capacity);
        return true;
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
