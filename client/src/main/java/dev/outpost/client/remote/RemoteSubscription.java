package dev.outpost.client.remote;

import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvents;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One subscriber's place in a {@link RemoteEventLog}, whose lock guards the fields. */
final class RemoteSubscription implements ProcessEvents {
    private final RemoteEventLog log;
    private final Runnable onAvailable;
    private volatile boolean open = true;

    /** What a read brought of the events that the log no longer has. */
    final ArrayDeque<ProcessEvent> refill = new ArrayDeque<>();

    long position;
    /** Whether the callback is due as soon as there is something. */
    boolean armed;
    /** Whether a read is under way. */
    boolean refilling;
    /** Number of the last event that the log no longer had when that read was made. */
    long refillThrough;

    RemoteSubscription(RemoteEventLog log, long afterSeq, Runnable onAvailable) {
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

    void available() {
        if (open) {
            onAvailable.run();
        }
    }
}
