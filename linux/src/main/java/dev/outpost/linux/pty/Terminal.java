package dev.outpost.linux.pty;

import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The terminal that a descriptor of this process leads to, usually 0, 1 or 2: its size, and its mode while a program
 * elsewhere has it. Doesn't own the descriptor. Safe from any thread.
 */
public final class Terminal {
    private static final Libc.Function GET = Libc.function("tcgetattr");
    private static final Libc.Function SET = Libc.function("tcsetattr");
    private static final Libc.Function MAKE_RAW = Libc.function("cfmakeraw");
    private static final Libc.Function IOCTL = Libc.function("ioctl");

    private static final int TIOCGWINSZ = 0x5413;
    private static final int TCSANOW = 0;
    /** glibc's struct termios has 60 bytes. */
    private static final int TERMIOS_BYTES = 128;

    private final int fd;

    /** The mode before {@link #makeRaw}; null while it is not raw. Guarded by this. */
    private @Nullable MemorySegment before;

    private Terminal(int fd) {
        this.fd = fd;
    }

    /** A size in characters; 0 means unknown. */
    public record Size(int rows, int columns) {}

    /** The terminal behind the descriptor; null if it is something else, or closed. */
    public static @Nullable Terminal of(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mode = arena.allocate(TERMIOS_BYTES);
            return GET.callOrErrno(fd, mode.address()) < 0 ? null : new Terminal(fd);
        }
    }

    /** Its size now. */
    public Size size() throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
            check(IOCTL, IOCTL.callOrErrno(fd, TIOCGWINSZ, size.address()));
            return new Size(
                    Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 0)),
                    Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1)));
        }
    }

    /**
     * From now on keys come one by one and as they are, Ctrl-C too, and nothing is echoed or changed. Does nothing if it
     * is raw already. {@link #restore} must follow, or the user's shell is left with such a terminal.
     */
    public synchronized void makeRaw() throws LinuxException {
        if (before != null) {
            return;
        }
        MemorySegment saved = Arena.ofAuto().allocate(TERMIOS_BYTES);
        check(GET, GET.callOrErrno(fd, saved.address()));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment raw = arena.allocate(TERMIOS_BYTES);
            raw.copyFrom(saved);
            MAKE_RAW.callOrErrno(raw.address());
            check(SET, SET.callOrErrno(fd, TCSANOW, raw.address()));
        }
        before = saved;
    }

    /** Puts the mode back that it had before {@link #makeRaw}. Idempotent; never throws: there is nobody to tell. */
    public synchronized void restore() {
        if (before != null) {
            SET.callOrErrno(fd, TCSANOW, before.address());
            before = null;
        }
    }

    private static void check(Libc.Function function, long result) throws LinuxException {
        if (result < 0) {
            throw new LinuxException(function.name() + " of a terminal", (int) -result);
        }
    }
}
