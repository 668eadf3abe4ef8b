package dev.outpost.linux.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.outpost.linux.Errno;
import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.Signals;
import dev.outpost.linux.spawn.ChildProcess;
import dev.outpost.linux.spawn.Fixture;
import dev.outpost.linux.spawn.SpawnRequest;
import dev.outpost.linux.spawn.Spawner;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class EpollTest {
    private static final long SECONDS_30 = 30_000;

    private final MemorySegment buffer = Arena.ofAuto().allocate(4096);
    private Epoll epoll;
    private Pipe pipe;

    @BeforeEach
    void open() throws LinuxException {
        epoll = Epoll.create();
        pipe = Pipe.create();
    }

    @AfterEach
    void close() {
        epoll.close();
        pipe.close();
    }

    private record Ready(long token, int events) {}

    private List<Ready> look() throws LinuxException {
        List<Ready> ready = new ArrayList<>();
        int count = epoll.await(0, (token, events) -> ready.add(new Ready(token, events)));
        assertThat(ready).hasSize(count);
        return ready;
    }

    private void fill() throws LinuxException {
        assertThat(pipe.writeEnd().write(buffer, 0, 1)).isEqualTo(1);
    }

    @Test
    void tellsWhatIsReadyWithItsWholeToken() throws Exception {
        epoll.add(pipe.readEnd(), Epoll.IN, 0xfedc_ba98_7654_3210L);
        epoll.add(pipe.writeEnd(), Epoll.OUT, -1);

        assertThat(look()).containsExactly(new Ready(-1, Epoll.OUT));
        fill();
        assertThat(look())
                .containsExactlyInAnyOrder(new Ready(-1, Epoll.OUT), new Ready(0xfedc_ba98_7654_3210L, Epoll.IN));
    }

    @Test
    void tellsThatTheOtherEndIsGone() throws Exception {
        epoll.add(pipe.readEnd(), Epoll.IN, 1);
        pipe.writeEnd().close();
        assertThat(look()).containsExactly(new Ready(1, Epoll.HUP));

        try (Pipe other = Pipe.create()) {
            epoll.remove(pipe.readEnd());
            epoll.add(other.writeEnd(), 0, 2);
            other.readEnd().close();
            assertThat(look()).containsExactly(new Ready(2, Epoll.ERR));
        }
    }

    @Test
    void reportsOnceIfAskedTo() throws Exception {
        epoll.add(pipe.readEnd(), Epoll.IN | Epoll.ONESHOT, 1);
        fill();

        assertThat(look()).hasSize(1);
        assertThat(look()).isEmpty();
        epoll.modify(pipe.readEnd(), Epoll.IN | Epoll.ONESHOT, 2);
        assertThat(look()).containsExactly(new Ready(2, Epoll.IN));
    }

    @Test
    void reportsEachArrivalIfEdgeTriggered() throws Exception {
        epoll.add(pipe.readEnd(), Epoll.IN | Epoll.ET, 1);
        fill();

        assertThat(look()).hasSize(1);
        assertThat(look()).isEmpty();
        fill();
        assertThat(look()).hasSize(1);
    }

    @Test
    void stopsReportingWhatIsRemoved() throws Exception {
        epoll.add(pipe.readEnd(), Epoll.IN, 1);
        fill();
        epoll.remove(pipe.readEnd());

        assertThat(look()).isEmpty();
        epoll.remove(pipe.readEnd());
        pipe.readEnd().close();
        epoll.remove(pipe.readEnd());
    }

    @Test
    void refusesToAddTwiceOrToModifyTheUnknown() throws Exception {
        epoll.add(pipe.readEnd(), Epoll.IN, 1);

        assertErrno(Errno.EEXIST, () -> epoll.add(pipe.readEnd(), Epoll.IN, 2));
        assertErrno(Errno.ENOENT, () -> epoll.modify(pipe.writeEnd(), Epoll.OUT, 3));
        pipe.writeEnd().close();
        assertErrno(Errno.EBADF, () -> epoll.add(pipe.writeEnd(), Epoll.OUT, 4));
    }

    @Test
    void handsOverMoreThanOneBatch() throws Exception {
        int many = 600;
        List<EventFd> events = new ArrayList<>();
        try {
            for (int i = 0; i < many; i++) {
                EventFd event = EventFd.create();
                events.add(event);
                event.signal();
                epoll.add(event.descriptor(), Epoll.IN | Epoll.ET, i);
            }
            Map<Long, Integer> seen = new HashMap<>();
            while (epoll.await(0, (token, ready) -> seen.merge(token, 1, Integer::sum)) > 0) {}

            assertThat(seen)
                    .hasSize(many)
                    .allSatisfy((token, times) -> assertThat(times).isEqualTo(1));
        } finally {
            events.forEach(EventFd::close);
        }
    }

    @Test
    void aClosedOneFails() {
        epoll.close();
        epoll.close();

        assertErrno(Errno.EBADF, () -> epoll.await(0, (token, events) -> {}));
        assertErrno(Errno.EBADF, () -> epoll.add(pipe.readEnd(), Epoll.IN, 1));
        epoll.remove(pipe.readEnd());
    }

    @Test
    void returnsEarlyIfASignalInterruptsIt() throws Exception {
        Libc.Function tgkill = Libc.function("tgkill");
        AtomicLong waiter = new AtomicLong();
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            Future<Integer> wait = executor.submit(() -> {
                waiter.set(Libc.function("gettid").callOrErrno(0));
                return epoll.await(SECONDS_30, (token, events) -> {});
            });
            Awaitility.await().until(() -> {
                // The JVM handles this one and goes on.
                if (waiter.get() != 0) {
                    tgkill.callOrErrno(ProcessHandle.current().pid(), waiter.get(), Signals.SIGPIPE);
                }
                return wait.isDone();
            });
            assertThat(wait.get()).isZero();
        }
    }

    /** A child that is being started holds copies of everything, so what is closed stays watched unless removed. */
    @Test
    void aDescriptorRemovedBeforeItsCloseIsNeverReportedAgain() throws Exception {
        int starters = 3;
        int each = 400;
        Map<Integer, String> before = Fixture.openFiles();
        ConcurrentLinkedQueue<Integer> started = new ConcurrentLinkedQueue<>();
        Map<Long, PidFd> watched = new HashMap<>();
        List<Long> strangers = new ArrayList<>();
        List<WaitStatus> ended = new ArrayList<>();
        SpawnRequest request = new SpawnRequest(
                ChildProcess.bytes("/bin/true"), List.of(ChildProcess.bytes("true")), List.of(), null, 0, 1, 2, null);
        try (ExecutorService executor = Executors.newFixedThreadPool(starters);
                EventFd wakeUp = EventFd.create()) {
            epoll.add(wakeUp.descriptor(), Epoll.IN, 0);
            List<Future<?>> starting = new ArrayList<>();
            for (int i = 0; i < starters; i++) {
                starting.add(executor.submit(() -> {
                    for (int j = 0; j < each; j++) {
                        started.add(Spawner.spawn(request));
                        wakeUp.signal();
                    }
                    return null;
                }));
            }
            long deadline = System.nanoTime() + SECONDS_30 * 1_000_000;
            long token = 0;
            while (ended.size() < starters * each && System.nanoTime() < deadline) {
                epoll.await(1_000, (ready, events) -> {
                    if (ready == 0) {
                        wakeUp.drain();
                        return;
                    }
                    PidFd child = watched.remove(ready);
                    if (child == null) {
                        strangers.add(ready);
                        return;
                    }
                    epoll.remove(child.descriptor());
                    ended.add(reap(child));
                    child.close();
                });
                for (Integer pid = started.poll(); pid != null; pid = started.poll()) {
                    PidFd child = PidFd.open(pid);
                    token++;
                    watched.put(token, child);
                    epoll.add(child.descriptor(), Epoll.IN, token);
                }
            }
            for (Future<?> starter : starting) {
                starter.get();
            }
        }
        assertThat(strangers).isEmpty();
        assertThat(ended).hasSize(starters * each).containsOnly(new WaitStatus.Exited(0));
        assertThat(Fixture.openFiles()).isEqualTo(before);
    }

    private static WaitStatus reap(PidFd child) {
        try {
            return ChildProcess.await(child);
        } catch (LinuxException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertErrno(int errno, ThrowingCallable call) {
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.errno()).isEqualTo(errno));
    }
}
