package dev.outpost.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.local.output.Deadlines.Deadline;
import dev.outpost.testkit.LeakCheck;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ProcessLoopTest {
    private final LeakCheck leaks = LeakCheck.before();
    private ProcessLoop loop;

    @BeforeEach
    void start() throws Exception {
        loop = ProcessLoop.start();
    }

    @AfterEach
    void close() {
        loop.close();
        loop.close();
        leaks.assertNoLeak();
    }

    private void awaitIdle() throws Exception {
        CompletableFuture<Void> idle = new CompletableFuture<>();
        loop.execute(() -> idle.complete(null));
        idle.get(30, TimeUnit.SECONDS);
    }

    @Test
    void tasksRunInOrderOnTheLoopsThread() throws Exception {
        List<Integer> seen = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 1000; i++) {
            int number = i;
            loop.execute(() -> {
                if (loop.isCurrent()) {
                    seen.add(number);
                }
            });
        }
        awaitIdle();
        assertThat(seen).hasSize(1000).isSorted();
    }

    @Test
    void onlySoManyPipesAreLargeAtOnce() throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            for (int i = 0; i < ProcessLoop.MOST_LARGE_PIPES; i++) {
                assertThat(loop.takeLargePipe()).isTrue();
            }
            assertThat(loop.takeLargePipe()).isFalse();
            loop.giveLargePipeBack();
            assertThat(loop.takeLargePipe()).isTrue();
            assertThat(loop.takeLargePipe()).isFalse();
            done.complete(null);
        });
        done.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aFailingStepDoesNotEndTheLoop() throws Exception {
        loop.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        loop.after(0, () -> {
            throw new IllegalStateException("on purpose");
        });
        awaitIdle();
    }

    @Test
    void deadlinesPassInTheirOrderWheneverTheyWereSet() throws Exception {
        List<Integer> seen = new CopyOnWriteArrayList<>();
        CountDownLatch passed = new CountDownLatch(3);
        CountDownLatch set = new CountDownLatch(1);
        loop.execute(() -> {
            for (int delay : new int[] {30, 10, 20}) {
                loop.after(delay, () -> {
                    seen.add(delay);
                    passed.countDown();
                });
            }
            set.countDown();
        });
        assertThat(set.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(passed.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(seen).containsExactly(10, 20, 30);
    }

    @Test
    void aCancelledDeadlineDoesNotPass() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        CountDownLatch passed = new CountDownLatch(1);
        Deadline cancelled = loop.after(10, () -> seen.add("cancelled"));
        loop.after(20, () -> {
            seen.add("later");
            passed.countDown();
        });
        cancelled.cancel();
        cancelled.cancel();
        assertThat(passed.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(seen).doesNotContain("cancelled");
    }

    @Test
    void aDeadlineMayBeCenturiesAway() throws Exception {
        Deadline never = loop.after(Long.MAX_VALUE, () -> {});
        awaitIdle();
        never.cancel();
    }
}
