package dev.outpost.executor.process;

import org.jspecify.annotations.Nullable;

/**
 * One subscriber's place in a process's events. Pulled, so that a subscriber that doesn't ask holds the process back
 * instead of filling a queue (spec N14i). {@link #poll} is for one thread at a time; {@link #close} for any.
 */
public interface ProcessEvents extends AutoCloseable {
    /**
     * The next event, which thereby counts as taken and may be evicted later; null if there is none yet, and then the
     * {@code onAvailable} callback given to {@link ExecProcess#subscribe} will run once when there is. Never blocks.
     */
    @Nullable ProcessEvent poll();

    /** Ends the subscription; idempotent. Afterwards {@link #poll} returns null and no callback starts. */
    @Override
    void close();
}
