package dev.outpost.server.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkerPoolTest {
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    @Test
    void anIdleThreadIsUsedBeforeANewOneIsStarted() {
        try (var pool = new WorkerPool("test", 4)) {
            for (int i = 0; i < 20; i++) {
                var done = new Semaphore(0);
                pool.execute(() -> {
                    names.add(Thread.currentThread().getName());
                    done.release();
                });
                done.acquireUninterruptibly();
                // The thread is idle once it waits for work again.
                await().until(() -> allWaiting("test-"));
            }
            assertThat(names).containsExactly("test-1");
        }
    }

    @Test
    void threadsAreBoundedAndTheRestWaitsItsTurn() throws InterruptedException {
        try (var pool = new WorkerPool("bounded", 3)) {
            var gate = new Semaphore(0);
            var running = new AtomicInteger();
            var most = new AtomicInteger();
            var done = new CountDownLatch(20);
            for (int i = 0; i < 20; i++) {
                pool.execute(() -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    gate.acquireUninterruptibly();
                    running.decrementAndGet();
                    done.countDown();
                });
            }
            await().until(() -> running.get() == 3);
            gate.release(20);
            done.await();
            assertThat(most).hasValue(3);
        }
    }

    @Test
    void aTaskThatFailsCostsNoThread() throws InterruptedException {
        try (var pool = new WorkerPool("failing", 1)) {
            var done = new CountDownLatch(1);
            pool.execute(() -> {
                throw new IllegalStateException("expected in this test");
            });
            pool.execute(done::countDown);
            done.await();
        }
    }

    @Test
    void closeDropsWhatWaitsAndEndsTheThreads() {
        var started = new CountDownLatch(1);
        var gate = new Semaphore(0);
        var second = new AtomicInteger();
        var pool = new WorkerPool("closing", 1);
        pool.execute(() -> {
            started.countDown();
            gate.acquireUninterruptibly();
        });
        pool.execute(second::incrementAndGet);
        await().until(() -> started.getCount() == 0);
        pool.close();
        pool.close();
        pool.execute(second::incrementAndGet);
        gate.release();
        await().until(() -> threads("closing-") == 0);
        assertThat(second).hasValue(0);
    }

    private static boolean allWaiting(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING);
    }

    private static long threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }
}
