package dev.outpost.transport;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory that incoming messages may take while they are incomplete, over all connections that share it. The
 * first {@value #FREE} bytes of each message cost nothing, so that an ordinary message arrives even when others have
 * used up the budget.
 *
 * <p>It keeps what large messages were gathered in for the next ones, at most 64 MiB and only until the collector comes:
 * memory that is taken anew for every message costs more than all that is done with the message.
 */
public final class InboundBudget {
    /** Bytes of each message that are not counted. */
    static final int FREE = 128 * 1024;
    /** Length of an array that is used again. */
    static final int CHUNK = 1024 * 1024;

    private static final int MOST_KEPT = 64;

    private final AtomicLong available;
    /** Guarded by itself. The last one given back is the next one taken: most likely it is still in a cache. */
    private final ArrayDeque<WeakReference<byte[]>> kept = new ArrayDeque<>();

    /**
     * @param bytes how much may be taken, at least 0
     */
    public InboundBudget(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("inbound budget of " + bytes + " bytes: must not be negative");
        }
        available = new AtomicLong(bytes);
    }

    /** Bytes that can be taken now. */
    public long available() {
        return available.get();
    }

    boolean take(long bytes) {
        while (true) {
            long now = available.get();
            if (bytes > now) {
                return false;
            }
            if (available.compareAndSet(now, now - bytes)) {
                return true;
            }
        }
    }

    void give(long bytes) {
        available.addAndGet(bytes);
    }

    /** An array of {@link #CHUNK} bytes with anything in it, which must have been {@linkplain #take taken}. */
    byte[] chunk() {
        synchronized (kept) {
            while (!kept.isEmpty()) {
                byte[] chunk = kept.pop().get();
                if (chunk != null) {
                    return chunk;
                }
            }
        }
        return new byte[CHUNK];
    }

    /** Keeps an array for later, if it is one of {@link #CHUNK} bytes; nobody else may have it any more. */
    void recycle(byte[] array) {
        if (array.length == CHUNK) {
            synchronized (kept) {
                if (kept.size() < MOST_KEPT) {
                    kept.push(new WeakReference<>(array));
                }
            }
        }
    }
}
