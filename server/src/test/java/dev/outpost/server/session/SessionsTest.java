package dev.outpost.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.testkit.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private static final long TTL = Duration.ofSeconds(60).toNanos();

    private final List<Backend> backends = new ArrayList<>();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - TTL / 2);
    private final Sessions sessions =
            new Sessions(this::backend, Duration.ofSeconds(60), Duration.ofSeconds(10), 10, now::get);

    @Test
    @Spec({"W55", "N14g"})
    void endDueEndsWhatIsOverAndSaysWhenToComeBack() throws RpcException {
        Session first = sessions.create();
        Session second = sessions.create();
        sessions.create();
        assertThat(sessions.endDue()).isEqualTo(Long.MAX_VALUE);
        sessions.detach(first);
        now.addAndGet(1000);
        sessions.detach(second);
        assertThat(sessions.endDue()).isEqualTo(TTL - 1000);
        now.addAndGet(TTL - 1001);
        assertThat(sessions.endDue()).isEqualTo(1);
        assertThat(backends).noneMatch(backend -> backend.closed);
        now.addAndGet(1);
        assertThat(sessions.endDue()).isEqualTo(1000);
        assertThat(backends).extracting(backend -> backend.closed).containsExactly(true, false, false);
        now.addAndGet(1000);
        assertThat(sessions.endDue()).isEqualTo(Long.MAX_VALUE);
        assertThat(backends).extracting(backend -> backend.closed).containsExactly(true, true, false);
    }

    @Test
    @Spec({"W56", "W62"})
    void resumeStopsTheTime() throws RpcException {
        Session session = sessions.create();
        sessions.detach(session);
        now.addAndGet(TTL - 1);
        assertThat(sessions.resume(session.id())).isSameAs(session);
        now.addAndGet(TTL);
        assertThat(sessions.endDue()).isEqualTo(Long.MAX_VALUE);
        sessions.detach(session);
        assertThat(sessions.endDue()).isEqualTo(TTL);
    }

    @Test
    void atTheLimitTheOldestUnusedOneThatIsDetachedGivesWay() throws RpcException {
        List<Session> ten = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ten.add(sessions.create());
        }
        assertThatThrownBy(sessions::create)
                .hasMessage("this server keeps at most 10 sessions; resume one, or try again when one has ended");
        assertThat(ten.get(3).backend()).as("used from now on").isNotNull();
        sessions.detach(ten.get(3));
        assertThatThrownBy(sessions::create).hasMessageContaining("at most 10 sessions");
        sessions.detach(ten.get(5));
        sessions.detach(ten.get(4));
        sessions.create();
        assertThatThrownBy(() -> sessions.resume(ten.get(5).id())).hasMessageContaining("unknown session id");
        assertThat(sessions.resume(ten.get(4).id())).isSameAs(ten.get(4));
        assertThatThrownBy(sessions::create).hasMessageContaining("at most 10 sessions");
        assertThat(sessions.resume(ten.get(3).id())).isSameAs(ten.get(3));
        sessions.endDue();
        assertThat(backends)
                .extracting(backend -> backend.closed)
                .containsExactly(false, false, false, false, false, true, false, false, false, false, false);
    }

    @Test
    @Spec("W54")
    void detachingTwiceDoesNotProlong() throws RpcException {
        Session session = sessions.create();
        sessions.detach(session);
        now.addAndGet(TTL - 1);
        sessions.detach(session);
        now.addAndGet(1);
        sessions.endDue();
        assertThat(backends.getFirst().closed).isTrue();
        sessions.detach(session);
        assertThat(sessions.endDue()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    @Spec("W58")
    void whatIsOverCannotBeResumedThoughItsProcessesAreNotEndedYet() throws RpcException {
        Session session = sessions.create();
        sessions.detach(session);
        now.addAndGet(TTL);
        assertThatThrownBy(() -> sessions.resume(session.id())).hasMessage("unknown session id " + session.id());
        assertThat(backends.getFirst().closed).isFalse();
        sessions.endDue();
        assertThat(backends.getFirst().closed).isTrue();
    }

    @Test
    void closeEndsAllAndRefusesNewOnes() throws RpcException {
        sessions.create();
        sessions.detach(sessions.create());
        sessions.close();
        sessions.close();
        assertThat(backends).allMatch(backend -> backend.closed);
        assertThatThrownBy(sessions::create).hasMessage("the server is shutting down");
    }

    private ExecBackend backend() {
        var created = new Backend();
        backends.add(created);
        return created;
    }

    /** Processes of which only the end matters here. */
    private static final class Backend implements ExecBackend {
        private boolean closed;

        @Override
        public CompletableFuture<ExecProcess> start(StartProcess process) {
            throw new AssertionError("nothing is started here");
        }

        @Override
        public @Nullable CompletableFuture<ExecProcess> find(ProcessId id) {
            return null;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
