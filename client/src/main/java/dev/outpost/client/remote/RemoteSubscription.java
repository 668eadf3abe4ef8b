package dev.outpost.client.remote;

import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvent.Exited;
import dev.outpost.executor.process.ProcessEvent.Gap;
import dev.outpost.executor.process.ProcessEvent.Output;
import dev.outpost.executor.process.ProcessEvents;
import java.util.ArrayDeque;
import java.util.List;
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

    /**
     * What a read brought of what comes behind the position. Numbers without output are gaps, but for the exit.
     *
     * @param evictedThrough number of the last event that the log has no more
     */
    void refill(List<Output> chunks, long evictedThrough, @Nullable Exited exited) {
        refilling = false;
        long at = position;
        for (Output chunk : chunks) {
            if (chunk.seq() > evictedThrough) {
                break; // The log has it.
            }
            if (chunk.seq() > at) {
                fill(at + 1, chunk.seq() - 1, exited);
                refill.add(chunk);
                at = chunk.seq();
            }
        }
        if (at == position) {
            // What the log had lost when the server was asked, the server has no more.
            fill(at + 1, chunks.isEmpty() ? refillThrough : evictedThrough, exited);
        }
    }

    private void fill(long first, long last, @Nullable Exited exited) {
        long from = first;
        if (exited != null && exited.seq() >= first && exited.seq() <= last) {
            addGap(from, exited.seq() - 1);
            refill.add(exited);
            from = exited.seq() + 1;
        }
        addGap(from, last);
    }

    private void addGap(long first, long last) {
        if (first <= last) {
            refill.add(new Gap(first, last));
        }
    }

    void available() {
        if (open) {
            onAvailable.run();
        }
    }
}
