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

    private static final @Nullable String[] TEXTS = new String[132];

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
        TEXTS[42] = "No message of desired type";
        TEXTS[43] = "Identifier removed";
        TEXTS[60] = "Device not a stream";
        TEXTS[61] = "No data available";
        TEXTS[62] = "Device timeout";
        TEXTS[63] = "Out of streams resources";
        TEXTS[67] = "Link has been severed";
        TEXTS[71] = "Protocol error";
        TEXTS[72] = "Multihop attempted";
        TEXTS[74] = "Bad message";
        TEXTS[EOVERFLOW] = "Value too large for data type";
        TEXTS[77] = "File descriptor in bad state";
        TEXTS[84] = "Illegal byte sequence";
        TEXTS[88] = "Not a socket";
        TEXTS[89] = "Destination address required";
        TEXTS[90] = "Message too large";
        TEXTS[91] = "Protocol wrong type for socket";
        TEXTS[92] = "Protocol not available";
        TEXTS[93] = "Protocol not supported";
        TEXTS[94] = "Socket type not supported";
        TEXTS[EOPNOTSUPP] = "Not supported";
        TEXTS[96] = "Protocol family not supported";
        TEXTS[97] = "Address family not supported by protocol";
        TEXTS[98] = "Address in use";
        TEXTS[99] = "Address not available";
        TEXTS[100] = "Network is down";
        TEXTS[101] = "Network unreachable";
        TEXTS[102] = "Connection reset by network";
        TEXTS[103] = "Connection aborted";
        TEXTS[104] = "Connection reset by peer";
        TEXTS[105] = "No buffer space available";
        TEXTS[106] = "Socket is connected";
        TEXTS[107] = "Socket not connected";
        TEXTS[108] = "Cannot send after socket shutdown";
        TEXTS[ETIMEDOUT] = "Operation timed out";
        TEXTS[111] = "Connection refused";
        TEXTS[112] = "Host is down";
        TEXTS[113] = "Host is unreachable";
        TEXTS[114] = "Operation already in progress";
        TEXTS[115] = "Operation in progress";
        TEXTS[ESTALE] = "Stale file handle";
        TEXTS[117] = "Data consistency error";
        TEXTS[119] = "Resource not available";
        TEXTS[121] = "Remote I/O error";
        TEXTS[EDQUOT] = "Quota exceeded";
        TEXTS[123] = "No medium found";
        TEXTS[124] = "Wrong medium type";
        TEXTS[125] = "Operation canceled";
        TEXTS[126] = "Required key not available";
        TEXTS[127] = "Key has expired";
        TEXTS[128] = "Key has been revoked";
        TEXTS[129] = "Key was rejected by service";
        TEXTS[130] = "Previous owner died";
        TEXTS[131] = "State not recoverable";
    }

    private Errno() {}

    /** {@code No such file or directory (os error 2)} and the like. */
    public static String describe(int errno) {
        String text = errno >= 0 && errno < TEXTS.length ? TEXTS[errno] : null;
        return (text == null ? "No error information" : text) + " (os error " + errno + ")";
    }
}
