package dev.outpost.executor.process;

/** What became of bytes for a process's stdin (spec P39–P45). */
public enum WriteStatus {
    /** Queued for the process, in order; not necessarily read by it. */
    ACCEPTED,
    /** The process has no writable stdin: neither a PTY nor a piped stdin. */
    STDIN_CLOSED,
}
