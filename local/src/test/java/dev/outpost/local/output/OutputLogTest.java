package dev.outpost.local.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvents;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.executor.process.ReadRequest;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.testkit.Spec;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class OutputLogTest {
    private static final ExitStatus STATUS = new ExitStatus.Code(7);
    private static final int OVERHEAD = 64;

    /** Time that passes when a test says so. */
    private static final class ManualDeadlines implements Deadlines {
        final List<Runnable> pending = new ArrayList<>();

        @Override
        public Deadline after(long delayMillis, Runnable action) {
            pending.add(action);
            return () -> pending.remove(action);
        }

        void pass() {
            List.copyOf(pending).forEach(action -> {
                pending.remove(action);
                action.run();
            });
        }
    }

    private final ManualDeadlines deadlines = new ManualDeadlines();
    private final OutputBudget budget = new OutputBudget(Long.MAX_VALUE / 2);
    private final AtomicInteger rooms = new AtomicInteger();

    private OutputLog log(long bytes) {
        return log(bytes, budget);
    }

    private OutputLog log(long bytes, OutputBudget in) {
        return new OutputLog(new ProcessId("p"), new OutputLimits(bytes, 4, 4), in, deadlines, rooms::incrementAndGet);
    }

    private static boolean append(OutputLog log, int bytes) {
        return log.append(ProcessStream.STDOUT, MemorySegment.ofArray(new byte[bytes]));
    }

    private static long costOf(ProcessEvent.Output chunk) {
        return chunk.bytes().length + (long) OVERHEAD;
    }

    /** What tells an event from others: arrays are equal only to themselves. */
    private static @Nullable Object identity(@Nullable ProcessEvent event) {
        return event instanceof ProcessEvent.Output(long seq, ProcessStream stream, byte[] bytes)
                ? List.of(seq, stream, ByteBuffer.wrap(bytes))
                : event;
    }

    private static ReadResult readNow(OutputLog log, long afterSeq) {
        return log.read(new ReadRequest(afterSeq, Long.MAX_VALUE, 0)).join();
    }

    private static CompletableFuture<ReadResult> wait(OutputLog log, long afterSeq) {
        return log.read(new ReadRequest(afterSeq, Long.MAX_VALUE, 1000));
    }

    static IntStream seeds() {
        return IntStream.range(0, 400);
    }

    /** The simple model: everything ever recorded, what was taken, and from where on output is still there. */
    private static final class Model {
        final List<ProcessEvent> all = new ArrayList<>();
        final long limit;
        long taken;
        long firstKept = 1;
        long exitSeq;
        long closedSeq;

        Model(long limit) {
            this.limit = limit;
        }

        List<ProcessEvent.Output> kept() {
            return all.stream()
                    .filter(event -> event.seq() >= firstKept)
                    .filter(ProcessEvent.Output.class::isInstance)
                    .map(ProcessEvent.Output.class::cast)
                    .toList();
        }

        long cost() {
            return kept().stream().mapToLong(OutputLogTest::costOf).sum();
        }

        long undelivered() {
            return kept().stream()
                    .filter(chunk -> chunk.seq() > taken)
                    .mapToLong(OutputLogTest::costOf)
                    .sum();
        }

        boolean wantsMore() {
            return undelivered() < limit - limit / 2;
        }

        void evict() {
            while (cost() > limit && cost() - undelivered() > limit / 2) {
                firstKept = kept().getFirst().seq() + 1;
            }
        }

        @Nullable ProcessEvent after(long seq) {
            for (ProcessEvent event : all) {
                boolean there = !(event instanceof ProcessEvent.Output) || event.seq() >= firstKept;
                if (event.seq() > seq && there) {
                    return event.seq() == seq + 1 ? event : new ProcessEvent.Gap(seq + 1, event.seq() - 1);
                }
            }
            return seq < all.size() ? new ProcessEvent.Gap(seq + 1, all.size()) : null;
        }

        List<ProcessEvent.Output> read(long afterSeq, long maxBytes) {
            List<ProcessEvent.Output> chunks = new ArrayList<>();
            long total = 0;
            for (ProcessEvent.Output chunk : kept()) {
                if (chunk.seq() <= afterSeq) {
                    continue;
                }
                if (!chunks.isEmpty() && total + chunk.bytes().length > maxBytes) {
                    break;
                }
                chunks.add(chunk);
                total += chunk.bytes().length;
                if (total >= maxBytes) {
                    break;
                }
            }
            return chunks;
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @Spec({
        "P11", "P12", "P13", "P14", "P20", "P21", "P22", "P23", "P24", "P25", "P26", "P28", "P29", "P88", "P90", "N14i"
    })
    void itDoesWhatTheModelDoes(int seed) {
        Random random = new Random(seed);
        // Large chunks are kept elsewhere than small ones.
        int scale = seed % 3 == 0 ? 300 : 1;
        long limit = scale * OVERHEAD * (1L + random.nextInt(20));
        OutputLog log = log(limit);
        Model model = new Model(limit);
        List<ProcessEvents> subscriptions = new ArrayList<>();
        List<Long> positions = new ArrayList<>();
        int exitAt = 20 + random.nextInt(60);
        for (int step = 0; step < 120; step++) {
            if (step == exitAt) {
                model.exitSeq = model.all.size() + 1L;
                model.all.add(new ProcessEvent.Exited(model.exitSeq, STATUS, false));
                if (random.nextInt(4) == 0) {
                    log.exitedAndClosed(STATUS, false);
                    model.closedSeq = model.all.size() + 1L;
                    model.all.add(new ProcessEvent.Closed(model.closedSeq));
                } else {
                    log.exited(STATUS, false);
                }
            }
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    if (model.closedSeq == 0) {
                        byte[] bytes = new byte[1 + random.nextInt(40 * scale)];
                        random.nextBytes(bytes);
                        boolean more = log.append(ProcessStream.STDERR, MemorySegment.ofArray(bytes));
                        model.all.add(new ProcessEvent.Output(model.all.size() + 1L, ProcessStream.STDERR, bytes));
                        model.evict();
                        assertThat(more).isEqualTo(model.wantsMore());
                    }
                }
                case 2 -> {
                    if (subscriptions.size() < 4) {
                        long from = random.nextInt(model.all.size() + 2);
                        subscriptions.add(log.subscribe(from, () -> {}));
                        positions.add(from);
                    }
                }
                case 3 -> {
                    for (int i = 0; i < subscriptions.size(); i++) {
                        ProcessEvent expected = model.after(positions.get(i));
                        assertThat(identity(subscriptions.get(i).poll())).isEqualTo(identity(expected));
                        if (expected != null) {
                            positions.set(i, expected.seq());
                            if (expected instanceof ProcessEvent.Output) {
                                model.taken = Math.max(model.taken, expected.seq());
                            }
                        }
                    }
                }
                default -> {
                    long afterSeq = random.nextInt(model.all.size() + 3);
                    long maxBytes = random.nextBoolean() ? Long.MAX_VALUE : random.nextInt(100 * scale);
                    ReadResult result =
                            log.read(new ReadRequest(afterSeq, maxBytes, 0)).join();
                    List<ProcessEvent.Output> expected = model.read(afterSeq, maxBytes);
                    assertThat(result.chunks().stream().map(OutputLogTest::identity))
                            .isEqualTo(expected.stream()
                                    .map(OutputLogTest::identity)
                                    .toList());
                    assertThat(result.counter()).isEqualTo(model.all.size() + 1L);
                    assertThat(result.nextSeq())
                            .isEqualTo(
                                    expected.isEmpty()
                                            ? model.all.size() + 1L
                                            : expected.getLast().seq() + 1);
                    assertThat(result.exit()).isEqualTo(model.exitSeq > 0 ? STATUS : null);
                    assertThat(result.closed()).isEqualTo(model.closedSeq > 0);
                    if (afterSeq <= model.all.size()) {
                        model.taken = Math.max(model.taken, afterSeq);
                    }
                }
            }
            if (model.exitSeq > 0 && model.closedSeq == 0 && random.nextInt(20) == 0) {
                log.closed();
                model.closedSeq = model.all.size() + 1L;
                model.all.add(new ProcessEvent.Closed(model.closedSeq));
            }
            assertThat(log.lastSeq()).isEqualTo(model.all.size());
            assertThat(budget.retained()).isEqualTo(model.cost());
        }
        log.discard();
        assertThat(budget.retained()).isZero();
    }

    @Test
    @Spec("N14i")
    void untakenOutputPausesTheWriterUntilAnEighthIsTaken() {
        OutputLog log = log(2 * 16 * (100 + OVERHEAD));
        for (int i = 1; i < 16; i++) {
            assertThat(append(log, 100)).isTrue();
        }
        assertThat(append(log, 100)).isFalse();
        assertThat(append(log, 100)).as("an excess is kept").isFalse();
        assertThat(log.wantsOutput()).isFalse();
        ProcessEvents events = log.subscribe(0, () -> {});
        for (int i = 0; i < 2; i++) {
            assertThat(events.poll()).isInstanceOf(ProcessEvent.Output.class);
            assertThat(rooms).hasValue(0);
        }
        assertThat(events.poll()).isInstanceOf(ProcessEvent.Output.class);
        assertThat(rooms).hasValue(1);
        assertThat(log.wantsOutput()).isTrue();
        assertThat(readNow(log, 0).chunks()).as("nothing is lost").hasSize(17);
    }

    @Test
    @Spec({"N14i", "P22", "N94"})
    void whatAReadReturnedIsThereAgainUntilALaterReadShowsThatItArrived() {
        OutputLog log = log(16 * (100 + OVERHEAD));
        while (append(log, 100)) {
            assertThat(log.lastSeq()).isLessThan(8);
        }
        assertThat(readNow(log, 0).chunks()).hasSize(8);
        for (int i = 0; i < 100; i++) {
            append(log, 100); // Though it should wait: nothing shows that the answer arrived.
        }
        assertThat(readNow(log, 0).chunks()).as("the same read again").hasSize(108);
        assertThat(rooms).hasValue(0);
        assertThat(readNow(log, 108).chunks()).isEmpty();
        assertThat(rooms).hasValue(1);
        append(log, 100);
        assertThat(readNow(log, 0).chunks().getFirst().seq()).isGreaterThan(90);
    }

    @Test
    @Spec({"N14i", "N94"})
    void whatWasPolledLastIsThereAgainThoughTheProcessPrintsOn() {
        OutputLog log = log(32 * (100 + OVERHEAD));
        ProcessEvents lost = log.subscribe(0, () -> {});
        for (int i = 0; i < 1000; i++) {
            append(log, 100);
            assertThat(lost.poll()).isInstanceOf(ProcessEvent.Output.class);
        }
        while (append(log, 100)) {
            assertThat(log.lastSeq()).isLessThan(1016);
        }
        assertThat(readNow(log, 0).chunks().getFirst().seq())
                .as("16 that were polled")
                .isEqualTo(985);
        assertThat(readNow(log, 0).chunks().getLast().seq())
                .as("and 16 that were not")
                .isEqualTo(1016);
    }

    @Test
    void aReadThatIsRefusedTakesNothing() {
        OutputLog log = log(1);
        append(log, 10);
        for (int i = 0; i < 4; i++) {
            var _ = log.read(new ReadRequest(99, 0, 1000));
        }
        assertThat(wait(log, 1)).isCompletedExceptionally();
        assertThat(rooms).hasValue(0);
        assertThat(log.wantsOutput()).isFalse();
    }

    @Test
    @Spec({"P13", "N14i"})
    void anExitIsRecordedWhileTheWriterIsPaused() {
        OutputLog log = log(1);
        assertThat(append(log, 10)).isFalse();
        CompletableFuture<ReadResult> waiting = wait(log, 1);
        log.exited(STATUS, false);
        assertThat(waiting.join().exit()).isEqualTo(STATUS);
        assertThat(readNow(log, 0).chunks()).hasSize(1);
    }

    @Test
    @Spec({"P21", "P89", "P90", "P91"})
    void anExitIsNeverLostInAGap() {
        OutputLog log = log(1);
        append(log, 10);
        log.exited(STATUS, false);
        append(log, 10);
        log.closed();
        assertThat(readNow(log, 4).chunks()).isEmpty();
        log.evictDelivered(Long.MAX_VALUE);
        ProcessEvents late = log.subscribe(0, () -> {});
        assertThat(late.poll()).isEqualTo(new ProcessEvent.Gap(1, 1));
        assertThat(late.poll()).isEqualTo(new ProcessEvent.Exited(2, STATUS, false));
        assertThat(late.poll()).isEqualTo(new ProcessEvent.Gap(3, 3));
        assertThat(late.poll()).isEqualTo(new ProcessEvent.Closed(4));
        assertThat(late.poll()).isNull();
    }

    @Test
    @Spec({"P13", "P14"})
    void anExitWithItsCloseTellsReadersOnce() {
        OutputLog log = log(1000);
        List<ProcessEvent> seen = new ArrayList<>();
        AtomicInteger told = new AtomicInteger();
        ProcessEvents events = log.subscribe(0, told::incrementAndGet);
        assertThat(events.poll()).isNull();
        CompletableFuture<ReadResult> waiting = wait(log, 0);
        log.exitedAndClosed(STATUS, false);
        assertThat(told).hasValue(1);
        for (ProcessEvent event = events.poll(); event != null; event = events.poll()) {
            seen.add(event);
        }
        assertThat(seen).containsExactly(new ProcessEvent.Exited(1, STATUS, false), new ProcessEvent.Closed(2));
        assertThat(waiting.join().exit()).isEqualTo(STATUS);
        assertThat(waiting.join().closed()).isTrue();
    }

    @Test
    @Spec({"P23", "P28"})
    void waitingReadsEndByTheRules() {
        OutputLog log = log(1000);
        CompletableFuture<ReadResult> late = wait(log, 0);
        deadlines.pass();
        assertThat(late.join().chunks()).isEmpty();
        CompletableFuture<ReadResult> output = wait(log, 0);
        CompletableFuture<ReadResult> beyond = wait(log, 1);
        append(log, 1);
        assertThat(output.join().chunks()).hasSize(1);
        assertThat(beyond).isNotDone();
        log.exited(STATUS, false);
        assertThat(beyond.join().nextSeq()).isEqualTo(3);
        CompletableFuture<ReadResult> afterExit = wait(log, 2);
        assertThat(afterExit).isNotDone();
        log.closed();
        assertThat(afterExit.join().closed()).isTrue();
        assertThat(wait(log, 99)).isDone();
        assertThat(deadlines.pending).as("no deadline is left").isEmpty();
    }

    @Test
    void waitingReadsAreBoundedAndCancelled() {
        OutputLog log = log(1000);
        List<CompletableFuture<ReadResult>> reads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            reads.add(wait(log, 0));
        }
        assertThatThrownBy(() -> wait(log, 0).join())
                .hasCauseInstanceOf(ExecutorException.class)
                .hasMessageContaining("too many reads");
        assertThat(reads.getFirst().cancel(false)).isTrue();
        assertThat(deadlines.pending).hasSize(3);
        assertThat(wait(log, 0)).isNotDone();
    }

    @Test
    @Spec("N14i")
    void whatACancelledReadWouldHaveGotIsNotTaken() {
        OutputLog log = log(1);
        CompletableFuture<ReadResult> read = wait(log, 0);
        assertThat(read.cancel(false)).isTrue();
        append(log, 10);
        append(log, 10);
        assertThat(readNow(log, 0).chunks()).hasSize(2);
    }

    @Test
    @Spec("P30")
    void discardingFailsReadsAndEndsSubscriptions() {
        OutputLog log = log(1000);
        append(log, 10);
        CompletableFuture<ReadResult> waiting = wait(log, 1);
        ProcessEvents events = log.subscribe(0, () -> {});
        log.discard();
        log.discard();
        assertThatThrownBy(waiting::join).hasMessageContaining("unknown process id p");
        assertThatThrownBy(() -> readNow(log, 0)).hasMessageContaining("unknown process id p");
        assertThat(events.poll()).isNull();
        assertThat(append(log, 10)).as("the writer may go on").isTrue();
        log.exited(STATUS, false);
        log.closed();
        assertThat(budget.retained()).isZero();
    }

    @Test
    void aFailingSubscriberHarmsNobodyElse() {
        OutputLog log = log(1000);
        AtomicInteger calls = new AtomicInteger();
        ProcessEvents failing = log.subscribe(0, () -> {
            throw new IllegalStateException("on purpose");
        });
        ProcessEvents other = log.subscribe(0, calls::incrementAndGet);
        assertThat(failing.poll()).isNull();
        assertThat(other.poll()).isNull();
        append(log, 1);
        assertThat(calls).hasValue(1);
    }

    @Test
    void callbacksMayUseTheLog() {
        OutputLog log = log(1000);
        List<ProcessEvent> seen = new ArrayList<>();
        ProcessEvents[] events = new ProcessEvents[1];
        events[0] = log.subscribe(0, () -> {
            for (ProcessEvent event = events[0].poll(); event != null; event = events[0].poll()) {
                seen.add(event);
            }
        });
        assertThat(events[0].poll()).isNull();
        append(log, 1);
        append(log, 1);
        log.exited(STATUS, false);
        log.closed();
        assertThat(seen).hasSize(4);
    }

    @Test
    @Spec({"N14i", "P14"})
    void aReaderOnAnotherThreadGetsEveryEventOnceAndInOrder() throws Exception {
        OutputLog log = log(50 * (OVERHEAD + 1));
        int chunks = 200_000;
        CountDownLatch done = new CountDownLatch(1);
        Semaphore available = new Semaphore(0);
        ProcessEvents events = log.subscribe(0, available::release);
        Thread reader = Thread.ofPlatform().start(() -> {
            long last = 0;
            while (last < chunks + 2) {
                ProcessEvent event = events.poll();
                if (event == null) {
                    available.acquireUninterruptibly();
                } else if (event.seq() == last + 1 && !(event instanceof ProcessEvent.Gap)) {
                    last++;
                } else {
                    return;
                }
            }
            done.countDown();
        });
        for (int i = 0; i < chunks; i++) {
            while (!log.wantsOutput()) {
                Thread.onSpinWait();
            }
            append(log, 1);
        }
        log.exited(STATUS, false);
        log.closed();
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        reader.join();
    }

    // The budget.

    @Test
    @Spec("N14i")
    void deliveredOutputOfTheLargestLogGoesFirst() {
        OutputBudget small = new OutputBudget(8_000);
        OutputLog large = log(100_000, small);
        OutputLog little = log(100_000, small);
        for (int i = 0; i < 30; i++) {
            append(large, 100);
        }
        for (int i = 0; i < 5; i++) {
            append(little, 100);
        }
        assertThat(readNow(large, 30).chunks()).isEmpty();
        assertThat(readNow(little, 5).chunks()).isEmpty();
        for (int i = 0; i < 15; i++) {
            assertThat(append(little, 100)).isTrue();
        }
        assertThat(readNow(little, 0).chunks()).as("the smaller one is whole").hasSize(20);
        assertThat(readNow(large, 0).chunks()).hasSizeLessThan(30);
        assertThat(small.retained()).isLessThanOrEqualTo(8_000);
    }

    @Test
    @Spec("N14i")
    void theProcessesWithTheMostUndeliveredOutputAreHeldBack() {
        OutputBudget small = new OutputBudget(16_400);
        OutputLog greedy = log(100_000, small);
        OutputLog modest = log(100_000, small);
        append(modest, 100);
        while (append(greedy, 100)) {
            assertThat(small.retained()).isLessThan(16_400);
        }
        assertThat(small.retained()).isBetween(14_000L, 16_400L);
        ProcessEvents modestly = modest.subscribe(0, () -> {});
        for (int i = 0; i < 1000; i++) {
            assertThat(append(modest, 100)).as("whose reader keeps up goes on").isTrue();
            assertThat(modestly.poll()).isInstanceOf(ProcessEvent.Output.class);
        }
        assertThat(small.retained()).isLessThan(16_400);
        assertThat(greedy.wantsOutput()).isFalse();
        ProcessEvents events = greedy.subscribe(0, () -> {});
        assertThat(rooms).hasValue(0);
        while (rooms.get() == 0) {
            assertThat(events.poll()).isInstanceOf(ProcessEvent.Output.class);
        }
        assertThat(greedy.wantsOutput()).isTrue();
    }

    @Test
    @Spec("N14i")
    void atTheBoundEverybodyWaitsAndADiscardMakesRoom() {
        OutputBudget small = new OutputBudget(8_000);
        OutputLog one = log(100_000, small);
        OutputLog two = log(100_000, small);
        boolean first = true;
        boolean second = true;
        while (first || second) {
            first = first && append(one, 100);
            second = second && append(two, 100);
        }
        assertThat(small.retained()).isLessThanOrEqualTo(8_000);
        one.discard();
        assertThat(rooms).hasPositiveValue();
        assertThat(two.wantsOutput()).isTrue();
    }
}
