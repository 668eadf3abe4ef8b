package dev.outpost.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.process.WriteStatus;
import dev.outpost.testkit.Spec;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class StdinQueueTest {
    private static final StdinLimits LIMITS = new StdinLimits(4, 100, 3, 200);

    private final AtomicInteger work = new AtomicInteger();
    private final StdinQueue queue = new StdinQueue(_ -> 0, LIMITS, work::incrementAndGet);

    private CompletableFuture<WriteStatus> write(int bytes) {
        return queue.write(new byte[bytes], null);
    }

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @Spec({"P43", "P45"})
    void whatComesOutIsWhatWentInInOrder(int seed) {
        Random random = new Random(seed);
        ByteArrayOutputStream in = new ByteArrayOutputStream();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StdinQueue queue = new StdinQueue(
                bytes -> {
                    int count = random.nextInt(4) == 0 ? bytes.length : random.nextInt(bytes.length + 1);
                    out.write(bytes, 0, count);
                    return count;
                },
                LIMITS,
                work::incrementAndGet);
        List<CompletableFuture<WriteStatus>> writes = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(1 + random.nextInt(60));
            for (int step = 0; step < 500; step++) {
                if (random.nextBoolean()) {
                    byte[] chunk = new byte[random.nextInt(50)];
                    random.nextBytes(chunk);
                    CompletableFuture<WriteStatus> write = queue.write(chunk, null);
                    if (!write.isCompletedExceptionally()) {
                        in.writeBytes(chunk);
                        writes.add(write);
                    }
                } else {
                    take(queue, buffer, random, out);
                }
            }
            while (queue.peek(buffer) > 0) {
                take(queue, buffer, random, out);
            }
        }
        assertThat(out.toByteArray()).isEqualTo(in.toByteArray());
        assertThat(writes).allSatisfy(write -> assertThat(write).isCompletedWithValue(WriteStatus.ACCEPTED));
    }

    private static void take(StdinQueue queue, MemorySegment buffer, Random random, ByteArrayOutputStream out) {
        int pending = queue.peek(buffer);
        if (pending > 0) {
            int count = 1 + random.nextInt(pending);
            out.writeBytes(buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
            queue.written(count);
        }
    }

    @Test
    @Spec("N41")
    void anEndedQueueTakesNothingNewAndRemembersWhatItTook() {
        assertThat(queue.write(new byte[10], "w1")).isCompletedWithValue(WriteStatus.ACCEPTED);
        queue.end();
        assertThat(queue.isAtEnd()).as("ten bytes are left").isFalse();
        assertThat(queue.write(new byte[10], "w1")).isCompletedWithValue(WriteStatus.ACCEPTED);
        assertThat(queue.write(new byte[1], "w2")).isCompletedWithValue(WriteStatus.STDIN_CLOSED);
        queue.written(10);
        assertThat(queue.isAtEnd()).isTrue();
    }

    @Test
    @Spec("P43")
    void whatTheTargetTakesAtOnceNeedsNoWork() {
        List<Integer> offered = new ArrayList<>();
        StdinQueue direct = new StdinQueue(
                bytes -> {
                    offered.add(bytes.length);
                    return Math.min(bytes.length, 10);
                },
                LIMITS,
                work::incrementAndGet);
        assertThat(direct.write(new byte[10], null)).isCompletedWithValue(WriteStatus.ACCEPTED);
        assertThat(work).as("all is taken").hasValue(0);
        assertThat(direct.write(new byte[13], null)).isCompletedWithValue(WriteStatus.ACCEPTED);
        assertThat(work).as("three bytes are left").hasValue(1);
        assertThat(direct.write(new byte[1], null)).isCompletedWithValue(WriteStatus.ACCEPTED);
        assertThat(offered).as("nothing overtakes what is queued").containsExactly(10, 13);
        try (Arena arena = Arena.ofConfined()) {
            assertThat(direct.peek(arena.allocate(100))).isEqualTo(4);
        }
    }

    @Test
    @Spec("P43")
    void entriesAreBoundedThenWritesWaitThenTheyAreRefused() {
        for (int i = 0; i < 4; i++) {
            assertThat(write(1)).isCompletedWithValue(WriteStatus.ACCEPTED);
        }
        assertThat(work).hasValue(4);
        CompletableFuture<WriteStatus> first = write(1);
        CompletableFuture<WriteStatus> second = write(1);
        assertThat(write(1)).isNotDone();
        assertThat(write(1)).failsWithin(Duration.ZERO).withThrowableThat().withMessageContaining("3 writes, 3 bytes");
        queue.written(1);
        assertThat(first).isCompletedWithValue(WriteStatus.ACCEPTED);
        assertThat(second).isNotDone();
    }

    @Test
    @Spec("P43")
    void bytesAreBoundedButOneWriteMayHaveAnySize() {
        assertThat(write(1000)).isCompletedWithValue(WriteStatus.ACCEPTED);
        assertThat(write(1000)).as("the first to wait").isNotDone();
        assertThat(write(1)).isCompletedExceptionally();
        queue.written(1000);
        queue.written(1000);
        assertThat(write(60)).isCompletedWithValue(WriteStatus.ACCEPTED);
        assertThat(write(40)).isCompletedWithValue(WriteStatus.ACCEPTED);
        assertThat(write(1)).isNotDone();
    }

    @Test
    @Spec("N41")
    void fourThousandNamesAreRemembered() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(10);
            for (int i = 0; i < 4096; i++) {
                var _ = queue.write(new byte[1], "w" + i);
                queue.written(1);
            }
            var _ = queue.write(new byte[1], "w0");
            assertThat(queue.peek(buffer)).as("the oldest is known").isZero();
            var _ = queue.write(new byte[1], "one more");
            queue.written(1);
            var _ = queue.write(new byte[1], "w0");
            assertThat(queue.peek(buffer)).as("the oldest is forgotten").isOne();
        }
    }

    @Test
    @Spec("N41")
    void aRepeatOfAWaitingWriteWaitsWithIt() {
        var _ = write(1000);
        CompletableFuture<WriteStatus> waiting = queue.write(new byte[1], "w");
        CompletableFuture<WriteStatus> repeat = queue.write(new byte[1], "w");
        assertThat(repeat.cancel(false)).as("harms only itself").isTrue();
        queue.written(1000);
        assertThat(waiting).isCompletedWithValue(WriteStatus.ACCEPTED);
    }

    @Test
    @Spec({"P44", "P45"})
    void theEndAnswersThoseThatWait() {
        var _ = write(1000);
        CompletableFuture<WriteStatus> waiting = write(1);
        queue.drop();
        assertThat(waiting).isCompletedWithValue(WriteStatus.ACCEPTED);
        queue.fail();
        assertThat(write(1)).isCompletedExceptionally();
    }
}
