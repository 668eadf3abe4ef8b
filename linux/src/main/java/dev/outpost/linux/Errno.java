package dev.outpost.linux;

import org.jspecify.annotations.Nullable;

/** Error numbers of Linux and their texts, which are musl's wording, as clients know them (spec F8). */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int E2BIG = 7;
    public static final int ENOEXEC = 8;
    public static final int EBADF = 9;
    public static final int ECHILD = 10;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int EXDEV = 18;
    public static final int ENODEV = 19;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ENOTTY = 25;
    public static final int ETXTBSY = 26;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int ESPIPE = 29;
    public static final int EROFS = 30;
    public static final int EMLINK = 31;
    public static final int EPIPE = 32;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ENOTEMPTY = 39;
    public static final int ELOOP = 40;
    public static final int EOVERFLOW = 75;
    public static final int EOPNOTSUPP = 95;
    public static final int ETIMEDOUT = 110;
    public static final int ESTALE = 116;
    public static final int EDQUOT = 122;

    private static final @Nullable String[] TEXTS = new String[134];

    static {
        TEXTS[EPERM] = "Operation not permitted";
        TEXTS[ENOENT] = "No such file or directory";
        TEXTS[ESRCH] = "No such process";
        TEXTS[EINTR] = "Interrupted system call";
        TEXTS[EIO] = "I/O error";
        TEXTS[ENXIO] = "No such device or address";
        TEXTS[E2BIG] = "Argument list too long";
        TEXTS[ENOEXEC] = "Exec format error";
        TEXTS[EBADF] = "Bad file descriptor";
        TEXTS[ECHILD] = "No child process";
        TEXTS[EAGAIN] = "Resource temporarily unavailable";
        TEXTS[ENOMEM] = "Out of memory";
        TEXTS[EACCES] = "Permission denied";
        TEXTS[EFAULT] = "Bad address";
        TEXTS[15] = "Block device required";
        TEXTS[EBUSY] = "Resource busy";
        TEXTS[EEXIST] = "File exists";
        TEXTS[EXDEV] = "Cross-device link";
        TEXTS[ENODEV] = "No such device";
        TEXTS[ENOTDIR] = "Not a directory";
        TEXTS[EISDIR] = "Is a directory";
        TEXTS[EINVAL] = "Invalid argument";
        TEXTS[ENFILE] = "Too many open files in system";
        TEXTS[EMFILE] = "No file descriptors available";
        TEXTS[ENOTTY] = "Not a tty";
        TEXTS[ETXTBSY] = "Text file busy";
        TEXTS[EFBIG] = "File too large";
        TEXTS[ENOSPC] = "No space left on device";
        TEXTS[ESPIPE] = "Invalid seek";
        TEXTS[EROFS] = "Read-only file system";
        TEXTS[EMLINK] = "Too many links";
        TEXTS[EPIPE] = "Broken pipe";
        TEXTS[33] = "Domain error";
        TEXTS[34] = "Result not representable";
        TEXTS[35] = "Resource deadlock would occur";
        TEXTS[ENAMETOOLONG] = "Filename too long";
        TEXTS[37] = "No locks available";
        TEXTS[ENOSYS] = "Function not implemented";
        TEXTS[ENOTEMPTY] = "Directory not empty";
        TEXTS[ELOOP] = "Symbolic link loop";
        TEXTS[61] = "No data available";
        TEXTS[EOVERFLOW] = "Value too large for data type";
        TEXTS[EOPNOTSUPP] = "Not supported";
        TEXTS[ETIMEDOUT] = "Operation timed out";
        TEXTS[111] = "Connection refused";
        TEXTS[113] = "Host is unreachable";
        TEXTS[ESTALE] = "Stale file handle";
        TEXTS[121] = "Remote I/O error";
        TEXTS[EDQUOT] = "Quota exceeded";
    }

    private Errno() {}

    /** {@code No such file or directory (os error 2)} and the like. */
    public static String describe(int errno) {
        String text = errno >= 0 && errno < TEXTS.length ? TEXTS[errno] : null;
        return (text == null ? "No error information" : text) + " (os error " + errno + ")";
    }
}
