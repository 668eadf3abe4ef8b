package dev.outpost.local.output;

import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvents;
import org.jspecify.annotations.Nullable;

/** One subscriber's place in an {@link OutputLog}. */
final class Subscription implements ProcessEvents {
    private final OutputLog log;
    private final Runnable onAvailable;
    private volatile boolean open = true;

    /** Number of the last event that was handed out; guarded by the log's lock. */
    long position;

    /** Whether the callback is due with the next event; guarded by the log's lock. */
    boolean armed;

    Subscription(OutputLog log, long afterSeq, Runnable onAvailable) {
        this.log = log;
        this.position = afterSeq;
        this.onAvailable = onAvailable;
    }

    @Override
    public @Nullable ProcessEvent poll() {
        return log.poll(this);
    }

    @Override
    public void close() {
        open = false;
        log.unsubscribe(this);
    }

    /** Runs the callback, unless the subscription was closed since that was decided. */
    void available() {
        if (open) {
            onAvailable.run();
        }
    }
}
