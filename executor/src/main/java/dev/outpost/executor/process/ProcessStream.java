package dev.outpost.executor.process;

/** Where output came from (spec P16, P17). */
public enum ProcessStream {
    /** Standard output of a process with pipes. */
    STDOUT,
    /** Standard error of a process with pipes. */
    STDERR,
    /** The terminal of a process with a PTY. */
    PTY,
}
