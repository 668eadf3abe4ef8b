package dev.outpost.transport;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory that incoming messages may take while they are incomplete, over all connections that share it. The
 * first {@value #FREE} bytes of each message cost nothing, so that an ordinary message arrives even when others have
 * used up the budget.
 */
public final class InboundBudget {
    /** Bytes of each message that are not counted. */
    static final int FREE = 64 * 1024;

    private final AtomicLong available;

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
}
