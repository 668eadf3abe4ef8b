package dev.outpost.transport;

import dev.outpost.executor.LazyLogger;
import dev.outpost.protocol.json.JsonOutput;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written on one connection, and in which order: the messages that were sent, and in fair turn with
 * them those that the handler gives when asked. Part of every {@link Connection}.
 *
 * <p>A pulled message goes behind everything that was sent before it was pulled. So neither kind starves the other, and
 * what a handler makes available after having sent an answer never overtakes that answer (spec W50).
 *
 * <p>Any thread may send; one thread at a time, the writer, takes. The queue has no bound of its own: {@link #size} lets
 * the connection stop reading requests instead. Each accepted message is closed exactly once.
 */
public final class Outbox {
    private static final System.Logger LOG = LazyLogger.of(Outbox.class);

    /** Marks the end: what was sent before it is still written. */
    private static final OutgoingMessage LAST = out -> true;
    /** The arrivals of a closed outbox. */
    private static final Arrival CLOSED = new Arrival(LAST, null);

    private final ConnectionHandler handler;
    private final Runnable wake;

    /** Newest first; emptied by the writer as a whole, which needs no lock. */
    private final AtomicReference<@Nullable Arrival> arrivals = new AtomicReference<>();

    private final AtomicInteger size = new AtomicInteger();
    private final AtomicBoolean signalled = new AtomicBoolean();
    private volatile boolean pullRequested;
    private volatile boolean finishing;

    // The writer's own.
    private final ArrayDeque<OutgoingMessage> ready = new ArrayDeque<>();
    private @Nullable OutgoingMessage unfinished;
    private boolean pulling;
    private boolean finished;

    private static final class Arrival {
        final OutgoingMessage message;
        final @Nullable Arrival previous;

        Arrival(OutgoingMessage message, @Nullable Arrival previous) {
            this.message = message;
            this.previous = previous;
        }
    }

    /**
     * @param handler whom to pull from
     * @param wake makes the writer take a turn, soon and on its own thread; called once per turn, from any thread, also
     *     after the end
     */
    public Outbox(ConnectionHandler handler, Runnable wake) {
        this.handler = handler;
        this.wake = wake;
    }

    /** Queues a message; closes and drops it after the end. Any thread. */
    public void send(OutgoingMessage message) {
        size.incrementAndGet();
        if (arrive(message)) {
            signal();
        } else {
            size.decrementAndGet();
            close(message);
        }
    }

    /** Makes the writer pull until nothing comes. Any thread. */
    public void requestPull() {
        pullRequested = true;
        signal();
    }

    /** After what was sent so far, nothing more is written. Any thread. */
    public void finish() {
        if (!finishing && arrive(LAST)) {
            finishing = true;
            signal();
        }
    }

    /** Whether {@link #finish} was called. Any thread. */
    public boolean finishing() {
        return finishing;
    }

    /** Asks for a turn of the writer, unless one is asked for already. Any thread. */
    public void signal() {
        if (!signalled.get() && signalled.compareAndSet(false, true)) {
            wake.run();
        }
    }

    /** Whether a turn was asked for that has not begun. Any thread. */
    public boolean signalled() {
        return signalled.get();
    }

    /** How many messages were sent and are not written yet. Any thread. */
    public int size() {
        return size.get();
    }

    /** To be called by the writer before it takes: signals from now on ask for another turn. */
    public void beginTurn() {
        signalled.set(false);
    }

    /**
     * Appends the next part of the message under way, or the first part of the next one. Writer only. What the handler or
     * the message throws comes through; the outbox must then be closed, because a message may be half written.
     *
     * @return false if there is nothing to write now
     */
    public boolean writePart(JsonOutput out) {
        OutgoingMessage message = unfinished;
        if (message == null) {
            message = next();
            if (message == null) {
                return false;
            }
            unfinished = message;
        }
        if (message.writeTo(out)) {
            unfinished = null;
            close(message);
        }
        return true;
    }

    /** Whether the last part written was not the last of its message. Writer only. */
    public boolean insideMessage() {
        return unfinished != null;
    }

    /** Whether all that was to be written before {@link #finish} was taken. Writer only. */
    public boolean finished() {
        return finished;
    }

    /** Drops everything, now and from now on. Writer only. Idempotent. */
    public void close() {
        takeArrivals(CLOSED);
        if (unfinished != null) {
            close(unfinished);
            unfinished = null;
        }
        for (OutgoingMessage message = ready.poll(); message != null; message = ready.poll()) {
            close(message);
        }
    }

    private boolean arrive(OutgoingMessage message) {
        while (true) {
            Arrival newest = arrivals.get();
            if (newest == CLOSED) {
                return false;
            }
            if (arrivals.compareAndSet(newest, new Arrival(message, newest))) {
                return true;
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // the marker is that very object
    private @Nullable OutgoingMessage next() {
        if (finished) {
            return null;
        }
        if (ready.isEmpty()) {
            OutgoingMessage pulled = finishing ? null : pull();
            takeArrivals(null);
            if (pulled != null) {
                size.incrementAndGet();
                ready.add(pulled);
            }
        }
        OutgoingMessage message = ready.poll();
        if (message == LAST) {
            finished = true;
            return null;
        }
        if (message != null) {
            size.decrementAndGet();
        }
        return message;
    }

    private @Nullable OutgoingMessage pull() {
        if (pullRequested) {
            pullRequested = false;
            pulling = true;
        }
        if (!pulling) {
            return null;
        }
        OutgoingMessage pulled = handler.pull();
        pulling = pulled != null;
        return pulled;
    }

    private void takeArrivals(@Nullable Arrival replacement) {
        if (arrivals.get() == replacement) {
            return;
        }
        // The newest comes first, so each goes before the one that came later. Nothing else is ready, or all is
        // dropped.
        for (Arrival arrival = arrivals.getAndSet(replacement); arrival != null; arrival = arrival.previous) {
            ready.addFirst(arrival.message);
        }
    }

    private static void close(OutgoingMessage message) {
        try {
            message.close();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "closing an outgoing message failed", e);
        }
    }
}
