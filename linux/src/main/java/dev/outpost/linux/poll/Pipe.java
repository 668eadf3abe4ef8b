package dev.outpost.linux.poll;

import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Both ends of a pipe, neither of which a child inherits by accident. Each end may be closed by itself. */
public final class Pipe implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Pipe.class.getName());

    private static final Libc.Function PIPE = Libc.function("pipe2");
    private static final Libc.Function FCNTL = Libc.function("fcntl");

    private static final int O_CLOEXEC = 0x80000;
    private static final int F_SETPIPE_SZ = 1031;

    private final FileDescriptor readEnd;
    private final FileDescriptor writeEnd;

    private Pipe(FileDescriptor readEnd, FileDescriptor writeEnd) {
        this.readEnd = readEnd;
        this.writeEnd = writeEnd;
    }

    /**
     * A new pipe, both ends blocking.
     *
     * @throws LinuxException {@code EMFILE} or {@code ENFILE} if too many files are open
     */
    public static Pipe create() throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
            long result = PIPE.callOrErrno(ends.address(), O_CLOEXEC);
            if (result < 0) {
                throw new LinuxException(PIPE.name(), (int) -result);
            }
            return new Pipe(
                    FileDescriptor.of(ends.getAtIndex(ValueLayout.JAVA_INT, 0)),
                    FileDescriptor.of(ends.getAtIndex(ValueLayout.JAVA_INT, 1)));
        }
    }

    /** Where bytes come out. */
    public FileDescriptor readEnd() {
        return readEnd;
    }

    /** Where bytes go in. Writing when no read end is open fails with {@code EPIPE}. */
    public FileDescriptor writeEnd() {
        return writeEnd;
    }

    /** {@link FileDescriptor#setNonBlocking}; the two ends are separate open files, so one can differ from the other. */
    public static void setNonBlocking(FileDescriptor end) throws LinuxException {
        end.setNonBlocking();
    }

    /**
     * Makes the pipe hold at least so many bytes, if the system's limits for the user allow; else, and if the end is
     * closed, nothing changes.
     *
     * @param bytes rounded up by the kernel to a power of two of pages
     * @return whether it holds so many now
     */
    public static boolean enlarge(FileDescriptor end, int bytes) {
        try {
            return end.use(fd -> (int) FCNTL.callOrErrno(fd, F_SETPIPE_SZ, bytes)) >= bytes;
        } catch (LinuxException closed) {
            LOG.log(Level.DEBUG, "not enlarged", closed);
            return false;
        }
    }

    /** Closes both ends. Idempotent. */
    @Override
    public void close() {
        readEnd.close();
        writeEnd.close();
    }
}
