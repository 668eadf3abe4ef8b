package dev.outpost.local.process;

/**
 * Bounds of what is queued for one process's stdin; each at least 1 (spec P43).
 *
 * @param entries writes that are queued; further ones wait
 * @param bytes of queued writes; further ones wait, but one write is queued whatever its size
 * @param waitingWrites writes that wait for the queue; more are refused
 * @param waitingBytes of waiting writes; more are refused, but one write may wait whatever its size
 */
public record StdinLimits(int entries, long bytes, int waitingWrites, long waitingBytes) {
    /** Checks the ranges. */
    public StdinLimits {
        if (entries < 1 || bytes < 1 || waitingWrites < 1 || waitingBytes < 1) {
            throw new IllegalArgumentException("limits must be at least 1: " + entries + ", " + bytes + ", "
                    + waitingWrites + ", " + waitingBytes);
        }
    }
}
