package dev.outpost.linux.seccomp;

import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;

/**
 * Which system calls a sandboxed process must not make; they fail with {@code EPERM}. Immutable, safe from any thread.
 *
 * <p>Always refused: what would go round the filter or the files' rules (io_uring, file handles, pushing input into a
 * terminal), the keys of the user that the server runs as, and interfaces that were mostly ways into the kernel (perf, bpf,
 * userfaultfd).
 */
public final class SeccompFilter {
    private static final Libc.Function PRCTL = Libc.function("prctl");
    private static final int PR_SET_SECCOMP = 22;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SECCOMP_MODE_FILTER = 2;
    private static final int INSTRUCTION_SIZE = 8;

    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_SEQPACKET = 5;

    private static final int TIOCSTI = 0x5412;
    private static final int TIOCLINUX = 0x541c;
    private static final int FS_IOC_SETFLAGS = 0x40086602;
    private static final int FS_IOC32_SETFLAGS = 0x40046602;
    private static final int FS_IOC_FSSETXATTR = 0x401c5820;

    private final byte[] program;

    /** What a filter refuses beside what it always does. */
    public enum Ban {
        /**
         * Reaching anybody through a socket (spec N79): only stream and packet sockets of the local domain can be made,
         * and these neither connect nor are bound nor listen, so that they are of use within a pair only. Datagram
         * sockets are among what is refused because each message of theirs may name another receiver. Also refused is
         * reaching into other processes, which might have sockets.
         */
        NETWORK,
        /** Changing modes, owners, times and attributes of files, which Landlock doesn't restrict. */
        FILE_ATTRIBUTES,
    }

    private SeccompFilter(byte[] program) {
        this.program = program;
    }

    /** A filter for the processor that this Java runs on. */
    public static SeccompFilter of(Set<Ban> bans) {
        return of(Architecture.current(), bans);
    }

    static SeccompFilter of(Architecture architecture, Set<Ban> bans) {
        FilterProgram program = new FilterProgram(architecture);
        program.refuse(SystemCall.NEVER_NEEDED);
        if (bans.contains(Ban.FILE_ATTRIBUTES)) {
            program.refuse(SystemCall.FILE_ATTRIBUTES);
            program.refuseIf(
                    SystemCall.IOCTL, 1, TIOCSTI, TIOCLINUX, FS_IOC_SETFLAGS, FS_IOC32_SETFLAGS, FS_IOC_FSSETXATTR);
        } else {
            program.refuseIf(SystemCall.IOCTL, 1, TIOCSTI, TIOCLINUX);
        }
        if (bans.contains(Ban.NETWORK)) {
            program.refuse(SystemCall.REACHING_OUT);
            program.refuseSocketsBut(SystemCall.SOCKET, AF_UNIX, SOCK_STREAM, SOCK_SEQPACKET);
            program.refuseSocketsBut(SystemCall.SOCKETPAIR, AF_UNIX, SOCK_STREAM, SOCK_SEQPACKET);
            // What send() does, without an address, has to stay: it is how the ends of a pair talk.
            program.refuseUnlessNull(SystemCall.SENDTO, 4);
        }
        return new SeccompFilter(program.toBytes());
    }

    /** The program, as the kernel and bubblewrap's {@code --seccomp} take it. */
    public byte[] toBytes() {
        return program.clone();
    }

    /**
     * Puts it on the calling thread, for good, and on every process that the thread starts; forbids both to gain
     * privileges by executing a program. A platform thread that is about to end is the right one.
     *
     * @throws LinuxException {@code EINVAL} if the kernel was built without filters
     */
    public void confineThread() throws LinuxException {
        require(PRCTL.callOrErrno(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = arena.allocateFrom(ValueLayout.JAVA_BYTE, program);
            MemorySegment header = arena.allocate(16, 8);
            header.set(ValueLayout.JAVA_SHORT, 0, (short) (program.length / INSTRUCTION_SIZE));
            header.set(ValueLayout.JAVA_LONG, 8, code.address());
            require(
                    PRCTL.callOrErrno(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header.address(), 0, 0, 0),
                    "PR_SET_SECCOMP");
        }
    }

    private static void require(long result, String what) throws LinuxException {
        if (result < 0) {
            throw new LinuxException("prctl " + what, (int) -result);
        }
    }
}
