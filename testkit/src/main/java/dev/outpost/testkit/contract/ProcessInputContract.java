package dev.outpost.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.executor.process.TerminalSize;
import dev.outpost.executor.process.WriteStatus;
import dev.outpost.testkit.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writing to stdin and closing it, the size of a terminal (spec P42–P45, P55, N41, extensions). */
public abstract class ProcessInputContract extends ExecBackendContract {
    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    @Spec({"P42", "P55"})
    void withoutStdinItIsClosedAlsoAfterTheEnd() throws Exception {
        ExecProcess process = start(Recipe.sh("readlink /proc/self/fd/0; sleep 100"));
        EventCollector events = new EventCollector(process);
        events.untilOutput("/dev/null\n");
        assertThat(result(process.write(bytes("x"), null))).isEqualTo(WriteStatus.STDIN_CLOSED);
        result(process.terminate());
        var _ = events.untilClosed();
        assertThat(result(process.write(bytes("x"), null))).isEqualTo(WriteStatus.STDIN_CLOSED);
    }

    @Test
    @Spec({"P43", "P45", "N14f"})
    void writesArriveInOrderAndEmptyOnesDoNothing() throws Exception {
        ExecProcess process = start(Recipe.of("cat").withStdin());
        StringBuilder expected = new StringBuilder();
        List<CompletableFuture<WriteStatus>> writes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            writes.add(process.write(bytes(i + "\n"), null));
            writes.add(process.write(new byte[0], null));
            expected.append(i).append('\n');
        }
        for (CompletableFuture<WriteStatus> write : writes) {
            assertThat(result(write)).isEqualTo(WriteStatus.ACCEPTED);
        }
        EventCollector events = new EventCollector(process);
        events.untilOutput("99\n");
        assertThat(events.text()).isEqualTo(expected.toString());
    }

    @Test
    @Spec("P43")
    void aLargeWriteArrivesWhole() throws Exception {
        byte[] data = new byte[5_000_000];
        new Random(1).nextBytes(data);
        ExecProcess process = start(Recipe.sh("head -c " + data.length).withStdin());
        EventCollector events = new EventCollector(process);
        assertThat(result(process.write(data, null))).isEqualTo(WriteStatus.ACCEPTED);
        var _ = events.untilClosed();
        assertThat(events.bytes(ProcessStream.STDOUT)).isEqualTo(data);
    }

    @Test
    @Spec("P43")
    void writesWaitWhileTheQueueIsFullAndAreRefusedWhenTooManyWait() throws Exception {
        ExecProcess process = start(Recipe.sh("read -r go; cat > /dev/null").withStdin());
        byte[] large = new byte[1 << 20];
        List<CompletableFuture<WriteStatus>> writes = new ArrayList<>();
        CompletableFuture<WriteStatus> last;
        do {
            last = process.write(large, null);
            writes.add(last);
            assertThat(writes).as("a bound").hasSizeLessThan(100_000);
        } while (!last.isCompletedExceptionally());
        assertThat(failure(last).kind()).isEqualTo(FailureKind.REJECTED);
        writes.removeLast();
        assertThat(result(writes.getFirst())).isEqualTo(WriteStatus.ACCEPTED);
        CompletableFuture<WriteStatus> waiting = writes.getLast();
        assertThat(waiting).isNotDone();
        assertThat(result(process.terminate())).isTrue();
        assertThat(failure(waiting)).hasMessage("failed to write to process stdin");
    }

    @Test
    @Spec("P43")
    void aWaitingWriteIsAcceptedWhenTheProcessReads() throws Exception {
        ExecProcess process = start(Recipe.sh("sleep 0.3; exec wc -c").withStdin());
        CompletableFuture<WriteStatus> write = process.write(new byte[3 << 20], null);
        while (write.isDone()) {
            write = process.write(new byte[3 << 20], null);
        }
        assertThat(result(write)).isEqualTo(WriteStatus.ACCEPTED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Spec("P44")
    void afterTerminateWritesFail(boolean terminal) throws Exception {
        ExecProcess process = start(Recipe.of("cat").withStdin().onTerminal(terminal));
        assertThat(result(process.write(bytes("x"), "accepted"))).isEqualTo(WriteStatus.ACCEPTED);
        assertThat(result(process.terminate())).isTrue();
        assertThat(failure(process.write(bytes("x"), null))).hasMessage("failed to write to process stdin");
        var _ = new EventCollector(process).untilClosed();
        assertThat(failure(process.write(bytes("x"), null)).kind()).isEqualTo(FailureKind.FAILED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Spec("P45")
    void afterANaturalExitWritesAreAcceptedAndDropped(boolean terminal) throws Exception {
        ExecProcess process = start(Recipe.sh("exit 0").withStdin().onTerminal(terminal));
        var _ = new EventCollector(process).untilClosed();
        for (int i = 0; i < 1000; i++) {
            assertThat(result(process.write(new byte[10_000], null))).isEqualTo(WriteStatus.ACCEPTED);
        }
    }

    @Test
    @Spec("P45")
    void writesToAClosedPipeAreAcceptedAndDropped() throws Exception {
        ExecProcess process =
                start(Recipe.sh("exec <&-; echo closed; sleep 100").withStdin());
        EventCollector events = new EventCollector(process);
        events.untilOutput("closed");
        for (int i = 0; i < 1000; i++) {
            assertThat(result(process.write(new byte[10_000], null))).isEqualTo(WriteStatus.ACCEPTED);
        }
    }

    @Test
    void aClosedStdinEndsBehindWhatWasWritten() throws Exception {
        requires(Ability.EXTENSIONS);
        byte[] data = new byte[3_000_000];
        new Random(2).nextBytes(data);
        ExecProcess process = start(Recipe.of("cat").withStdin());
        EventCollector events = new EventCollector(process);
        assertThat(result(process.write(data, "w1"))).isEqualTo(WriteStatus.ACCEPTED);
        result(process.closeStdin());
        assertThat(result(process.write(bytes("late"), null))).isEqualTo(WriteStatus.STDIN_CLOSED);
        result(process.closeStdin());
        var _ = events.untilClosed();
        assertThat(events.bytes(ProcessStream.STDOUT)).isEqualTo(data);
        result(process.closeStdin());
    }

    @Test
    void aStdinThatNothingWasWrittenToCanBeClosed() throws Exception {
        requires(Ability.EXTENSIONS);
        ExecProcess process = start(Recipe.sh("cat; echo ended").withStdin());
        result(process.closeStdin());
        EventCollector events = new EventCollector(process);
        var _ = events.untilClosed();
        assertThat(events.text()).isEqualTo("ended\n");
    }

    @Test
    void withoutStdinThereIsNothingToCloseAndATerminalRefuses() throws Exception {
        requires(Ability.EXTENSIONS);
        result(start(Recipe.sh("exec sleep 100").id("none")).closeStdin());
        ExecProcess terminal = start(Recipe.sh("exec sleep 100").onTerminal());
        assertThat(failure(terminal.closeStdin()))
                .hasMessage("process p has a terminal, whose input can't be closed; write the character 0x04 (Ctrl-D)");
    }

    @Test
    void aTerminalBeginsWithItsSizeAndChangesIt() throws Exception {
        requires(Ability.EXTENSIONS);
        ExecProcess process = start(Recipe.sh("stty -echo; stty size; while read -r _; do stty size; done")
                .onTerminal(new TerminalSize(7, 90)));
        EventCollector events = new EventCollector(process);
        events.untilOutput("7 90\r\n");
        result(process.resize(new TerminalSize(50, 132)));
        result(process.write(bytes("\n"), null));
        events.untilOutput("50 132\r\n");
        assertThat(result(process.terminate())).isTrue();
        var _ = events.untilClosed();
        result(process.resize(new TerminalSize(1, 1)));
    }

    @Test
    void aChangedSizeIsSignalled() throws Exception {
        requires(Ability.EXTENSIONS);
        ExecProcess process =
                start(Recipe.sh("trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.05; done")
                        .onTerminal());
        EventCollector events = new EventCollector(process);
        events.untilOutput("ready");
        result(process.resize(new TerminalSize(30, 100)));
        var _ = events.untilClosed();
        assertThat(events.text()).contains("30 100");
    }

    @Test
    void withoutATerminalThereIsNoSizeToChange() throws Exception {
        requires(Ability.EXTENSIONS);
        assertThat(failure(start(Recipe.sh("exec sleep 100")).resize(TerminalSize.DEFAULT)))
                .hasMessage("process p has no terminal to resize; start it with one (tty)");
    }

    @Test
    @Spec({"P55", "P56"})
    void aTerminalEchoesAndTakesEndOfFile() throws Exception {
        ExecProcess process = start(Recipe.of("cat").onTerminal());
        EventCollector events = new EventCollector(process);
        result(process.write(bytes("hi\n"), null));
        events.untilOutput("hi\r\nhi\r\n");
        result(process.write(new byte[] {4}, null));
        var _ = events.untilClosed();
    }

    @Test
    @Spec("P58")
    void aTerminalTurnsControlCIntoAnInterruptOfTheForegroundGroup() throws Exception {
        ExecProcess process =
                start(Recipe.sh("trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.05; done")
                        .onTerminal());
        EventCollector events = new EventCollector(process);
        events.untilOutput("ready");
        result(process.write(new byte[] {3}, null));
        var _ = events.untilClosed();
        assertThat(events.text()).contains("caught");
    }

    @Test
    @Spec("N41")
    void aRepeatedWriteIsAcceptedAndNotWrittenAgain() throws Exception {
        requires(Ability.KNOWS_WRITE_IDS);
        ExecProcess process = start(Recipe.of("cat").withStdin());
        for (int i = 0; i < 3; i++) {
            assertThat(result(process.write(bytes("once\n"), "w1"))).isEqualTo(WriteStatus.ACCEPTED);
        }
        assertThat(result(process.write(bytes("end\n"), "w2"))).isEqualTo(WriteStatus.ACCEPTED);
        EventCollector events = new EventCollector(process);
        events.untilOutput("end\n");
        assertThat(events.text()).isEqualTo("once\nend\n");
        assertThat(result(process.terminate())).isTrue();
        assertThat(result(process.write(bytes("once\n"), "w1"))).isEqualTo(WriteStatus.ACCEPTED);
    }
}
