package dev.outpost.executor.process;

/** Signals that a caller may send without ending the process for certain (spec N55). */
public enum ProcessSignal {
    /** SIGINT to the process group. */
    INTERRUPT,
}
