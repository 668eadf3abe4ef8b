package dev.outpost.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outpost.executor.process.AwaitedEvents;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvents;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.executor.process.ReadRequest;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.testkit.Spec;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading and subscribing (spec P15–P38, N14i, N40). */
public abstract class ProcessOutputContract extends ExecBackendContract {
    /** Spec P31: chunks 1 and 2 of three bytes, exited 3, closed 4. */
    private ExecProcess workedExample() throws Exception {
        ExecProcess process = start(Recipe.sh("printf one; sleep 0.2; printf two; sleep 0.2; exit 7"));
        EventCollector events = new EventCollector(process);
        var _ = events.untilClosed();
        assertThat(events.describe()).containsExactly("1 STDOUT", "2 STDOUT", "3 exited", "4 closed");
        return process;
    }

    @Test
    @Spec({"P31", "P32", "P33", "P34", "P35", "P36", "P37", "P38"})
    void theWorkedExample() throws Exception {
        ExecProcess process = workedExample();
        assertRead(read(process, 0), "onetwo", 3);
        assertRead(read(process, 1), "two", 3);
        for (long afterSeq : new long[] {2, 3, 4, 99}) {
            assertRead(read(process, afterSeq), "", 5);
            assertRead(result(waitingRead(process, afterSeq)), "", 5);
        }
        for (long maxBytes : new long[] {0, 1, 3, 5}) {
            assertRead(read(process, 0, maxBytes), "one", 2);
        }
        assertRead(read(process, 0, 6), "onetwo", 3);
        assertRead(read(process, 0, 100), "onetwo", 3);
        assertRead(read(process, 1, 0), "two", 3);
    }

    private static void assertRead(ReadResult result, String text, long nextSeq) {
        assertThat(text(result)).isEqualTo(text);
        assertThat(result.nextSeq()).isEqualTo(nextSeq);
        assertThat(result.counter()).isEqualTo(5);
        assertThat(result.exit()).isEqualTo(new ExitStatus.Code(7));
        assertThat(result.closed()).isTrue();
        assertThat(result.failure()).isNull();
    }

    @Test
    @Spec({"P22", "P24", "P27"})
    void readingDoesNotConsume() throws Exception {
        ExecProcess process = workedExample();
        for (int round = 0; round < 3; round++) {
            ReadResult first = read(process, 0, 1);
            ReadResult second = read(process, first.nextSeq() - 1, 1);
            ReadResult last = read(process, second.nextSeq() - 1, 1);
            assertThat(text(first) + text(second)).isEqualTo("onetwo");
            assertThat(last.chunks()).isEmpty();
        }
    }

    @Test
    @Spec({"P23", "P38"})
    void aWaitEndsAtItsDeadline() throws Exception {
        ExecProcess process = start(Recipe.sh("sleep 100"));
        ReadResult result = result(process.read(new ReadRequest(0, Long.MAX_VALUE, 50)));
        assertThat(result.chunks()).isEmpty();
        assertThat(result.nextSeq()).isEqualTo(1);
        assertThat(result.exit()).isNull();
        assertThat(result.closed()).isFalse();
    }

    @Test
    @Spec("P23")
    void aWaitEndsWithOutput() throws Exception {
        ExecProcess process = start(Recipe.of("cat").withStdin());
        CompletableFuture<ReadResult> waiting = waitingRead(process, 0);
        assertThat(waiting).isNotDone();
        result(process.write("x".getBytes(UTF_8), null));
        assertThat(text(result(waiting))).isEqualTo("x");
    }

    @Test
    @Spec({"P26", "P28", "P29"})
    void anExitEndsAWaitOnce() throws Exception {
        ExecProcess process = start(Recipe.sh("(sleep 0.5) & exit 0"));
        ReadResult exited = result(waitingRead(process, 0));
        assertThat(exited.exit()).isEqualTo(new ExitStatus.Code(0));
        assertThat(exited.closed()).isFalse();
        assertThat(exited.nextSeq()).isEqualTo(2);
        ReadResult closed = result(waitingRead(process, 1));
        assertThat(closed.closed()).isTrue();
        assertThat(closed.nextSeq()).isEqualTo(3);
    }

    @Test
    @Spec("P25")
    void nextSeqFollowsTheLastChunkAlthoughMoreIsKnown() throws Exception {
        ReadResult result = read(workedExample(), 0);
        assertThat(result.nextSeq()).isEqualTo(3);
        assertThat(result.closed()).isTrue();
    }

    @Test
    void aCancelledWaitIsOver() throws Exception {
        ExecProcess process = start(Recipe.sh("sleep 100"));
        for (int i = 0; i < 1000; i++) {
            assertThat(waitingRead(process, 0).cancel(false)).isTrue();
        }
        CompletableFuture<ReadResult> last = waitingRead(process, 0);
        assertThat(last).isNotDone();
        assertThat(result(process.terminate())).isTrue();
        assertThat(result(last).exit()).isNotNull();
    }

    @Test
    @Spec("N14f")
    void aWaitingReadHoldsUpNothing() throws Exception {
        ExecProcess process = start(Recipe.sh("sleep 100"));
        CompletableFuture<ReadResult> waiting = waitingRead(process, 0);
        assertThat(result(process.terminate())).isTrue();
        assertThat(result(waiting).nextSeq()).isGreaterThan(1);
    }

    @Test
    @Spec({"P15", "P16"})
    void bytesArriveUnchangedAndStreamsApart() throws Exception {
        EventCollector events = run(Recipe.sh("""
                i=0
                while [ $i -lt 256 ]; do printf "\\\\$(printf %o $i)"; i=$((i+1)); done
                printf error >&2
                """));
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        assertThat(events.bytes(ProcessStream.STDOUT)).isEqualTo(all);
        assertThat(events.text(ProcessStream.STDERR)).isEqualTo("error");
    }

    @Test
    @Spec({"P17", "P56"})
    void aTerminalHasOneStream() throws Exception {
        EventCollector events = run(Recipe.sh("echo out; echo err >&2").onTerminal());
        assertThat(events.text(ProcessStream.PTY)).isEqualTo("out\r\nerr\r\n");
        assertThat(events.text()).isEqualTo(events.text(ProcessStream.PTY));
    }

    @Test
    @Spec({"P19", "N14i"})
    void outputThatNobodyTakesHoldsTheProcessBackAndIsNotLost(@TempDir Path directory) throws Exception {
        requires(Ability.HOLDS_OUTPUT);
        int megabytes = 48;
        ExecProcess process = start(Recipe.sh("head -c " + megabytes
                        + "m /dev/zero | tee /dev/fd/2 2>/dev/null | cat; : > end; echo done >&2")
                .cwd(directory.toString()));
        long[] seen = {0};
        await().pollInterval(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    long before = seen[0];
                    seen[0] = process.lastSeq();
                    return before > 0 && seen[0] == before;
                });
        assertThat(directory.resolve("end")).as("what it does after its output").doesNotExist();
        EventCollector events = new EventCollector(process);
        var _ = events.untilClosed();
        assertThat(events.events()).noneMatch(ProcessEvent.Gap.class::isInstance);
        assertThat(sha256(events.bytes(ProcessStream.STDOUT))).isEqualTo(sha256(new byte[megabytes << 20]));
        assertThat(events.text(ProcessStream.STDERR)).endsWith("done\n");
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Spec({"P15", "P19"})
    void muchOutputArrivesWhole(boolean terminal) throws Exception {
        EventCollector events = run(Recipe.sh("seq 1 300000").onTerminal(terminal));
        StringBuilder expected = new StringBuilder();
        for (int i = 1; i <= 300000; i++) {
            expected.append(i).append(terminal ? "\r\n" : "\n");
        }
        assertThat(events.text().equals(expected.toString())).isTrue();
    }

    @Test
    @Spec({"P20", "P21", "C62"})
    void deliveredOutputIsEvictedOldestFirstAndTheGapIsVisible() throws Exception {
        ExecProcess process = start(Recipe.sh("head -c 64m /dev/zero"));
        EventCollector events = new EventCollector(process);
        var _ = events.untilClosed();
        assertThat(events.bytes(ProcessStream.STDOUT)).hasSize(64 << 20);
        ReadResult rest = read(process, 0);
        long first = rest.chunks().getFirst().seq();
        assertThat(first).as("something was evicted").isGreaterThan(1);
        assertThat(rest.chunks())
                .extracting(ProcessEvent.Output::seq)
                .isEqualTo(events.events().stream()
                        .filter(event -> event instanceof ProcessEvent.Output && event.seq() >= first)
                        .map(ProcessEvent::seq)
                        .toList());
        EventCollector late = new EventCollector(process);
        var _ = late.untilClosed();
        // Who received the events may remember a few more than who gave them away.
        assertThat(late.events().getFirst()).isInstanceOfSatisfying(ProcessEvent.Gap.class, gap -> {
            assertThat(gap.firstSeq()).isEqualTo(1);
            assertThat(gap.seq()).isBetween(1L, first - 1);
            assertThat(late.events().get(1).seq()).isEqualTo(gap.seq() + 1);
        });
        assertThat(late.exit()).isEqualTo(new ExitStatus.Code(0));
    }

    @Test
    @Spec({"N14i", "P22"})
    void atLeastEightMebibytesAreRetained() throws Exception {
        requires(Ability.RETAINS_OUTPUT);
        ExecProcess process = start(Recipe.sh("head -c 20m /dev/zero"));
        var _ = new EventCollector(process).untilClosed();
        long retained = 0;
        for (ProcessEvent.Output chunk : read(process, 0).chunks()) {
            retained += chunk.bytes().length;
        }
        assertThat(retained).isGreaterThanOrEqualTo(8 << 20);
    }

    @ParameterizedTest
    @CsvSource({"0, 4", "1, 3", "3, 1", "4, 0"})
    void aSubscriptionBeginsAfterAnyNumber(long afterSeq, int expected) throws Exception {
        ExecProcess process = workedExample();
        ProcessEvents events = process.subscribe(afterSeq, () -> {});
        for (long seq = afterSeq + 1; seq <= afterSeq + expected; seq++) {
            assertThat(Objects.requireNonNull(events.poll()).seq()).isEqualTo(seq);
        }
        assertThat(events.poll()).isNull();
    }

    @Test
    void aSubscriberIsCalledOnceForEachTimeItFoundNothing() throws Exception {
        ExecProcess process = start(Recipe.of("cat").withStdin());
        Semaphore calls = new Semaphore(0);
        ProcessEvents events = process.subscribe(0, calls::release);
        result(process.write("a".getBytes(UTF_8), null));
        assertThat(text(result(waitingRead(process, 0)))).isEqualTo("a");
        assertThat(calls.availablePermits()).as("it has not polled yet").isZero();
        assertThat(events.poll()).isNotNull();
        assertThat(events.poll()).isNull();
        result(process.write("b".getBytes(UTF_8), null));
        assertThat(calls.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        result(process.write("c".getBytes(UTF_8), null));
        assertThat(text(result(waitingRead(process, 2)))).isEqualTo("c");
        assertThat(calls.availablePermits()).as("it has not polled again").isZero();
    }

    @Test
    void aClosedSubscriptionIsSilent() throws Exception {
        ExecProcess process = start(Recipe.of("cat").withStdin());
        Semaphore calls = new Semaphore(0);
        ProcessEvents events = process.subscribe(0, calls::release);
        assertThat(events.poll()).isNull();
        events.close();
        events.close();
        result(process.write("a".getBytes(UTF_8), null));
        assertThat(text(result(waitingRead(process, 0)))).isEqualTo("a");
        assertThat(events.poll()).isNull();
        assertThat(calls.availablePermits()).isZero();
    }

    @Test
    void whoAwaitsEventsGetsAllOfThemAndThenNoMore() throws Exception {
        ExecProcess process = start(Recipe.sh("printf one; sleep 0.2; exit 7"));
        try (AwaitedEvents events = AwaitedEvents.of(process, 0)) {
            List<Long> numbers = new ArrayList<>();
            for (ProcessEvent event = events.next(); event != null; event = events.next()) {
                numbers.add(event.seq());
            }
            assertThat(numbers).containsExactly(1L, 2L, 3L);
            assertThat(events.next()).isNull();
        }
    }

    @Test
    void closingEndsAWaitForEvents() throws Exception {
        AwaitedEvents events = AwaitedEvents.of(start(Recipe.of("cat").withStdin()), 0);
        FutureTask<Boolean> wait = new FutureTask<>(() -> events.next() == null);
        Thread waiting = Thread.ofPlatform().name("waiting").start(wait);
        await().until(() -> waiting.getState() == Thread.State.WAITING);
        events.close();
        events.close();
        assertThat(wait.get(30, TimeUnit.SECONDS)).isTrue();
    }
}
