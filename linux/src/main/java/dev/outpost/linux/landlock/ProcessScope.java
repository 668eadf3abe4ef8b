package dev.outpost.linux.landlock;

import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a restricted thread may do to processes: with this, neither it nor anything it starts can signal a process outside,
 * or connect to an abstract socket of one. Any restriction by Landlock already keeps it from tracing them, and so from what
 * {@code /proc} has of their memory, environment and descriptors.
 */
public final class ProcessScope {
    private static final Libc.Function SYSCALL = Libc.function("syscall");

    private static final int SYS_CREATE_RULESET = 444;
    private static final int SYS_RESTRICT_SELF = 446;
    private static final long ABSTRACT_SOCKETS_AND_SIGNALS = 3;
    private static final int FIRST_VERSION = 6;

    private ProcessScope() {}

    /** Whether the kernel can do this: Linux 6.12 and later. */
    public static boolean isKnown() {
        return Ruleset.version() >= FIRST_VERSION;
    }

    /**
     * Restricts the calling thread for ever, together with what it starts. It must have given up gaining privileges, which
     * {@link Ruleset#restrictThread} does.
     */
    public static void restrictThread() throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            // struct landlock_ruleset_attr: files, ports, scopes.
            MemorySegment attributes = arena.allocate(24, 8);
            attributes.set(ValueLayout.JAVA_LONG, 16, ABSTRACT_SOCKETS_AND_SIGNALS);
            long fd = SYSCALL.callOrErrno(SYS_CREATE_RULESET, attributes.address(), 24, 0);
            require("landlock_create_ruleset", fd);
            try (FileDescriptor ruleset = FileDescriptor.of((int) fd)) {
                require("landlock_restrict_self", SYSCALL.callOrErrno(SYS_RESTRICT_SELF, ruleset.number(), 0));
            }
        }
    }

    private static void require(String call, long result) throws LinuxException {
        if (result < 0) {
            throw new LinuxException(call, (int) -result);
        }
    }
}
