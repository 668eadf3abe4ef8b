package dev.outpost.server.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The order of one connection's file requests (spec N14f): those that change something run one after another as they
 * arrived; those that only read wait for the changes that arrived before them, and else run side by side. A change
 * doesn't wait for reads. What waits is bounded by the requests that a connection may have in flight. Safe from any
 * thread.
 */
final class FileOrder {
    private record WaitingRead(long changesBefore, Runnable task) {}

    private final Executor workers;
    private final int maxReads;

    private final Deque<Runnable> changes = new ArrayDeque<>();
    private final Deque<WaitingRead> reads = new ArrayDeque<>();
    private boolean changing;
    private long changesArrived;
    private long changesDone;
    private int reading;
    private boolean closed;

    /**
     * For one connection.
     *
     * @param workers runs the tasks, which may block
     * @param maxReads how many reads may run side by side, so that one connection can't occupy all workers
     */
    FileOrder(Executor workers, int maxReads) {
        this.workers = workers;
        this.maxReads = maxReads;
    }

    /** Runs a task that changes something; the next one may start when it returns. It must not throw. */
    void change(Runnable task) {
        synchronized (this) {
            changesArrived++;
            if (changing) {
                changes.add(task);
                return;
            }
            changing = true;
        }
        workers.execute(() -> changeFrom(task));
    }

    /** Whether no change that has arrived is still to be made, so that a read may take place at once. */
    synchronized boolean isUnchanging() {
        return changesArrived == changesDone;
    }

    /** Runs a task that only reads; its place is free again after {@link #readEnded}. It must not throw. */
    void read(Runnable task) {
        synchronized (this) {
            reads.add(new WaitingRead(changesArrived, task));
        }
        startReads();
    }

    /** A read has ended and its answer was written, so that what it read takes no memory any more. */
    void readEnded() {
        synchronized (this) {
            reading--;
        }
        startReads();
    }

    /** Forgets what has not begun. */
    synchronized void close() {
        closed = true;
        changes.clear();
        reads.clear();
    }

    private void changeFrom(Runnable first) {
        Runnable task = first;
        while (task != null) {
            task.run();
            synchronized (this) {
                changesDone++;
                task = changes.poll();
                changing = task != null;
            }
            startReads();
        }
    }

    private void startReads() {
        List<Runnable> startable = new ArrayList<>();
        synchronized (this) {
            while (!closed
                    && reading < maxReads
                    && !reads.isEmpty()
                    && reads.element().changesBefore() <= changesDone) {
                reading++;
                startable.add(reads.remove().task());
            }
        }
        startable.forEach(workers::execute);
    }
}
