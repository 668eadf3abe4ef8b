package dev.outpost.local.filesystem;

import dev.outpost.executor.ExecutorException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Memory for large file contents, shared by all reads. When it is used up, reads wait for it in the order in which they
 * came. Whoever holds a reservation must not wait for another one. Safe from any thread.
 */
final class ContentBudget {
    private static final int PAGE = 4096;

    /** Pages that are free. */
    private final Semaphore pages;

    ContentBudget(long bytes) {
        pages = new Semaphore(Math.toIntExact(bytes / PAGE), true);
    }

    /** Waits for room for so many bytes. */
    Reservation reserve(long bytes) throws ExecutorException {
        int count = pages(bytes);
        try {
            pages.acquire(count);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            Failures.checkInterrupted();
        }
        return new Reservation(count);
    }

    private static int pages(long bytes) {
        return Math.toIntExact(Math.ceilDiv(bytes, PAGE));
    }

    /** Room that was taken. */
    final class Reservation implements AutoCloseable {
        private final AtomicInteger held;

        private Reservation(int pages) {
            held = new AtomicInteger(pages);
        }

        /** Gives back what is beyond so many bytes. */
        void shrink(long bytes) {
            int keep = pages(bytes);
            pages.release(held.getAndSet(keep) - keep);
        }

        /** Gives back all; idempotent. */
        @Override
        public void close() {
            shrink(0);
        }
    }
}
