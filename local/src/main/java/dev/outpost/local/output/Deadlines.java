package dev.outpost.local.output;

/** Runs things later. */
public interface Deadlines {
    /**
     * Runs {@code action} once on a thread that must not be blocked, after this many milliseconds unless cancelled.
     *
     * @param delayMillis at least 0; values beyond some centuries mean never
     */
    Deadline after(long delayMillis, Runnable action);

    /** Something that will run. */
    interface Deadline {
        /** Prevents it, unless it has begun; idempotent, from any thread. */
        void cancel();
    }
}
