package dev.outpost.linux.poll;

import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A process, certain to be the same one for as long as this is open, unlike its id. The descriptor becomes readable
 * when the process ends. Safe from any thread; nothing blocks.
 */
public final class PidFd implements AutoCloseable {
    /** glibc has a function for these from 2.36 on; the numbers are the same on all architectures. */
    private static final Libc.Function SYSCALL = Libc.function("syscall");

    private static final Libc.Function WAITID = Libc.function("waitid");

    private static final int SYS_PIDFD_SEND_SIGNAL = 424;
    private static final int SYS_PIDFD_OPEN = 434;

    private static final int P_PIDFD = 3;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;

    /** {@code siginfo_t} of 64-bit Linux. */
    private static final long SIGINFO_SIZE = 128;

    private static final long SI_CODE = 8;
    private static final long SI_PID = 16;
    private static final long SI_STATUS = 24;
    private static final int CLD_EXITED = 1;

    private final FileDescriptor descriptor;

    private PidFd(FileDescriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Opens the process that has this id now: a child that is not reaped yet, or whoever it may be.
     *
     * @throws LinuxException {@code ESRCH} if there is none, {@code EMFILE} or {@code ENFILE} if too many files are open
     */
    public static PidFd open(int pid) throws LinuxException {
        // The kernel sets close-on-exec.
        long fd = SYSCALL.callOrErrno(SYS_PIDFD_OPEN, pid, 0);
        if (fd < 0) {
            throw new LinuxException("pidfd_open of process " + pid, (int) -fd);
        }
        return new PidFd(FileDescriptor.of((int) fd));
    }

    /** To be watched for {@link Epoll#IN}. */
    public FileDescriptor descriptor() {
        return descriptor;
    }

    /**
     * Sends a signal to this process alone.
     *
     * @return 0 or the error number: {@code ESRCH} if it is reaped, {@code EPERM} if it is another user's,
     *     {@code EBADF} if this is closed. A zombie accepts signals.
     */
    public int signal(int signal) {
        try {
            return descriptor.use(fd -> (int) -SYSCALL.callOrErrno(SYS_PIDFD_SEND_SIGNAL, fd, signal, 0));
        } catch (LinuxException e) {
            return e.errno();
        }
    }

    /**
     * Takes the exit status of a child that has ended; it can be taken once.
     *
     * @return null if it is still running
     * @throws LinuxException {@code ECHILD} if it is no child of this process or was reaped before, {@code EBADF} if
     *     this is closed
     */
    public @Nullable WaitStatus reap() throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            // Zeroed, and left so by waitid if the child is still running.
            MemorySegment info = arena.allocate(SIGINFO_SIZE, 8);
            descriptor.use(fd -> {
                long result = WAITID.callOrErrno(P_PIDFD, fd, info.address(), WEXITED | WNOHANG);
                if (result < 0) {
                    throw new LinuxException(WAITID.name(), (int) -result);
                }
                return 0;
            });
            if (info.get(ValueLayout.JAVA_INT, SI_PID) == 0) {
                return null;
            }
            int status = info.get(ValueLayout.JAVA_INT, SI_STATUS);
            return info.get(ValueLayout.JAVA_INT, SI_CODE) == CLD_EXITED
                    ? new WaitStatus.Exited(status)
                    : new WaitStatus.Signaled(status);
        }
    }

    /** Idempotent. Remove it from its {@link Epoll} first. Neither ends nor reaps the process. */
    @Override
    public void close() {
        descriptor.close();
    }
}
