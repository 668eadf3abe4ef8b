package dev.outpost.executor;

/** What an executor may be able to do beyond Codex's protocol; one that doesn't say so can't. */
public enum Extension {
    /** {@code process/resize}: the size of a process's terminal can change. */
    PROCESS_RESIZE,
    /** {@code process/closeStdin}: a process's stdin can be brought to its end. */
    PROCESS_CLOSE_STDIN,
    /** {@code process/start} takes the size that the terminal begins with. */
    TERMINAL_SIZE,
}
