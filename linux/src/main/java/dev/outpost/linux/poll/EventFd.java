package dev.outpost.linux.poll;

import dev.outpost.linux.Errno;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A wake-up for a thread that waits in {@link Epoll#await}: readable from the first {@link #signal} until
 * {@link #drain}. Signals in between coalesce. Safe from any thread, never blocks.
 */
public final class EventFd implements AutoCloseable {
    private static final Libc.Function EVENTFD = Libc.function("eventfd");
    private static final int EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;

    private static final MemorySegment ONE = one();

    private final FileDescriptor descriptor;

    private EventFd(FileDescriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** A new one, not signalled. */
    public static EventFd create() throws LinuxException {
        long fd = EVENTFD.callOrErrno(0, EFD_CLOEXEC_NONBLOCK);
        if (fd < 0) {
            throw new LinuxException(EVENTFD.name(), (int) -fd);
        }
        return new EventFd(FileDescriptor.of((int) fd));
    }

    /** To be watched for {@link Epoll#IN}. */
    public FileDescriptor descriptor() {
        return descriptor;
    }

    /** Makes it readable. Does nothing if closed: nobody waits any more. */
    public void signal() {
        try {
            // WOULD_BLOCK would say that the counter is full: then it is readable already.
            var _ = descriptor.write(ONE, 0, ONE.byteSize());
        } catch (LinuxException e) {
            ignoreIfClosed(e);
        }
    }

    /** Makes it unreadable. Does nothing if closed or not signalled. */
    public void drain() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment counter = arena.allocate(ValueLayout.JAVA_LONG);
            var _ = descriptor.read(counter, counter.byteSize());
        } catch (LinuxException e) {
            ignoreIfClosed(e);
        }
    }

    /** Idempotent. Remove it from its {@link Epoll} first. */
    @Override
    public void close() {
        descriptor.close();
    }

    private static void ignoreIfClosed(LinuxException e) {
        if (e.errno() != Errno.EBADF) {
            throw new IllegalStateException("an eventfd refuses a counter of 8 bytes", e);
        }
    }

    private static MemorySegment one() {
        MemorySegment one = Arena.global().allocate(ValueLayout.JAVA_LONG);
        one.set(ValueLayout.JAVA_LONG, 0, 1);
        return one.asReadOnly();
    }
}
