package dev.outpost.linux.landlock;

import dev.outpost.linux.Errno;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.FileReference;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a thread will still be allowed: nothing but what was added. Owns a descriptor. For one thread at a time.
 *
 * <p>Rules belong to files, not to names, and hold for all that is below a directory then, mounts included. They only add:
 * a rule can't take away what another allows further up. Nothing is ever asked of open descriptors.
 */
public final class Ruleset implements AutoCloseable {
    private static final Libc.Function SYSCALL = Libc.function("syscall");
    private static final Libc.Function PRCTL = Libc.function("prctl");

    private static final int SYS_CREATE_RULESET = 444;
    private static final int SYS_ADD_RULE = 445;
    private static final int SYS_RESTRICT_SELF = 446;
    private static final int ASK_VERSION = 1;
    private static final int PATH_BENEATH = 1;
    private static final int PR_SET_NO_NEW_PRIVS = 38;

    /** Version that knows of TCP ports. */
    private static final int ABI_WITH_NETWORK = 4;

    /** Version that knows of scopes. */
    private static final int ABI_WITH_SCOPES = 6;

    private static final long BIND_AND_CONNECT_TCP = 3;
    private static final long ABSTRACT_SOCKETS_AND_SIGNALS = 3;

    private final FileDescriptor descriptor;
    private final Set<Right> handled;

    private Ruleset(FileDescriptor descriptor, Set<Right> handled) {
        this.descriptor = descriptor;
        this.handled = handled;
    }

    /** The version of Landlock that this kernel has; 0 if it has none or it is turned off. */
    public static int version() {
        return (int) Math.max(0, SYSCALL.callOrErrno(SYS_CREATE_RULESET, 0, 0, ASK_VERSION));
    }

    /** Whether {@link #forProcesses} is possible: Linux 6.12 and later. */
    public static boolean canScopeProcesses() {
        return version() >= ABI_WITH_SCOPES;
    }

    /**
     * For a thread that works on files: allows nothing that this kernel can forbid, and no TCP, which kernels before version
     * 4 can't forbid.
     *
     * @throws LinuxException ENOSYS or EOPNOTSUPP if there is no Landlock
     */
    public static Ruleset forFiles() throws LinuxException {
        int version = version();
        return create(version, version >= ABI_WITH_NETWORK ? BIND_AND_CONNECT_TCP : 0, 0);
    }

    /**
     * For a thread that starts processes: allows nothing with files that this kernel can forbid, and leaves TCP as it is.
     * Neither the thread nor anything that it starts can signal a process outside, or connect to an abstract socket of one.
     * Any restriction by Landlock keeps it from tracing them, and so from what {@code /proc} has of their memory,
     * environment and descriptors.
     *
     * @throws LinuxException ENOSYS or EOPNOTSUPP if there is no Landlock, E2BIG unless {@link #canScopeProcesses}
     */
    public static Ruleset forProcesses() throws LinuxException {
        return create(version(), 0, ABSTRACT_SOCKETS_AND_SIGNALS);
    }

    private static Ruleset create(int version, long ports, long scopes) throws LinuxException {
        if (version == 0) {
            throw new LinuxException("landlock_create_ruleset", Errno.EOPNOTSUPP);
        }
        Set<Right> handled = Right.knownBy(version);
        try (Arena arena = Arena.ofConfined()) {
            // struct landlock_ruleset_attr: rights to files, rights to ports, scopes. Later versions have more of it.
            MemorySegment attributes = arena.allocate(24, 8);
            attributes.set(ValueLayout.JAVA_LONG, 0, Right.bits(handled));
            attributes.set(ValueLayout.JAVA_LONG, 8, ports);
            attributes.set(ValueLayout.JAVA_LONG, 16, scopes);
            int size = scopes != 0 ? 24 : ports != 0 ? 16 : 8;
            long fd = check(
                    "landlock_create_ruleset", SYSCALL.callOrErrno(SYS_CREATE_RULESET, attributes.address(), size, 0));
            return new Ruleset(FileDescriptor.of((int) fd), handled);
        }
    }

    /**
     * Allows some rights below a directory, or to a file, for which those are left out that only directories have.
     *
     * @param directory whether it is a directory
     */
    public void allow(FileReference place, boolean directory, Set<Right> rights) throws LinuxException {
        Set<Right> allowed = EnumSet.noneOf(Right.class);
        for (Right right : rights) {
            if (handled.contains(right) && (directory || right.isOfFiles())) {
                allowed.add(right);
            }
        }
        if (allowed.isEmpty()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            // struct landlock_path_beneath_attr, packed: rights, descriptor.
            MemorySegment rule = arena.allocate(12, 8);
            rule.set(ValueLayout.JAVA_LONG, 0, Right.bits(allowed));
            rule.set(ValueLayout.JAVA_INT, 8, place.number());
            check(
                    "landlock_add_rule",
                    SYSCALL.callOrErrno(SYS_ADD_RULE, descriptor.number(), PATH_BENEATH, rule.address(), 0, 0));
        }
    }

    /**
     * Restricts the calling thread for ever, together with threads and processes that it starts from now on. It also gives
     * up gaining privileges by executing programs. Other threads can be restricted by it too; they are strangers then.
     *
     * @throws LinuxException E2BIG if it is restricted 16 times already
     */
    public void restrictThread() throws LinuxException {
        check("prctl", PRCTL.callOrErrno(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0));
        check("landlock_restrict_self", SYSCALL.callOrErrno(SYS_RESTRICT_SELF, descriptor.number(), 0));
    }

    /** Closes it; who is restricted stays so. Idempotent. */
    @Override
    public void close() {
        descriptor.close();
    }

    private static long check(String call, long result) throws LinuxException {
        if (result < 0) {
            throw new LinuxException(call, (int) -result);
        }
        return result;
    }
}
