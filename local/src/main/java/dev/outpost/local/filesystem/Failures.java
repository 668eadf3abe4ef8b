package dev.outpost.local.filesystem;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;

/** How this package fails (spec F4–F8). */
final class Failures {
    private Failures() {}

    /** What a caller is told of a system call that failed. */
    static ExecutorException of(LinuxException e) {
        FailureKind kind = switch (e.errno()) {
            case Errno.ENOENT -> FailureKind.NOT_FOUND;
            case Errno.EACCES, Errno.EPERM -> FailureKind.REJECTED;
            default -> FailureKind.FAILED;
        };
        return new ExecutorException(kind, e.describe(), e);
    }

    /** What the rules forbid. */
    static ExecutorException rejected(String message) {
        return new ExecutorException(FailureKind.REJECTED, message);
    }

    /** What does not work here or now. */
    static ExecutorException failed(String message) {
        return new ExecutorException(FailureKind.FAILED, message);
    }

    /** Ends an operation whose thread was interrupted; the thread stays marked as interrupted. */
    static void checkInterrupted() throws ExecutorException {
        if (Thread.currentThread().isInterrupted()) {
            throw failed("the file operation was interrupted before it was complete");
        }
    }
}
