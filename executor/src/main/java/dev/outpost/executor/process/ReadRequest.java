package dev.outpost.executor.process;

/**
 * What to read of the retained output (spec W90, P23).
 *
 * @param afterSeq only events with a higher number; 0 for all. Output up to it counts as taken, as the caller shows to
 *     have it; what the read returns does not before the next one
 * @param maxBytes stop before a chunk that would exceed this many bytes, but return at least one; {@link
 *     Long#MAX_VALUE} for no limit
 * @param waitMillis how long to wait for something to return, in milliseconds; 0 for not at all
 */
public record ReadRequest(long afterSeq, long maxBytes, long waitMillis) {
    /** Refuses negative numbers. */
    public ReadRequest {
        if (afterSeq < 0 || maxBytes < 0 || waitMillis < 0) {
            throw new IllegalArgumentException("negative: " + afterSeq + ", " + maxBytes + ", " + waitMillis);
        }
    }
}
