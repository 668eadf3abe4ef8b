package dev.outpost.executor;

/** What went wrong, coarse enough that a caller can act on it. Each kind has exactly one JSON-RPC code (spec W63–W67). */
public enum FailureKind {
    /** The named file does not exist (ENOENT); JSON-RPC -32004. */
    NOT_FOUND,
    /** The request is well formed but can't be done as asked, or is not permitted; JSON-RPC -32600. */
    REJECTED,
    /** A parameter is not acceptable whatever the state; JSON-RPC -32602. */
    INVALID_ARGUMENT,
    /** The operating system, or something else below, failed; JSON-RPC -32603. */
    FAILED,
    /**
     * The executor can't be reached, or its answer did not come in time: whether the operation took effect is unknown.
     * JSON-RPC -32603.
     */
    UNAVAILABLE,
}
