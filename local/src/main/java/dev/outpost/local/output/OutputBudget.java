package dev.outpost.local.output;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bound on what all {@link OutputLog}s together keep in memory (spec N14i). When seven eighths of it are used,
 * delivered chunks of the largest logs go first. If that is not enough, a process is held back once its undelivered
 * output reaches its share of the last eighth: those with the most wait, and one whose readers keep up never has to, no
 * matter how much others leave lying.
 *
 * <p>The bound may be exceeded by what is read at once: one chunk of each stream, and the contents of its pipes when a
 * process exits, because an exit does not wait for readers.
 *
 * <p>Safe from any thread. Lock order: {@link #reclaiming}, then a log's lock; logs call in here to count with their
 * lock held, and to reclaim only without it.
 */
public final class OutputBudget {
    private final long limit;
    private final long tight;
    private final long relaxed;

    private final AtomicLong retained = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    /** Logs that are still written. */
    private final AtomicInteger writers = new AtomicInteger();

    private final Set<OutputLog> logs = ConcurrentHashMap.newKeySet();
    private final Set<OutputLog> heldBack = ConcurrentHashMap.newKeySet();
    private final OutputMemory memory = new OutputMemory();
    private final ReentrantLock reclaiming = new ReentrantLock();

    /** A budget of this many bytes, more than 0. */
    public OutputBudget(long limit) {
        if (limit <= 0) {
            throw new IllegalArgumentException("not a budget: " + limit);
        }
        this.limit = limit;
        this.tight = limit - limit / 8;
        this.relaxed = tight - limit / 16;
    }

    /** Bytes in use by all logs, chunk overhead included. */
    public long retained() {
        return retained.get();
    }

    /** Where the logs keep large chunks. */
    OutputMemory memory() {
        return memory;
    }

    void opened(OutputLog log) {
        logs.add(log);
        writers.incrementAndGet();
    }

    /** A log is written no more; once for each log, with its lock held. */
    void ended() {
        writers.decrementAndGet();
    }

    /** A log appended; with the log's lock held. */
    void appended(long cost) {
        retained.addAndGet(cost);
    }

    /** A log's chunks were delivered; with the log's lock held. */
    void delivered(long cost) {
        delivered.addAndGet(cost);
    }

    /** A log dropped delivered chunks; with the log's lock held. */
    void evicted(long cost) {
        retained.addAndGet(-cost);
        delivered.addAndGet(-cost);
    }

    /** A log dropped everything; without its lock. */
    void discarded(OutputLog log) {
        logs.remove(log);
        heldBack.remove(log);
        relieve();
    }

    /**
     * Whether this log's process may go on writing. If not, the log is told with {@link OutputLog#roomAgain} when it may.
     * Without the log's lock.
     */
    boolean admits(OutputLog log) {
        if (retained.get() < tight) {
            return true;
        }
        reclaim();
        if (hasRoomFor(log)) {
            return true;
        }
        heldBack.add(log);
        // Room that was made between the check and the entry above has told nobody.
        return hasRoomFor(log) && heldBack.remove(log);
    }

    /** Lets held-back logs go on, if there is room now. Called without any log's lock, whenever something was taken. */
    void relieve() {
        if (heldBack.isEmpty()) {
            return;
        }
        reclaim();
        for (OutputLog log : List.copyOf(heldBack)) {
            if (hasRoomFor(log) && heldBack.remove(log)) {
                log.roomAgain();
            }
        }
    }

    private boolean hasRoomFor(OutputLog log) {
        return retained.get() < tight || log.undelivered() < (limit - tight) / Math.max(1, writers.get());
    }

    /** Drops delivered chunks of the largest logs, if memory is tight, until it is relaxed or there are none. */
    private void reclaim() {
        if (retained.get() < tight) {
            return;
        }
        reclaiming.lock();
        try {
            while (retained.get() > relaxed && delivered.get() > 0) {
                OutputLog largest = largestWithDelivered();
                if (largest == null) {
                    return;
                }
                largest.evictDelivered(retained.get() - relaxed);
            }
        } finally {
            reclaiming.unlock();
        }
    }

    private @Nullable OutputLog largestWithDelivered() {
        OutputLog largest = null;
        long most = -1;
        for (OutputLog log : logs) {
            long size = log.retainedIfDelivered();
            if (size > most) {
                most = size;
                largest = log;
            }
        }
        return largest;
    }
}
