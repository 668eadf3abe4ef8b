package dev.outpost.linux.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.outpost.linux.FileDescriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class EventFdTest {
    @Test
    void wakesAWaiterEachTime() throws Exception {
        int rounds = 1_000;
        SynchronousQueue<Long> woken = new SynchronousQueue<>();
        try (Epoll epoll = Epoll.create();
                EventFd event = EventFd.create();
                ExecutorService executor = Executors.newSingleThreadExecutor()) {
            epoll.add(event.descriptor(), Epoll.IN, 7);
            Future<Void> waiter = executor.submit(() -> {
                for (int i = 0; i < rounds; i++) {
                    long[] seen = new long[1];
                    while (epoll.await(-1, (token, events) -> seen[0] = token) == 0) {}
                    event.drain();
                    woken.put(seen[0]);
                }
                return null;
            });
            for (int i = 0; i < rounds; i++) {
                event.signal();
                assertThat(woken.poll(30, TimeUnit.SECONDS)).isEqualTo(7L);
            }
            waiter.get();
        }
    }

    @Test
    void isReadyFromTheFirstSignalUntilDrained() throws Exception {
        try (Epoll epoll = Epoll.create();
                EventFd event = EventFd.create()) {
            epoll.add(event.descriptor(), Epoll.IN, 1);
            assertThat(epoll.await(0, (token, events) -> {})).isZero();

            event.signal();
            event.signal();
            assertThat(epoll.await(0, (token, events) -> {})).isEqualTo(1);
            assertThat(epoll.await(0, (token, events) -> {})).isEqualTo(1);

            event.drain();
            event.drain();
            assertThat(epoll.await(0, (token, events) -> {})).isZero();
        }
    }

    @Test
    void signalsEvenWhenTheCounterIsFull() throws Exception {
        try (EventFd event = EventFd.create();
                Arena arena = Arena.ofConfined()) {
            MemorySegment most = arena.allocate(ValueLayout.JAVA_LONG);
            most.set(ValueLayout.JAVA_LONG, 0, -2);
            assertThat(event.descriptor().write(most, 0, 8)).isEqualTo(8);
            assertThat(event.descriptor().write(most, 0, 8)).isEqualTo(FileDescriptor.WOULD_BLOCK);

            assertThatNoException().isThrownBy(event::signal);
        }
    }

    @Test
    void aClosedOneWakesNobody() throws Exception {
        EventFd event = EventFd.create();
        event.close();
        event.close();

        assertThatNoException().isThrownBy(event::signal);
        assertThatNoException().isThrownBy(event::drain);
    }
}
