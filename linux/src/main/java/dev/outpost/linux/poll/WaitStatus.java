package dev.outpost.linux.poll;

/** How a child process ended. */
public sealed interface WaitStatus {
    /** It exited by itself, with a code of 0 to 255. */
    record Exited(int code) implements WaitStatus {}

    /** A signal ended it, with or without a core dump. */
    record Signaled(int signal) implements WaitStatus {}
}
