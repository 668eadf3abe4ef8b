package dev.outpost.linux.file;

import dev.outpost.linux.Errno;
import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The call {@code openat2}, which can be told how to resolve a path. Linked when first needed: that takes long. */
final class OpenHow {
    /** Fails with EAGAIN rather than wait; since Linux 5.12. */
    static final long RESOLVE_CACHED = 0x20;

    /** Fails with ELOOP if any component is a symbolic link. */
    static final long RESOLVE_NO_SYMLINKS = 0x04;

    /** glibc has a function for it from 2.43 on only; the number is the same on all architectures. */
    private static final int SYS_OPENAT2 = 437;

    private static final int AT_FDCWD = -100;
    private static final int O_CLOEXEC = 0x80000;

    /** {@code struct open_how}: flags, mode, resolve. */
    private static final long SIZE = 24;

    private static final Libc.Function SYSCALL = Libc.function("syscall");

    private OpenHow() {}

    /**
     * Opens an absolute path only to refer to what is there; the caller owns the descriptor.
     *
     * @param flags besides {@code O_PATH}, with which this call accepts only few
     */
    static int open(byte[] path, int flags, long resolve) throws LinuxException {
        Scratch scratch = Scratch.get();
        MemorySegment how = scratch.data;
        how.set(ValueLayout.JAVA_LONG, 0, flags | OpenFlags.PATH_ONLY | O_CLOEXEC);
        how.set(ValueLayout.JAVA_LONG, 8, 0);
        how.set(ValueLayout.JAVA_LONG, 16, resolve);
        long fd = Descriptor.callOrErrno(SYSCALL, SYS_OPENAT2, AT_FDCWD, scratch.path(path), how.address(), SIZE);
        if (fd < 0) {
            throw new LinuxException("openat2", (int) -fd);
        }
        return (int) fd;
    }

    /** Whether this is what a system call that is unknown, one with an unknown flag and a forbidden one return. */
    static boolean isUnsupported(LinuxException e) {
        return e.errno() == Errno.ENOSYS || e.errno() == Errno.EINVAL || e.errno() == Errno.EPERM;
    }
}
