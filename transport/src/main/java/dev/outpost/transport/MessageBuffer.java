package dev.outpost.transport;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes of one incoming message while it arrives, up to a limit (spec N14d). It grows with what has really arrived,
 * never by what was announced: the beginning in one array, the rest in chunks that are used again for other messages.
 * For one thread.
 *
 * <p>Writing is {@link #reserve}, then up to as many bytes into {@link #array} from {@link #position} on, then {@link
 * #advance}.
 */
public final class MessageBuffer {
    /** The largest limit: what a Java array can hold. */
    public static final int MAX_LIMIT = Integer.MAX_VALUE - 16;

    private static final byte[] EMPTY = new byte[0];
    private static final int SMALL = 256;

    private final int limit;
    private final InboundBudget budget;
    /** What is full, before the array under way. */
    private final List<byte[]> full = new ArrayList<>();

    private byte[] bytes = EMPTY;
    private int position;
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
     * @param arrived how many, at least 1
     * @param announced how many more of this message are on their way; {@link Long#MAX_VALUE} if unknown
     * @return for how many of them there is room now. 0 means that the message is oversized: it has reached the limit, or
     *     the budget is used up
     */
    public int reserve(int arrived, long announced) {
        if (position == bytes.length && !enlarge(arrived, announced)) {
            return 0;
        }
        return Math.min(arrived, bytes.length - position);
    }

    private boolean enlarge(int arrived, long announced) {
        if (size >= InboundBudget.FREE) {
            int rest = limit - size;
            // Less if the budget is tight, but not a small array for every byte.
            return append(Math.min(InboundBudget.CHUNK, rest))
                    || append(Math.min(Math.max(arrived, InboundBudget.FREE), rest));
        }
        int needed = Math.min(size + arrived, InboundBudget.FREE);
        long likely = needed + Math.min(announced, Math.max(needed, SMALL));
        bytes = Arrays.copyOf(bytes, (int) Math.min(Math.min(likely, InboundBudget.FREE), limit));
        return bytes.length > position;
    }

    /** Goes on in another array, if the budget allows it. */
    private boolean append(int length) {
        if (length == 0 || !budget.take(length)) {
            return false;
        }
        charged += length;
        full.add(bytes);
        bytes = length == InboundBudget.CHUNK ? budget.chunk() : new byte[length];
        position = 0;
        return true;
    }

    /** Where to write to, until the next {@link #reserve}. */
    public byte[] array() {
        return bytes;
    }

    /** Index in {@link #array} of the next byte. */
    public int position() {
        return position;
    }

    /** Bytes of the message so far. */
    public int size() {
        return size;
    }

    /** Counts bytes written to {@link #array}. */
    public void advance(int written) {
        position += written;
        size += written;
    }

    /** Hands over an array whose first {@link #size} bytes are the message, and begins a new message. */
    public byte[] take() {
        byte[] taken = full.isEmpty() ? bytes : gathered();
        clear();
        return taken;
    }

    private byte[] gathered() {
        byte[] all = new byte[size];
        int at = 0;
        for (byte[] part : full) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        System.arraycopy(bytes, 0, all, at, position);
        return all;
    }

    /** Forgets the message so far and gives its memory back to the budget. */
    public void clear() {
        if (!full.isEmpty()) {
            full.add(bytes);
            full.forEach(budget::recycle);
            full.clear();
        }
        bytes = EMPTY;
        position = 0;
        size = 0;
        budget.give(charged);
        charged = 0;
    }
}
