package dev.outpost.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvents;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.process.ProcessLimits;
import dev.outpost.local.process.ProcessSupervisor;
import dev.outpost.testkit.contract.Recipe;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A session whose processes are not there yet. */
class LateProcessesTest {
    private final AtomicInteger openings = new AtomicInteger();

    private ExecBackend openedBy(ProcessSupervisor supervisor) {
        return new LateProcesses(() -> {
            openings.incrementAndGet();
            return supervisor.openBackend();
        });
    }

    private static ProcessSupervisor supervisor() throws Exception {
        return new ProcessSupervisor(ProcessLimits.defaults(), ExecutorEnvironment.ofThisProcess());
    }

    private static ExitStatus end(ExecProcess process) throws Exception {
        Semaphore available = new Semaphore(0);
        try (ProcessEvents events = process.subscribe(0, available::release)) {
            while (true) {
                ProcessEvent event = events.poll();
                if (event instanceof ProcessEvent.Exited exited) {
                    return exited.status();
                }
                if (event == null) {
                    available.acquire();
                }
            }
        }
    }

    @Test
    void opensNothingBeforeTheFirstProcessAndOnceForAll() throws Exception {
        try (ProcessSupervisor supervisor = supervisor();
                ExecBackend processes = openedBy(supervisor)) {
            assertThat(processes.find(Recipe.of("true").request().id())).isNull();
            assertThat(openings).hasValue(0);
            ExecProcess first =
                    processes.start(Recipe.sh("exit 3").id("1").request()).get();
            ExecProcess second =
                    processes.start(Recipe.sh("exit 4").id("2").request()).get();
            assertThat(processes.find(second.id())).isCompletedWithValue(second);
            assertThat(end(first)).isEqualTo(new ExitStatus.Code(3));
            assertThat(end(second)).isEqualTo(new ExitStatus.Code(4));
            assertThat(openings).hasValue(1);
        }
    }

    @Test
    void aStartThatComesEarlyWaits() throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch loaded = new CountDownLatch(1);
        try (ProcessSupervisor supervisor = supervisor();
                ExecBackend processes = new LateProcesses(() -> {
                    opening.countDown();
                    try {
                        loaded.await();
                    } catch (InterruptedException unexpected) {
                        throw new IllegalStateException(unexpected);
                    }
                    return supervisor.openBackend();
                })) {
            var started = CompletableFuture.supplyAsync(
                    () -> processes.start(Recipe.sh("exit 3").request()).join());
            opening.await();
            assertThat(processes.find(Recipe.of("true").request().id())).isNull();
            assertThat(started).isNotDone();
            loaded.countDown();
            assertThat(end(started.get())).isEqualTo(new ExitStatus.Code(3));
        }
    }

    @Test
    void whatCannotBeOpenedIsTheAnswerToEveryStart() {
        var reason = new ExecutorException(FailureKind.FAILED, "processes can't be run: too many open files");
        try (ExecBackend processes = new LateProcesses(() -> {
            throw reason;
        })) {
            for (int i = 0; i < 2; i++) {
                var started = processes.start(Recipe.of("true").request());
                assertThatThrownBy(started::get)
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isSameAs(reason);
            }
        }
    }

    @Test
    void opensNothingAfterItsEnd() throws Exception {
        try (ProcessSupervisor supervisor = supervisor()) {
            ExecBackend processes = openedBy(supervisor);
            processes.close();
            processes.close();
            var started = processes.start(Recipe.of("true").request());
            assertThatThrownBy(started::get)
                    .cause()
                    .hasMessage("the session has ended")
                    .extracting("kind")
                    .isEqualTo(FailureKind.REJECTED);
            assertThat(openings).hasValue(0);
        }
    }

    @Test
    void endsWhatItOpened() throws Exception {
        try (ProcessSupervisor supervisor = supervisor()) {
            ExecBackend processes = openedBy(supervisor);
            ExecProcess process =
                    processes.start(Recipe.of("sleep", "1000").request()).get();
            processes.close();
            assertThat(processes.find(process.id())).isNull();
            assertThatThrownBy(processes.start(Recipe.of("true").request())::get)
                    .cause()
                    .hasMessage("the session of process p has ended");
        }
    }
}
