package dev.outpost.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Soft resource limits of processes. They are inherited across fork and exec, and leaving a session or a group does not
 * shed them, so one that has no effect on ordinary programs can mark a process and all it starts. Safe from any thread.
 */
public final class ResourceLimits {
    /** Microseconds of CPU without a blocking call, for real-time threads only. */
    public static final int RLIMIT_RTTIME = 15;

    /** The value of a limit that does not limit. */
    public static final long UNLIMITED = -1;

    private static final Libc.Function PRLIMIT = Libc.function("prlimit64");

    /** {@code struct rlimit64}: the soft limit, the hard one. */
    private static final long SIZE = 16;

    private static final long SOFT = 0;

    private ResourceLimits() {}

    /**
     * Sets the soft limit and keeps the hard one.
     *
     * @param pid the process; 0 is this one
     * @param soft at most the hard limit, or {@link #UNLIMITED}
     * @return false if the process is gone, is another user's, or has a lower hard limit
     */
    public static boolean setSoft(int pid, int resource, long soft) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limits = arena.allocate(SIZE, 8);
            if (PRLIMIT.callOrErrno(pid, resource, 0, limits.address()) < 0) {
                return false;
            }
            limits.set(ValueLayout.JAVA_LONG, SOFT, soft);
            return PRLIMIT.callOrErrno(pid, resource, limits.address(), 0) == 0;
        }
    }

    /**
     * The soft limit, also of a process that has become another user's.
     *
     * @param pid the process; 0 is this one
     * @return empty if the process is gone or hidden; {@link #UNLIMITED} if it has none
     */
    public static OptionalLong soft(int pid, int resource) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limits = arena.allocate(SIZE, 8);
            long result = PRLIMIT.callOrErrno(pid, resource, 0, limits.address());
            if (result == 0) {
                return OptionalLong.of(limits.get(ValueLayout.JAVA_LONG, SOFT));
            }
            return result == -Errno.EPERM ? softFromProc(pid, resource) : OptionalLong.empty();
        }
    }

    /**
     * Reads {@code /proc/PID/limits}, which every user may: below a heading one line for each resource in the order of
     * their numbers, each a name of 25 columns, the soft limit, the hard limit and a unit.
     */
    static OptionalLong softFromProc(int pid, int resource) {
        try {
            String line = Files.readAllLines(Path.of("/proc/" + pid + "/limits"), StandardCharsets.ISO_8859_1)
                    .get(1 + resource);
            String soft = line.substring(25).strip().split(" ", 2)[0];
            return OptionalLong.of(soft.equals("unlimited") ? UNLIMITED : Long.parseUnsignedLong(soft));
        } catch (IOException goneOrHidden) {
            return OptionalLong.empty();
        }
    }
}
