package dev.outpost.linux;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor and the duty to close it, which happens exactly once.
 *
 * <p>Safe from any thread. Every call counts itself in and out, and the number goes back to the kernel only when
 * {@link #close} was called and the last call in flight has returned: a call never reaches another file that got the
 * same number. So {@code close} does not interrupt a blocked {@link #read}; the number is then released by the thread
 * that comes back from it.
 *
 * <p>The guard ends where {@link #number} is handed out: whoever passes the bare number to the kernel has to be the one
 * who closes, or go through {@link #use}.
 */
public final class FileDescriptor implements AutoCloseable {
    /** Result of a read or write on a non-blocking descriptor that can't proceed now ({@code EAGAIN}). */
    public static final int WOULD_BLOCK = -1;

    private static final Logger LOG = System.getLogger(FileDescriptor.class.getName());

    private static final Libc.Function READ = Libc.function("read");
    private static final Libc.Function WRITE = Libc.function("write");
    private static final Libc.Function CLOSE = Libc.function("close");
    private static final Libc.Function FCNTL = Libc.function("fcntl");

    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = 0x800;

    /** The sign bit of {@link #state}: closed, no new call may start. The other bits count the calls in flight. */
    private static final int CLOSED = Integer.MIN_VALUE;

    private final int number;
    private final boolean terminal;
    private final AtomicInteger state = new AtomicInteger();

    private FileDescriptor(int number, boolean terminal) {
        if (number < 0) {
            throw new IllegalArgumentException("not a file descriptor: " + number);
        }
        this.number = number;
        this.terminal = terminal;
    }

    /** Takes over an open descriptor: nobody else may close it. */
    public static FileDescriptor of(int fd) {
        return new FileDescriptor(fd, false);
    }

    /**
     * Takes over the master side of a pseudo terminal: the {@code EIO} that the kernel reports when the last slave is
     * closed is the end of the stream for {@link #read}.
     */
    public static FileDescriptor ofTerminalMaster(int fd) {
        return new FileDescriptor(fd, true);
    }

    /**
     * The number, for requests that the closer of this descriptor makes itself.
     *
     * @throws IllegalStateException if closed: the number may belong to another file by now
     */
    public int number() {
        if (!isOpen()) {
            throw new IllegalStateException(this + " is closed");
        }
        return number;
    }

    /** Whether {@link #close} has not been called. */
    public boolean isOpen() {
        return state.get() >= 0;
    }

    /**
     * Reads once, retrying if interrupted by a signal.
     *
     * @param buffer native memory that stays valid during the call
     * @param length at most so many bytes; within the buffer
     * @return the count, 0 at the end of the stream, {@link #WOULD_BLOCK} if there is nothing to read now
     * @throws LinuxException {@code EBADF} if closed, else what the kernel says
     */
    public int read(MemorySegment buffer, long length) throws LinuxException {
        int count = transfer(READ, buffer, 0, length);
        if (count == -Errno.EIO && terminal) {
            return 0;
        }
        return countOrThrow(READ, count);
    }

    /**
     * Writes once, retrying if interrupted by a signal. A partial write is no error.
     *
     * @param buffer native memory that stays valid during the call
     * @param offset of the first byte in the buffer
     * @param length at most so many bytes; within the buffer
     * @return the count, which may be less than {@code length}, or {@link #WOULD_BLOCK} if nothing can be written now
     * @throws LinuxException {@code EBADF} if closed, else what the kernel says
     */
    public int write(MemorySegment buffer, long offset, long length) throws LinuxException {
        return countOrThrow(WRITE, transfer(WRITE, buffer, offset, length));
    }

    /**
     * Makes reads and writes return {@link #WOULD_BLOCK} rather than wait. The flag belongs to the open file, so it
     * is shared with every duplicate of this descriptor, a child's included.
     */
    public void setNonBlocking() throws LinuxException {
        use(fd -> {
            long flags = FCNTL.callOrErrno(fd, F_GETFL);
            long result = flags < 0 ? flags : FCNTL.callOrErrno(fd, F_SETFL, flags | O_NONBLOCK);
            return check(FCNTL, result);
        });
    }

    /** A system call on a descriptor. */
    @FunctionalInterface
    public interface Call {
        /** Makes the call. The number is valid until this returns. */
        int on(int number) throws LinuxException;
    }

    /**
     * Makes a call while the number is certain to be this file's.
     *
     * @return what the call returned
     * @throws LinuxException {@code EBADF} if closed, else what the call threw
     */
    public int use(Call call) throws LinuxException {
        if (!enter()) {
            throw new LinuxException("use of " + this, Errno.EBADF);
        }
        try {
            return call.on(number);
        } finally {
            leave();
        }
    }

    /** Closes it once calls in flight have returned; later calls fail with {@code EBADF}. Idempotent, never throws. */
    @Override
    public void close() {
        int before = state.getAndUpdate(current -> current | CLOSED);
        if (before == 0) {
            release();
        }
    }

    @Override
    public String toString() {
        return "fd " + number;
    }

    private int transfer(Libc.Function function, MemorySegment buffer, long offset, long length) {
        if (!buffer.isNative()) {
            throw new IllegalArgumentException("the kernel can't reach memory on the Java heap");
        }
        // The kernel moves at most this much in one call anyway, and the count has to fit an int.
        MemorySegment part = buffer.asSlice(offset, length);
        long most = Math.min(length, Integer.MAX_VALUE & ~0xfff);
        if (!enter()) {
            return -Errno.EBADF;
        }
        try {
            long result;
            do {
                result = function.callOrErrno(number, part.address(), most);
            } while (result == -Errno.EINTR);
            return (int) result;
        } finally {
            leave();
            Reference.reachabilityFence(buffer);
        }
    }

    private int countOrThrow(Libc.Function function, int count) throws LinuxException {
        return count == -Errno.EAGAIN ? WOULD_BLOCK : check(function, count);
    }

    private int check(Libc.Function function, long result) throws LinuxException {
        if (result < 0) {
            throw new LinuxException(function.name() + " of " + this, (int) -result);
        }
        return (int) result;
    }

    private boolean enter() {
        return state.getAndUpdate(current -> current < 0 ? current : current + 1) >= 0;
    }

    private void leave() {
        if (state.decrementAndGet() == CLOSED) {
            release();
        }
    }

    private void release() {
        long result = CLOSE.callOrErrno(number);
        // Linux has released the number even when it reports an error, so there is nothing to retry.
        if (result < 0) {
            LOG.log(Level.WARNING, "close of {0}: {1}", this, Errno.describe((int) -result));
        }
    }
}
