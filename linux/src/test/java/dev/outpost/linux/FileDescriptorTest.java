package dev.outpost.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.outpost.linux.poll.Pipe;
import dev.outpost.linux.spawn.Fixture;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class FileDescriptorTest {
    private final MemorySegment buffer = Arena.ofAuto().allocate(128 * 1024);

    @Test
    void carriesBytesFromAnOffset() throws Exception {
        try (Pipe pipe = Pipe.create()) {
            buffer.set(ValueLayout.JAVA_BYTE, 5, (byte) 42);
            buffer.set(ValueLayout.JAVA_BYTE, 6, (byte) 43);

            assertThat(pipe.writeEnd().write(buffer, 5, 2)).isEqualTo(2);
            assertThat(pipe.readEnd().read(buffer, 100)).isEqualTo(2);
            assertThat(buffer.asSlice(0, 2).toArray(ValueLayout.JAVA_BYTE)).containsExactly(42, 43);
        }
    }

    @Test
    void readsZeroAtTheEnd() throws Exception {
        try (Pipe pipe = Pipe.create()) {
            pipe.writeEnd().close();
            assertThat(pipe.readEnd().read(buffer, 1)).isZero();
        }
    }

    @Test
    void writingToNobodyFails() throws Exception {
        try (Pipe pipe = Pipe.create()) {
            pipe.readEnd().close();
            assertErrno(Errno.EPIPE, () -> pipe.writeEnd().write(buffer, 0, 1));
        }
    }

    @Test
    void wouldBlockOnlyOnceNonBlocking() throws Exception {
        try (Pipe pipe = Pipe.create()) {
            Pipe.setNonBlocking(pipe.readEnd());
            pipe.writeEnd().setNonBlocking();

            assertThat(pipe.readEnd().read(buffer, 1)).isEqualTo(FileDescriptor.WOULD_BLOCK);
            assertThat(pipe.writeEnd().write(buffer, 0, buffer.byteSize()))
                    .as("a pipe holds less than this")
                    .isEqualTo(64 * 1024);
            assertThat(pipe.writeEnd().write(buffer, 0, 1)).isEqualTo(FileDescriptor.WOULD_BLOCK);
        }
    }

    @Test
    void anEnlargedPipeHoldsMore() throws Exception {
        try (Pipe pipe = Pipe.create()) {
            Pipe.enlarge(pipe.writeEnd(), 128 * 1024);
            assertThat(pipe.writeEnd().write(buffer, 0, buffer.byteSize())).isEqualTo(128 * 1024);
        }
    }

    @Test
    void refusesMemoryThatTheKernelMustNotTouch() throws Exception {
        try (Pipe pipe = Pipe.create()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pipe.readEnd().read(MemorySegment.ofArray(new byte[1]), 1));
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> pipe.readEnd().read(buffer, buffer.byteSize() + 1));
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> pipe.writeEnd().write(buffer, 1, buffer.byteSize()));
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> pipe.writeEnd().write(buffer, 0, -1));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> FileDescriptor.of(-1));
    }

    @Test
    void aClosedOneFailsWithoutTouchingItsNumber() throws Exception {
        try (Pipe pipe = Pipe.create()) {
            FileDescriptor end = pipe.writeEnd();
            assertThat(end.isOpen()).isTrue();
            end.close();
            end.close();

            assertThat(end.isOpen()).isFalse();
            assertThatIllegalStateException().isThrownBy(end::number);
            assertErrno(Errno.EBADF, () -> end.read(buffer, 1));
            assertErrno(Errno.EBADF, () -> end.write(buffer, 0, 1));
            assertErrno(Errno.EBADF, end::setNonBlocking);
            assertErrno(
                    Errno.EBADF,
                    () -> end.use(number -> {
                        throw new AssertionError("called with " + number);
                    }));
        }
    }

    @Test
    void aNumberThatWasNotOursToCloseIsOnlyLogged() {
        FileDescriptor notOpen = FileDescriptor.of(900_000);
        notOpen.close();
        assertThat(notOpen.isOpen()).isFalse();
    }

    @Test
    void keepsItsNumberUntilTheCallInFlightReturns() throws Exception {
        try (Pipe pipe = Pipe.create();
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            FileDescriptor end = pipe.readEnd();
            int number = end.number();
            CountDownLatch entered = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            Future<Integer> call = other.submit(() -> end.use(fd -> {
                entered.countDown();
                awaitUninterruptibly(release);
                return fd;
            }));
            entered.await();
            end.close();
            try {
                assertErrno(Errno.EBADF, () -> end.read(buffer, 1));
                assertThat(Fixture.openFiles()).containsKey(number);
            } finally {
                release.countDown();
            }
            assertThat(call.get()).isEqualTo(number);
            assertThat(Fixture.openFiles()).doesNotContainKey(number);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void manyThreadsCloseItOnce() throws Exception {
        int closers = 4;
        Map<Integer, String> before = Fixture.openFiles();
        try (ExecutorService executor = Executors.newFixedThreadPool(closers)) {
            for (int round = 0; round < 500; round++) {
                Pipe pipe = Pipe.create();
                CyclicBarrier start = new CyclicBarrier(closers);
                List<Future<Pipe>> results = new ArrayList<>();
                for (int i = 0; i < closers; i++) {
                    // Each opens files right after its close: a second close would hit one of them.
                    results.add(executor.submit(() -> {
                        start.await();
                        pipe.close();
                        return Pipe.create();
                    }));
                }
                for (Future<Pipe> result : results) {
                    try (Pipe opened = result.get()) {
                        assertThat(opened.writeEnd().write(buffer, 0, 1)).isEqualTo(1);
                        assertThat(opened.readEnd().read(buffer, 1)).isEqualTo(1);
                    }
                }
            }
        }
        assertThat(Fixture.openFiles()).isEqualTo(before);
    }

    @Test
    void aReadNeverReachesTheNextFileWithItsNumber() throws Exception {
        try (ExecutorService reader = Executors.newSingleThreadExecutor()) {
            for (int round = 0; round < 1_000; round++) {
                Pipe old = Pipe.create();
                old.readEnd().setNonBlocking();
                CountDownLatch reading = new CountDownLatch(1);
                Future<Integer> stolen = reader.submit(() -> readUntilClosed(old.readEnd(), reading));
                reading.await();
                int number = old.readEnd().number();
                old.readEnd().close();
                try (Pipe next = createWith(number)) {
                    assertThat(next.writeEnd().write(buffer, 0, 1)).isEqualTo(1);
                    assertThat(stolen.get()).as("bytes read from the next file").isZero();
                    assertThat(next.readEnd().read(buffer, 1)).isEqualTo(1);
                }
                old.close();
            }
        }
    }

    private static int readUntilClosed(FileDescriptor fd, CountDownLatch reading) throws LinuxException {
        int read = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(1);
            while (true) {
                read += Math.max(fd.read(target, 1), 0);
                reading.countDown();
            }
        } catch (LinuxException e) {
            if (e.errno() != Errno.EBADF) {
                throw e;
            }
        }
        return read;
    }

    /** A pipe whose read end has this number, which the reader may hold for a moment. */
    private static Pipe createWith(int number) throws LinuxException {
        while (true) {
            Pipe pipe = Pipe.create();
            if (pipe.readEnd().number() == number) {
                return pipe;
            }
            pipe.close();
            Thread.onSpinWait();
        }
    }

    private static void assertErrno(int errno, ThrowingCallable call) {
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.errno()).isEqualTo(errno));
    }
}
