package dev.outpost.linux.seccomp;

import java.util.EnumSet;
import java.util.Set;

/** System calls that filters name, with their numbers on x86-64 and AArch64; -1 where there is no such call. */
enum SystemCall {
    IOCTL(16, 29),
    SOCKET(41, 198),
    CONNECT(42, 203),
    ACCEPT(43, 202),
    SENDTO(44, 206),
    BIND(49, 200),
    LISTEN(50, 201),
    SOCKETPAIR(53, 199),
    CHMOD(90, -1),
    FCHMOD(91, 52),
    CHOWN(92, -1),
    FCHOWN(93, 55),
    LCHOWN(94, -1),
    PTRACE(101, 117),
    UTIME(132, -1),
    SETXATTR(188, 5),
    LSETXATTR(189, 6),
    FSETXATTR(190, 7),
    REMOVEXATTR(197, 14),
    LREMOVEXATTR(198, 15),
    FREMOVEXATTR(199, 16),
    UTIMES(235, -1),
    ADD_KEY(248, 217),
    REQUEST_KEY(249, 218),
    KEYCTL(250, 219),
    FCHOWNAT(260, 54),
    FUTIMESAT(261, -1),
    FCHMODAT(268, 53),
    UTIMENSAT(280, 88),
    ACCEPT4(288, 242),
    PERF_EVENT_OPEN(298, 241),
    OPEN_BY_HANDLE_AT(304, 265),
    PROCESS_VM_READV(310, 270),
    PROCESS_VM_WRITEV(311, 271),
    BPF(321, 280),
    USERFAULTFD(323, 282),
    IO_URING_SETUP(425, 425),
    IO_URING_ENTER(426, 426),
    IO_URING_REGISTER(427, 427),
    PIDFD_GETFD(438, 438),
    FCHMODAT2(452, 452),
    SETXATTRAT(463, 463),
    REMOVEXATTRAT(466, 466),
    FILE_SETATTR(469, 469);

    /** Ways round a filter or the rules for files, the keys of a user, and what was mostly a way into the kernel. */
    static final Set<SystemCall> NEVER_NEEDED = EnumSet.of(
            IO_URING_SETUP,
            IO_URING_ENTER,
            IO_URING_REGISTER,
            OPEN_BY_HANDLE_AT,
            ADD_KEY,
            REQUEST_KEY,
            KEYCTL,
            PERF_EVENT_OPEN,
            BPF,
            USERFAULTFD);

    /** Reaching a peer, or being reached by one, and reaching into processes that might. */
    static final Set<SystemCall> REACHING_OUT = EnumSet.of(
            CONNECT, BIND, LISTEN, ACCEPT, ACCEPT4, PTRACE, PROCESS_VM_READV, PROCESS_VM_WRITEV, PIDFD_GETFD);

    /** Changing what a file has beside its content. */
    static final Set<SystemCall> FILE_ATTRIBUTES = EnumSet.of(
            CHMOD,
            FCHMOD,
            FCHMODAT,
            FCHMODAT2,
            CHOWN,
            FCHOWN,
            LCHOWN,
            FCHOWNAT,
            UTIME,
            UTIMES,
            FUTIMESAT,
            UTIMENSAT,
            SETXATTR,
            LSETXATTR,
            FSETXATTR,
            SETXATTRAT,
            REMOVEXATTR,
            LREMOVEXATTR,
            FREMOVEXATTR,
            REMOVEXATTRAT,
            FILE_SETATTR);

    private final int x8664;
    private final int aarch64;

    SystemCall(int x8664, int aarch64) {
        this.x8664 = x8664;
        this.aarch64 = aarch64;
    }

    /** Its number, or -1. */
    int number(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> x8664;
            case AARCH64 -> aarch64;
        };
    }
}
