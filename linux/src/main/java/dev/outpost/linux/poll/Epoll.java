package dev.outpost.linux.poll;

import dev.outpost.linux.Errno;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An epoll instance. {@link #await} belongs to one thread; everything else may be called from any.
 *
 * <p>Take a descriptor out with {@link #remove} before closing it: closing alone leaves it watched for as long as a child
 * that is being started at that moment holds a copy, and its events go on arriving. For the same reason, and because one
 * {@link #await} may deliver an event that was ready before the removal, give every descriptor a token of its own, never
 * reuse one, and ignore those that are no longer known.
 */
public final class Epoll implements AutoCloseable {
    /** Readable. */
    public static final int IN = 0x001;

    /** Writable. */
    public static final int OUT = 0x004;

    /** Error; always reported. */
    public static final int ERR = 0x008;

    /** All writers have hung up; always reported. */
    public static final int HUP = 0x010;

    /** The peer has shut down its writing side. */
    public static final int RDHUP = 0x2000;

    /** Disarmed after one event, until {@link #modify}. */
    public static final int ONESHOT = 1 << 30;

    /** Edge-triggered: reported when it becomes ready, not while it is. */
    public static final int ET = 1 << 31;

    private static final Logger LOG = System.getLogger(Epoll.class.getName());

    private static final Libc.Function EPOLL_CREATE = Libc.function("epoll_create1");
    private static final Libc.Function EPOLL_CTL = Libc.function("epoll_ctl");
    private static final Libc.Function EPOLL_WAIT = Libc.function("epoll_wait");

    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int EPOLL_CTL_MOD = 3;

    /** {@code struct epoll_event} is packed on x86-64 only: the token follows the events without a gap. */
    private static final long TOKEN = System.getProperty("os.arch").equals("amd64") ? 4 : 8;

    private static final long EVENT_SIZE = TOKEN + 8;

    /** So many events in one call; the rest comes with the next. */
    private static final int BATCH = 256;

    private final FileDescriptor epoll;

    /** Garbage-collected rather than closed with this, so that a close during {@link #await} can't free it too early. */
    private final MemorySegment events = Arena.ofAuto().allocate(BATCH * EVENT_SIZE, 8);

    private Epoll(FileDescriptor epoll) {
        this.epoll = epoll;
    }

    /** Receives what is ready. */
    @FunctionalInterface
    public interface ReadyConsumer {
        /**
         * A descriptor is ready. Must not throw: the remaining events of the batch would be lost, for good if they are
         * edge-triggered.
         *
         * @param token as given to {@link Epoll#add}
         * @param events the constants of {@link Epoll}, or-ed
         */
        void ready(long token, int events);
    }

    /** A new instance, watching nothing. */
    public static Epoll create() throws LinuxException {
        long fd = EPOLL_CREATE.callOrErrno(EPOLL_CLOEXEC);
        if (fd < 0) {
            throw new LinuxException(EPOLL_CREATE.name(), (int) -fd);
        }
        return new Epoll(FileDescriptor.of((int) fd));
    }

    /**
     * Watches a descriptor.
     *
     * @throws LinuxException {@code EEXIST} if watched already, {@code EPERM} if it is a kind of file that is always
     *     ready, {@code EBADF} if it or this is closed
     */
    public void add(FileDescriptor fd, int events, long token) throws LinuxException {
        control(EPOLL_CTL_ADD, fd, events, token);
    }

    /**
     * Changes what a watched descriptor is watched for, and re-arms it.
     *
     * @throws LinuxException {@code ENOENT} if it is not watched, {@code EBADF} if it or this is closed
     */
    public void modify(FileDescriptor fd, int events, long token) throws LinuxException {
        control(EPOLL_CTL_MOD, fd, events, token);
    }

    /** Stops watching. Does nothing if it is not watched, or if it or this is closed; never throws. */
    public void remove(FileDescriptor fd) {
        try {
            control(EPOLL_CTL_DEL, fd, 0, 0);
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.EBADF) {
                LOG.log(Level.WARNING, "cannot stop watching " + fd, e);
            }
        }
    }

    /**
     * Waits until something is ready and hands it over, on the calling thread.
     *
     * @param timeoutMillis how long to wait; 0 = only look, -1 = forever
     * @return the number of events handed over; 0 after the timeout, or earlier if a signal interrupted the wait
     * @throws LinuxException {@code EBADF} if closed. Closing does not end a wait: wake it with an {@link EventFd}.
     */
    public int await(long timeoutMillis, ReadyConsumer consumer) throws LinuxException {
        int timeout = Math.clamp(timeoutMillis, -1, Integer.MAX_VALUE);
        int count = epoll.use(fd -> {
            long result = EPOLL_WAIT.callOrErrno(fd, events.address(), BATCH, timeout);
            if (result < 0 && result != -Errno.EINTR) {
                throw new LinuxException(EPOLL_WAIT.name(), (int) -result);
            }
            return (int) Math.max(result, 0);
        });
        for (int i = 0; i < count; i++) {
            long event = i * EVENT_SIZE;
            consumer.ready(
                    events.get(ValueLayout.JAVA_LONG_UNALIGNED, event + TOKEN),
                    events.get(ValueLayout.JAVA_INT, event));
        }
        return count;
    }

    /** Closes the instance, not the descriptors it watches. Idempotent. */
    @Override
    public void close() {
        epoll.close();
    }

    private void control(int operation, FileDescriptor watched, int interest, long token) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(EVENT_SIZE, 8);
            event.set(ValueLayout.JAVA_INT, 0, interest);
            event.set(ValueLayout.JAVA_LONG_UNALIGNED, TOKEN, token);
            epoll.use(fd -> watched.use(number -> {
                long result = EPOLL_CTL.callOrErrno(fd, operation, number, event.address());
                if (result < 0) {
                    throw new LinuxException(EPOLL_CTL.name() + " of " + watched, (int) -result);
                }
                return 0;
            }));
        }
    }
}
