package dev.outpost.linux.file;

import dev.outpost.linux.Errno;
import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The descriptor behind an {@link OpenFile} or a {@link Directory}, which belongs to one thread at a time. Unlike
 * {@link dev.outpost.linux.FileDescriptor}, closing reports what the kernel says, because a network file system may
 * refuse written data only then.
 */
final class Descriptor implements AutoCloseable {
    private static final Libc.Function CLOSE = Libc.function("close");

    private final int number;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Takes over an open descriptor. */
    Descriptor(int number) {
        this.number = number;
    }

    /** The number, while open. */
    int number() {
        if (closed.get()) {
            throw new IllegalStateException("descriptor " + number + " is closed");
        }
        return number;
    }

    /** Closes it; idempotent. Whatever is thrown, it is closed. */
    @Override
    public void close() throws LinuxException {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        long result = CLOSE.callOrErrno(number);
        // Linux has released the number even then, so EINTR is neither retried nor an error.
        if (result < 0 && result != -Errno.EINTR) {
            throw new LinuxException(CLOSE.name(), (int) -result);
        }
    }

    /** Closes what was only read, so that nothing can be lost: an error of the kernel means nothing then. */
    void discard() {
        try {
            close();
        } catch (LinuxException e) {
            // Closed even so.
        }
    }

    /** Calls a function again for as long as a signal interrupts it. */
    static long call(Libc.Function function, long a, long b, long c, long d, long e) throws LinuxException {
        long result = callOrErrno(function, a, b, c, d, e);
        if (result < 0) {
            throw new LinuxException(function.name(), (int) -result);
        }
        return result;
    }

    /** The same, with a failure as {@code -errno}. */
    static long callOrErrno(Libc.Function function, long a, long b, long c, long d, long e) {
        long result;
        do {
            result = function.callOrErrno(a, b, c, d, e, 0);
        } while (result == -Errno.EINTR);
        return result;
    }
}
