package dev.outpost.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.filesystem.LocalFileSystem;
import dev.outpost.local.process.ProcessLimits;
import dev.outpost.local.sandbox.SandboxMode;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.Spec;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** When there is a connection and when not; behind it is this machine. */
@ExtendWith(LeakCheck.class)
@Timeout(120)
class LazyServicesTest {
    /** Decides about each attempt: null = success. */
    private final BlockingQueue<CompletableFuture<@Nullable String>> attempts = new LinkedBlockingQueue<>();

    private final AtomicInteger opened = new AtomicInteger();
    private final List<Behind> behind = new ArrayList<>();
    private final LocalProcesses processes =
            new LocalProcesses(ExecutorEnvironment.ofThisProcess(), ProcessLimits.defaults(), SandboxMode.ENFORCE);
    private @Nullable LazyServices services = new LazyServices("environment `x`", this::open);

    /** What one connection is made of. */
    private record Behind(AtomicBoolean usable, AtomicInteger closes) {}

    private RemoteServices open() throws ExecutorException {
        opened.incrementAndGet();
        CompletableFuture<@Nullable String> decision = new CompletableFuture<>();
        attempts.add(decision);
        String failure = decision.join();
        if (failure != null) {
            throw new ExecutorException(FailureKind.FAILED, failure);
        }
        return connection(processes, behind);
    }

    /** Static, because what closes a connection must not lead to the test, which leads to everything. */
    private static RemoteServices connection(LocalProcesses processes, List<Behind> behind) {
        Behind made = new Behind(new AtomicBoolean(true), new AtomicInteger());
        behind.add(made);
        return new RemoteServices(
                processes,
                new LocalFileSystem(),
                made.usable()::get,
                () -> ServerDescription.UNKNOWN,
                made.closes()::incrementAndGet);
    }

    @AfterEach
    void close() {
        if (services != null) {
            services.close();
        }
        processes.close();
    }

    private LazyServices services() {
        return Objects.requireNonNull(services);
    }

    @Test
    @Spec({"E10", "E11"})
    void thoseWhoComeTogetherShareOneAttemptAndOneConnection() throws Exception {
        assertThat(opened).hasValue(0);
        List<CompletableFuture<Lease>> callers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            callers.add(services().get());
        }
        attempts.take().complete(null);
        Lease lease = callers.getFirst().join();
        assertThat(callers).allSatisfy(caller -> assertThat(caller.join()).isSameAs(lease));
        assertThat(services().get().join()).isSameAs(lease);
        assertThat(opened).hasValue(1);
    }

    @Test
    @Spec({"E12"})
    void aFailureIsTheFirstCallersAloneAndTheNextTriesAgain() throws Exception {
        CompletableFuture<Lease> first = services().get();
        CompletableFuture<Lease> second = services().get();
        CompletableFuture<Lease> third = services().get();
        attempts.take().complete("no luck");
        assertThatThrownBy(first::join)
                .cause()
                .isInstanceOf(ExecutorException.class)
                .hasMessage("no luck");
        CompletableFuture<@Nullable String> attempt = attempts.take();
        assertThat(second).isNotDone();
        attempt.complete("none again");
        assertThatThrownBy(second::join).cause().hasMessage("none again");
        attempts.take().complete(null);
        assertThat(third.join().services().usable().getAsBoolean()).isTrue();
        assertThat(opened).hasValue(3);
    }

    @Test
    void aStartThatWaitsForTheConnectionIsKnownAndIsNoneOnceTheProcessesAreClosed() throws Exception {
        ProcessId id = new ProcessId("p");
        RemoteProcesses remote = new RemoteProcesses(services());
        CompletableFuture<ExecProcess> starting = remote.start(Commands.shell("p", "exit"));
        assertThat(remote.find(id)).isNotNull().isNotDone();
        remote.close();
        attempts.take().complete(null);
        assertThatThrownBy(starting::join).cause().hasMessage("the processes of this environment have been closed");
        assertThat(processes.find(id)).isNull();
        assertThat(remote.find(id)).isNull();
    }

    @Test
    @Spec({"E12"})
    void nothingIsTriedForCallersWhoHaveGone() throws Exception {
        CompletableFuture<Lease> first = services().get();
        CompletableFuture<Lease> gone = services().get();
        gone.cancel(false);
        attempts.take().complete("no");
        assertThatThrownBy(first::join).cause().hasMessage("no");
        CompletableFuture<Lease> later = services().get();
        attempts.take().complete("no");
        assertThatThrownBy(later::join).cause().hasMessage("no");
        assertThat(opened).hasValue(2);
    }

    @Test
    @Spec({"E13", "E14"})
    void aConnectionIsKeptUntilItHasEndedForGood() throws Exception {
        CompletableFuture<Lease> caller = services().get();
        attempts.take().complete(null);
        Lease first = caller.join();
        assertThat(services().get().join()).isSameAs(first);
        behind.getFirst().usable().set(false);
        assertThat(services().current()).as("not replaced by itself").isSameAs(first);
        CompletableFuture<Lease> next = services().get();
        attempts.take().complete(null);
        assertThat(next.join()).isNotSameAs(first);
        assertThat(opened).hasValue(2);
    }

    @Test
    void closingFailsWhoWaitsAndClosesWhatComesTooLate() throws Exception {
        CompletableFuture<Lease> caller = services().get();
        CompletableFuture<@Nullable String> attempt = attempts.take();
        services().close();
        assertThatThrownBy(caller::join).cause().hasMessage("environment `x` has been closed");
        attempt.complete(null);
        await().until(() -> behind.size() == 1 && behind.getFirst().closes().get() == 1);
        assertThatThrownBy(() -> services().get().join()).cause().hasMessage("environment `x` has been closed");
    }

    @Test
    void anInterruptedCallerStopsWaiting() throws Exception {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> services().await()).hasMessage("environment `x`: interrupted while connecting");
        assertThat(Thread.interrupted()).isTrue();
        attempts.take().complete("no");
    }

    @Test
    @Spec({"E16"})
    void theConnectionLivesAsLongAsTheEnvironmentOrAHandleAndNoLonger() throws Exception {
        Environment environment = Environment.remote(services(), "ws://x", null);
        CompletableFuture<ExecProcess> starting = environment.execBackend().start(Commands.shell("kept", "cat"));
        attempts.take().complete(null);
        ExecProcess handle = starting.join();
        Behind connection = behind.getFirst();
        WeakReference<Environment> dropped = new WeakReference<>(environment);
        environment = null;
        services = null;
        starting = null;
        await().until(() -> {
            System.gc();
            return dropped.refersTo(null);
        });
        assertThat(connection.closes()).as("a handle is held").hasValue(0);
        assertThat(handle.lastSeq()).isZero();
        assertThat(handle.terminate().join()).isTrue();
        handle = null;
        await().until(() -> {
            System.gc();
            return connection.closes().get() == 1;
        });
    }

    @Test
    @Spec({"E16"})
    void aCancelledStartEndsWhatItStarted() throws Exception {
        Environment environment = Environment.remote(services(), "ws://x", null);
        CompletableFuture<ExecProcess> before = environment.execBackend().start(Commands.shell("early", "cat"));
        before.cancel(false);
        attempts.take().complete(null);
        services().get().join();
        assertThat(environment.execBackend().find(Commands.shell("early", "").id()))
                .isNull();
        ExecProcess process =
                environment.execBackend().start(Commands.shell("late", "cat")).join();
        assertThat(environment.execBackend().find(process.id()))
                .isCompletedWithValueMatching(found -> found.id().equals(process.id()));
        environment.execBackend().close();
        assertThatThrownBy(() -> environment
                        .execBackend()
                        .start(Commands.shell("later", "cat"))
                        .join())
                .cause()
                .hasMessage("the processes of this environment have been closed");
    }
}
