package dev.outpost.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The parts that root's power is made of; each thread has its own. */
public final class Capabilities {
    private static final Libc.Function PRCTL = Libc.function("prctl");
    private static final Libc.Function CAPSET = Libc.function("capset");

    private static final int PR_CAPBSET_DROP = 24;
    /** More than any kernel has. */
    private static final int MOST = 64;

    private static final int VERSION_3 = 0x20080522;

    private Capabilities() {}

    /**
     * Takes all of them from the calling thread for ever, and from what it starts, programs run by root included. A thread
     * that may not do that has none that would survive the start of a program without new privileges.
     */
    public static void dropOfThread() throws LinuxException {
        long dropped = 0;
        // What is behind the last one that this kernel has is EINVAL.
        for (int capability = 0; capability < MOST && dropped != -Errno.EINVAL; capability++) {
            dropped = PRCTL.callOrErrno(PR_CAPBSET_DROP, capability, 0, 0, 0, 0);
        }
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
