package dev.outpost.executor.sandbox;

/** What a policy entry grants (spec F30, F46). */
public enum Access {
    /** Reading. */
    READ,
    /** Reading and writing. */
    WRITE,
    /** Nothing: {@code none} in 0.131, {@code deny} in newer dialects. */
    NONE,
}
