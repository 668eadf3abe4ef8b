package dev.outpost.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessSignal;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.testkit.Spec;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** States, ids, exit, terminate and signals (spec P1–P14, P46–P54, N14j, N55). */
public abstract class ProcessLifecycleContract extends ExecBackendContract {
    private static final ExitStatus KILLED = new ExitStatus.Signal(9);

    /** Decimals that tell this run's processes from another's. */
    private static final String OWN = String.valueOf(ProcessHandle.current().pid());

    @Test
    @Spec("P1")
    void anUnknownIdIsNotFound() {
        assertThat(backend().find(new ProcessId("ghost"))).isNull();
    }

    @Test
    @Spec({"P2", "P3", "N14f"})
    void anIdIsTakenFromTheCallOfStartOn() throws Exception {
        CompletableFuture<ExecProcess> first =
                backend().start(Recipe.sh("sleep 100").request());
        CompletableFuture<ExecProcess> found = backend().find(new ProcessId("p"));
        CompletableFuture<ExecProcess> second =
                backend().start(Recipe.of("true").request());
        assertThat(failure(second)).hasMessage(duplicate("p"));
        assertThat(failure(second).kind()).isEqualTo(FailureKind.REJECTED);
        assertThat(result(Objects.requireNonNull(found)).id())
                .isEqualTo(result(first).id());
    }

    @Test
    @Spec({"P4", "P5", "P13", "P18", "P28", "P38"})
    void exitDoesNotWaitForDescendantsThatHoldTheStreams() throws Exception {
        ExecProcess process = start(Recipe.sh("(read -r _ < /dev/null; sleep 0.3; printf late) & exit 4"));
        ReadResult exited = result(waitingRead(process, 0));
        assertThat(exited.chunks()).isEmpty();
        assertThat(exited.exit()).isEqualTo(new ExitStatus.Code(4));
        assertThat(exited.closed()).isFalse();
        assertThat(exited.nextSeq()).isEqualTo(2);
        ReadResult late = result(waitingRead(process, 1));
        assertThat(text(late)).isEqualTo("late");
        EventCollector events = new EventCollector(process);
        assertThat(events.untilClosed()).hasSize(3);
        assertThat(events.describe()).containsExactly("1 exited", "2 STDOUT", "3 closed");
    }

    @Test
    @Spec({"P7", "P65"})
    void aFailedStartFreesTheId() throws Exception {
        assertStartFails(Recipe.of("/nonexistent/prog"), FailureKind.FAILED, "No such file or directory (os error 2)");
        assertThat(run(Recipe.of("true")).exit()).isEqualTo(new ExitStatus.Code(0));
    }

    @Test
    @Spec("P7")
    void aClosedProcessKeepsItsId() throws Exception {
        run(Recipe.of("true"));
        assertThat(failure(backend().start(Recipe.of("true").request()))).hasMessage("process p already exists");
    }

    @Test
    @Spec("P10")
    void argvIsCheckedBeforeTheIdAndTheIdBeforeTheProgram() throws Exception {
        start(Recipe.sh("sleep 100"));
        assertThat(failure(backend().start(Recipe.of().request())).kind()).isEqualTo(FailureKind.INVALID_ARGUMENT);
        assertThat(failure(backend().start(Recipe.of().request()))).hasMessage("argv must not be empty");
        assertThat(failure(backend().start(Recipe.of("/nonexistent/prog").request())))
                .hasMessage(duplicate("p"));
    }

    @Test
    @Spec({"P9", "P30"})
    void closingTheBackendEndsEverythingWithoutAnotherEvent() throws Exception {
        ExecProcess process = start(Recipe.sh("echo $$; sleep 100"));
        EventCollector events = new EventCollector(process);
        events.untilOutput("\n");
        long pid = Long.parseLong(events.text().strip());
        CompletableFuture<ReadResult> waiting = waitingRead(process, process.lastSeq());
        backend().close();
        assertThat(failure(waiting)).hasMessage("unknown process id p");
        assertThat(failure(waiting).kind()).isEqualTo(FailureKind.REJECTED);
        result(process.evicted());
        assertThat(backend().find(new ProcessId("p"))).isNull();
        assertThat(process.subscribe(0, () -> {}).poll()).isNull();
        assertGone(pid);
    }

    @Test
    @Spec({"P11", "P12", "P14", "P16", "P18"})
    void outputExitAndCloseShareOneSequence() throws Exception {
        EventCollector events = run(Recipe.sh("printf one; sleep 0.2; printf two >&2; sleep 0.2; exit 7"));
        assertThat(events.describe()).containsExactly("1 STDOUT", "2 STDERR", "3 exited", "4 closed");
        assertThat(events.text()).isEqualTo("onetwo");
        assertThat(events.exit()).isEqualTo(new ExitStatus.Code(7));
    }

    @Test
    @Spec({"P12", "P13", "P18"})
    void aSilentProcessExitsAndCloses() throws Exception {
        assertThat(run(Recipe.of("true")).describe()).containsExactly("1 exited", "2 closed");
    }

    @Test
    @Spec({"P13", "P52"})
    void aProcessMayCloseItsTerminalAndOpenItAgain() throws Exception {
        requires(Ability.REOPENS_TERMINALS);
        ExecProcess process = start(Recipe.sh("exec <&- >&- 2>&-; sleep 0.3; echo back > /dev/tty; sleep 0.3; exit 3")
                .onTerminal());
        EventCollector events = new EventCollector(process);
        var _ = events.untilClosed();
        assertThat(events.text()).isEqualTo("back\r\n");
        assertThat(events.exit()).isEqualTo(new ExitStatus.Code(3));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Spec({"P13", "P14"})
    void theExitFollowsWhatTheProcessWrote(boolean terminal) throws Exception {
        requires(Ability.ORDERS_EXIT);
        for (int round = 0; round < 20; round++) {
            EventCollector events =
                    run(Recipe.sh("seq 1 2000; echo end >&2").id("p" + round).onTerminal(terminal));
            List<String> kinds = events.describe();
            assertThat(kinds.get(kinds.size() - 2)).endsWith("exited");
            assertThat(events.text()).contains("2000", "end");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 255})
    @Spec("P52")
    void theExitCodeIsReported(int code) throws Exception {
        assertThat(run(Recipe.sh("exit " + code)).exit()).isEqualTo(new ExitStatus.Code(code));
        assertThat(run(Recipe.sh("exit " + code).id("t").onTerminal()).exit()).isEqualTo(new ExitStatus.Code(code));
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 15, 11})
    @Spec("P53")
    void theSignalThatEndedItIsReported(int signal) throws Exception {
        ExitStatus expected = new ExitStatus.Signal(signal);
        assertThat(run(Recipe.sh("ulimit -c 0; kill -" + signal + " $$")).exit())
                .isEqualTo(told(expected, false));
        assertThat(run(Recipe.sh("ulimit -c 0; kill -" + signal + " $$").id("t").onTerminal())
                        .exit())
                .isEqualTo(told(expected, true));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Spec({"P46", "P47", "P48", "P49", "P54"})
    void terminateKillsTheGroupAtOnceWhateverItTraps(boolean terminal) throws Exception {
        ExecProcess process = start(Recipe.sh("trap '' TERM HUP INT; sleep 100 & echo $! $$; wait; sleep 100")
                .onTerminal(terminal));
        EventCollector events = new EventCollector(process);
        events.untilOutput("\n");
        assertThat(result(process.terminate())).isTrue();
        var _ = events.untilClosed();
        assertThat(events.exit()).isEqualTo(told(KILLED, terminal));
        for (String pid : events.text().strip().split("\\s+", -1)) {
            assertGone(Long.parseLong(pid));
        }
        assertThat(result(process.terminate())).isFalse();
        assertThat(read(process, process.lastSeq()).closed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Spec({"N14j", "P49"})
    void terminateFindsWhatLeftTheGroup(boolean terminal) throws Exception {
        requires(Ability.KILLS_DESCENDANTS);
        String script = """
                setsid sleep 1001.ID &
                (setsid sh -c 'sleep 1002.ID & sleep 1003.ID' &)
                nohup sleep 1004.ID > /dev/null 2>&1 &
                (setsid sh -c '(setsid sleep 1005.ID &) ; exit' &)
                sleep 1006.ID
                """.replace("ID", OWN);
        ExecProcess process = start(Recipe.sh(script).onTerminal(terminal));
        EventCollector events = new EventCollector(process);
        await().untilAsserted(() ->
                assertThat(Processes.running("sleep", "100[1-6]." + OWN)).hasSize(6));
        assertThat(result(process.terminate())).isTrue();
        var _ = events.untilClosed();
        await().untilAsserted(() ->
                assertThat(Processes.running("sleep", "100[1-6]." + OWN)).isEmpty());
    }

    @Test
    @Spec("P49")
    void whatWasWrittenBeforeTerminateIsDelivered() throws Exception {
        ExecProcess process = start(Recipe.sh("printf written; sleep 100"));
        EventCollector events = new EventCollector(process);
        events.untilOutput("written");
        ExecProcess second = start(
                Recipe.sh("head -c 40000 /dev/zero; : > /dev/null; sleep 100").id("q"));
        EventCollector zeros = new EventCollector(second);
        var _ = zeros.until(event -> event instanceof ProcessEvent.Output);
        result(second.terminate());
        result(process.terminate());
        var _ = events.untilClosed();
        var _ = zeros.untilClosed();
        assertThat(zeros.text()).isNotEmpty();
    }

    @Test
    @Spec({"P47", "P51"})
    void terminateAfterANaturalExitDoesNothing() throws Exception {
        ExecProcess process = start(Recipe.sh("(sleep 0.5; printf survived) & exit 0"));
        assertThat(result(waitingRead(process, 0)).exit()).isEqualTo(new ExitStatus.Code(0));
        assertThat(result(process.terminate())).isFalse();
        EventCollector events = new EventCollector(process);
        var _ = events.untilClosed();
        assertThat(events.text()).isEqualTo("survived");
    }

    @Test
    @Spec("P50")
    void terminateMayBeCalledTwice() throws Exception {
        ExecProcess process = start(Recipe.sh("sleep 100"));
        assertThat(result(process.terminate())).isTrue();
        result(process.terminate());
        EventCollector events = new EventCollector(process);
        var _ = events.untilClosed();
        assertThat(events.describe()).containsExactly("1 exited", "2 closed");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Spec("N55")
    void interruptGoesToTheGroup(boolean terminal) throws Exception {
        if (!terminal) {
            requires(Ability.SIGNALS);
        }
        ExecProcess process =
                start(Recipe.sh("trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.05; done")
                        .onTerminal(terminal));
        EventCollector events = new EventCollector(process);
        events.untilOutput("ready");
        result(process.signal(ProcessSignal.INTERRUPT));
        var _ = events.untilClosed();
        assertThat(events.text()).contains("caught");
        assertThat(events.exit()).isEqualTo(new ExitStatus.Code(3));
        result(process.signal(ProcessSignal.INTERRUPT));
    }

    @Test
    @Spec("N42")
    void cancellingAStartEndsIt() throws Exception {
        for (int round = 0; round < 20; round++) {
            CompletableFuture<ExecProcess> starting =
                    backend().start(Recipe.of("sleep", "2001." + OWN).request());
            if (starting.cancel(false)) {
                assertThat(backend().find(new ProcessId("p"))).isNull();
            } else {
                result(result(starting).terminate());
                var _ = new EventCollector(result(starting)).untilClosed();
                return;
            }
        }
        await().untilAsserted(() ->
                assertThat(Processes.running("sleep", "2001." + OWN)).isEmpty());
    }

    private static void assertGone(long pid) {
        await().untilAsserted(() -> assertThat(Processes.isAlive(pid)).isFalse());
    }
}
