package dev.outpost.executor.process;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The events of a process for a thread that waits for them. The next one is asked for only when the last one was taken:
 * a reader who is slow makes the process wait, and nothing piles up. {@link #next} is for one thread, {@link #close} safe
 * from any.
 */
public final class AwaitedEvents implements AutoCloseable {
    private final Semaphore available = new Semaphore(0);
    private final ProcessEvents events;
    private volatile boolean ended;

    private AwaitedEvents(ExecProcess process, long afterSeq) {
        events = process.subscribe(afterSeq, available::release);
    }

    /**
     * A new place in the events, before the first one with a higher number; doesn't block.
     *
     * @param afterSeq 0 for all that is retained
     */
    public static AwaitedEvents of(ExecProcess process, long afterSeq) {
        return new AwaitedEvents(process, afterSeq);
    }

    /**
     * The next event; blocks until there is one.
     *
     * @return null after the last one ({@link ProcessEvent.Closed} or {@link ProcessEvent.Failed}), or when this is closed
     * @throws InterruptedException if the thread is interrupted; no event is lost by that
     */
    public @Nullable ProcessEvent next() throws InterruptedException {
        while (!ended) {
            ProcessEvent event = events.poll();
            if (event == null) {
                available.acquire();
                continue;
            }
            // Not a switch: those over types are linked at run time, for some ms of every start.
            if (event instanceof ProcessEvent.Closed || event instanceof ProcessEvent.Failed) {
                ended = true;
            }
            return event;
        }
        return null;
    }

    /** Ends the subscription, and a wait in {@link #next}; the process goes on. Idempotent. */
    @Override
    public void close() {
        ended = true;
        events.close();
        available.release();
    }
}
