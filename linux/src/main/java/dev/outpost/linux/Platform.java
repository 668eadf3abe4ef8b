package dev.outpost.linux;

import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Whether Outpost can run here. Safe from any thread. */
public final class Platform {
    /** Every function that this module looks up, so that what is missing is known before anything is started. */
    private static final List<String> FUNCTIONS = List.of(
            "access",
            "close",
            "capset",
            "cfmakeraw",
            "clock_gettime",
            "copy_file_range",
            "epoll_create1",
            "epoll_ctl",
            "epoll_wait",
            "eventfd",
            "fchmod",
            "fcntl",
            "flock",
            "fstatfs",
            "ftruncate",
            "getdents64",
            "getsid",
            "grantpt",
            "ioctl",
            "kill",
            "lseek",
            "madvise",
            "memfd_create",
            "mkdirat",
            "mmap",
            "munmap",
            "open",
            "openat",
            "pipe2",
            "poll",
            "posix_spawn",
            "posix_spawn_file_actions_addchdir_np",
            "posix_spawn_file_actions_addclosefrom_np",
            "posix_spawn_file_actions_adddup2",
            "posix_spawn_file_actions_addopen",
            "posix_spawn_file_actions_destroy",
            "posix_spawn_file_actions_init",
            "posix_spawnattr_init",
            "posix_spawnattr_setflags",
            "posix_spawnattr_setsigdefault",
            "posix_spawnattr_setsigmask",
            "prctl",
            "prlimit64",
            "ptsname_r",
            "read",
            "readlinkat",
            "stat",
            "statx",
            "symlinkat",
            "syscall",
            "tcgetattr",
            "tcsetattr",
            "unlinkat",
            "unlockpt",
            "waitid",
            "write");

    private static final int SYS_PIDFD_OPEN = 434;
    private static final int P_PIDFD = 3;
    private static final int WEXITED = 4;

    private Platform() {}

    /**
     * Returns if this is Linux on x86-64 or AArch64 with the C library and the kernel that Outpost needs. Costs as much
     * as {@link #warmUp}, of which it leaves little to do.
     *
     * @throws UnsupportedOperationException with one clear sentence if it is not
     */
    public static void requireSupported() {
        String problem =
                problem(System.getProperty("os.name"), System.getProperty("os.arch"), Libc::has, Platform::probePidFd);
        if (problem != null) {
            throw new UnsupportedOperationException(problem);
        }
    }

    /**
     * Makes a first call, which takes about 0.1 s that would else be the first process's: all functions share what it
     * sets up. For a background thread at start; calling it is never necessary.
     */
    public static void warmUp() {
        var _ = ResourceLimits.soft(0, ResourceLimits.RLIMIT_RTTIME);
    }

    static List<String> functions() {
        return FUNCTIONS;
    }

    /** Null if all is well. */
    static @Nullable String problem(
            String system, String architecture, Predicate<String> hasFunction, IntSupplier probePidFd) {
        if (!system.equals("Linux")) {
            return "Outpost runs processes on Linux only, and this is " + system + ".";
        }
        if (!architecture.equals("amd64") && !architecture.equals("aarch64")) {
            return "Outpost needs an x86-64 or AArch64 processor, and this Java runs on " + architecture + ".";
        }
        List<String> missing = FUNCTIONS.stream().filter(hasFunction.negate()).toList();
        if (!missing.isEmpty()) {
            return "Outpost needs glibc 2.34 or newer, and this C library has no " + String.join(", ", missing) + ".";
        }
        int error = probePidFd.getAsInt();
        if (error != 0) {
            return "Outpost needs process descriptors, which Linux has from 5.4 on and a container's filter of system"
                    + " calls may forbid: " + Errno.describe(error) + ".";
        }
        return null;
    }

    /** Opens a descriptor of this process and waits for it, which has to fail as it is no child of its own. */
    private static int probePidFd() {
        Libc.Function syscall = Libc.function("syscall");
        long fd = syscall.callOrErrno(SYS_PIDFD_OPEN, ProcessHandle.current().pid(), 0);
        if (fd < 0) {
            return (int) -fd;
        }
        try (FileDescriptor _ = FileDescriptor.of((int) fd)) {
            int error = (int) -Libc.function("waitid").callOrErrno(P_PIDFD, fd, 0, WEXITED);
            return error == Errno.ECHILD ? 0 : error;
        }
    }
}
