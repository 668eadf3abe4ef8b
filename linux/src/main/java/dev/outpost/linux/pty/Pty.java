package dev.outpost.linux.pty;

import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * A pseudo terminal: what is written to the master is typed at the terminal, what is read from it was printed there.
 * The terminal echoes, edits lines and prints {@code \r\n} for {@code \n} (spec P56) until a program changes that.
 *
 * <p>Safe from any thread.
 */
public final class Pty implements AutoCloseable {
    private static final Libc.Function OPEN = Libc.function("open");
    private static final Libc.Function GRANT = Libc.function("grantpt");
    private static final Libc.Function UNLOCK = Libc.function("unlockpt");
    private static final Libc.Function NAME = Libc.function("ptsname_r");
    private static final Libc.Function IOCTL = Libc.function("ioctl");

    private static final String MULTIPLEXER = "/dev/ptmx";
    private static final int O_RDWR_NOCTTY_CLOEXEC = 2 | 0x100 | 0x80000;
    private static final int TIOCSWINSZ = 0x5414;
    private static final int LARGEST_SIZE = 0xffff;
    private static final int LONGEST_NAME = 64;

    private final FileDescriptor master;
    private final byte[] slavePath;

    private Pty(FileDescriptor master, byte[] slavePath) {
        this.master = master;
        this.slavePath = slavePath;
    }

    /**
     * A new terminal of this size, ready to be opened by its path.
     *
     * @param rows 0 to 65535; programs take 0 for unknown
     * @param columns 0 to 65535
     * @throws LinuxException if this system has no pseudo terminals or none left; the message says what to look at
     */
    public static Pty open(int rows, int columns) throws LinuxException {
        return open(MULTIPLEXER, rows, columns);
    }

    static Pty open(String multiplexer, int rows, int columns) throws LinuxException {
        checkSize(rows, columns);
        try (Arena arena = Arena.ofConfined()) {
            long fd = OPEN.callOrErrno(arena.allocateFrom(multiplexer).address(), O_RDWR_NOCTTY_CLOEXEC);
            if (fd < 0) {
                throw new LinuxException(
                        "cannot open a pseudo terminal through " + multiplexer
                                + " (mount devpts on /dev/pts, and see /proc/sys/kernel/pty/max)",
                        (int) -fd);
            }
            FileDescriptor master = FileDescriptor.ofTerminalMaster((int) fd);
            try {
                return prepare(master, rows, columns, arena);
            } catch (LinuxException e) {
                master.close();
                throw e;
            }
        }
    }

    private static Pty prepare(FileDescriptor master, int rows, int columns, Arena arena) throws LinuxException {
        int fd = master.number();
        check(GRANT, GRANT.callOrErrno(fd));
        check(UNLOCK, UNLOCK.callOrErrno(fd));
        MemorySegment name = arena.allocate(LONGEST_NAME);
        // This one returns the error number itself.
        check(NAME, -NAME.callOrErrno(fd, name.address(), LONGEST_NAME));
        Pty pty = new Pty(master, name.getString(0).getBytes(StandardCharsets.UTF_8));
        pty.resize(rows, columns);
        return pty;
    }

    /**
     * The other side of the terminal; closed on exec, blocking until {@link #setNonBlocking}. Once a slave has been
     * open and the last one is closed, a read that finds no more output returns 0, the end of the stream.
     */
    public FileDescriptor master() {
        return master;
    }

    /** {@link FileDescriptor#setNonBlocking} of the master. */
    public void setNonBlocking() throws LinuxException {
        master.setNonBlocking();
    }

    /** The path of the terminal, for a child to open. */
    public byte[] slavePath() {
        return slavePath.clone();
    }

    /**
     * Sets the size, with 0 pixels (spec P57). If that is a change, the foreground group gets {@code SIGWINCH}.
     *
     * @param rows 0 to 65535
     * @param columns 0 to 65535
     * @throws LinuxException {@code EBADF} if closed
     */
    public void resize(int rows, int columns) throws LinuxException {
        resize(master, rows, columns);
    }

    /** The same for a terminal of which only the master is at hand. */
    public static void resize(FileDescriptor master, int rows, int columns) throws LinuxException {
        checkSize(rows, columns);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
            size.setAtIndex(ValueLayout.JAVA_SHORT, 0, (short) rows);
            size.setAtIndex(ValueLayout.JAVA_SHORT, 1, (short) columns);
            master.use(fd -> {
                check(IOCTL, IOCTL.callOrErrno(fd, TIOCSWINSZ, size.address()));
                return 0;
            });
        }
    }

    /** Closes the master, which hangs the terminal up: its session gets {@code SIGHUP}. Idempotent. */
    @Override
    public void close() {
        master.close();
    }

    private static void checkSize(int rows, int columns) {
        if (rows < 0 || rows > LARGEST_SIZE || columns < 0 || columns > LARGEST_SIZE) {
            throw new IllegalArgumentException("not a terminal size: " + rows + " rows, " + columns + " columns");
        }
    }

    private static void check(Libc.Function function, long result) throws LinuxException {
        if (result < 0) {
            throw new LinuxException(function.name() + " of a pseudo terminal", (int) -result);
        }
    }
}
