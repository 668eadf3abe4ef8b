package dev.outpost.cli;

import java.util.concurrent.TimeUnit;

/**
 * Keeps the memory of a server that runs for days near what it needs: collects when {@link CollectionSchedule} says so;
 * the collector then returns what is free, as far as {@code jvm.options} tells it to. Owns the thread {@code heap-trimming}.
 */
final class HeapTrimming {
    private HeapTrimming() {}

    /** Begins, for as long as the JVM lives. */
    static void start() {
        Thread.ofPlatform().daemon().name("heap-trimming").start(HeapTrimming::run);
    }

    private static void run() {
        Runtime heap = Runtime.getRuntime();
        CollectionSchedule schedule = new CollectionSchedule(System.nanoTime());
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(CollectionSchedule.SECONDS_BETWEEN_LOOKS);
                long began = System.nanoTime();
                if (schedule.isDue(used(heap), heap.totalMemory(), began)) {
                    collect();
                    schedule.collected(used(heap), began, System.nanoTime());
                }
            }
        } catch (InterruptedException unexpected) {
            // Nobody interrupts this thread, so this is a bug; the server can do without it.
            Thread.currentThread().interrupt();
        }
    }

    private static long used(Runtime heap) {
        return heap.totalMemory() - heap.freeMemory();
    }

    @SuppressWarnings("CallToSystemGC")
    private static void collect() {
        System.gc();
    }
}
