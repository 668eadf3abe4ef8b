package dev.outpost.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The parts that root's power is made of; each thread has its own. */
public final class Capabilities {
    private static final Libc.Function PRCTL = Libc.function("prctl");
    private static final Libc.Function CAPSET = Libc.function("capset");

    private static final int PR_SET_SECUREBITS = 28;
    /** Root is nobody special when a program is executed, for ever. */
    private static final int NOROOT_LOCKED = 3;

    private static final int VERSION_3 = 0x20080522;

    private Capabilities() {}

    /**
     * Takes all of them from the calling thread for ever, and from what it starts, programs run by root included. Programs
     * whose files bear some, and root's if the thread may not say that of root, get none only if the thread has also given
     * up gaining privileges ({@code no_new_privs}).
     */
    public static void dropOfThread() throws LinuxException {
        var _ = PRCTL.callOrErrno(PR_SET_SECUREBITS, NOROOT_LOCKED, 0, 0, 0, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocate(8, 4);
            header.set(ValueLayout.JAVA_INT, 0, VERSION_3);
            MemorySegment none = arena.allocate(24, 4);
            long result = CAPSET.callOrErrno(header.address(), none.address());
            if (result < 0) {
                throw new LinuxException(CAPSET.name(), (int) -result);
            }
        }
    }
}
