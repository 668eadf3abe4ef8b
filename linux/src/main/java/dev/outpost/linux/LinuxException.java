package dev.outpost.linux;

import java.io.IOException;

/** A system call failed. The message names the call for the log; {@link #describe} is the text for callers. */
public final class LinuxException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /** A failure of {@code call} with this error number. */
    public LinuxException(String call, int errno) {
        super(call + ": " + Errno.describe(errno));
        this.errno = errno;
    }

    /** One of the constants of {@link Errno}. */
    public int errno() {
        return errno;
    }

    /** The text for callers, without the name of the call (spec F8). */
    public String describe() {
        return Errno.describe(errno);
    }
}
