package dev.outpost.client.remote;

import dev.outpost.client.ClientOptions;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvent.Closed;
import dev.outpost.executor.process.ProcessEvent.Exited;
import dev.outpost.executor.process.ProcessEvent.Failed;
import dev.outpost.executor.process.ProcessEvent.Gap;
import dev.outpost.executor.process.ProcessEvent.Output;
import dev.outpost.executor.process.ProcessEvents;
import dev.outpost.executor.process.ReadResult;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The events of one process as they come from its server: in order, once each, with a history for subscribers to come
 * (spec C53–C58).
 *
 * <p><b>What is kept.</b> The history's newest events, up to its bounds; beyond them what nobody has taken yet, or what
 * one of several subscribers has not, up to the buffer. An Outpost server never sends more than fits there: it gets credit
 * for what was taken, and without credit it holds the process back. Other servers go on. Then a subscriber who is further
 * behind than the buffer gets the rest by reads, and a gap where the server has it no more.
 *
 * <p>Safe from any thread. Never runs anyone's code with its lock held.
 */
final class RemoteEventLog {
    private static final int MAX_SUBSCRIPTIONS = 64;

    private final ClientOptions options;
    private final Source source;

    private final Object lock = new Object();
    // Everything below is guarded by the lock.
    private final EventOrder order;
    private final EventHistory history;
    private final Set<RemoteSubscription> subscriptions = new LinkedHashSet<>();
    private final Waiters waiters = new Waiters();
    private long lastSeq;
    private @Nullable Exited exited;
    private @Nullable Closed closed;
    private @Nullable Failed failed;
    /** The highest number that any subscription or read has handed out. */
    private long taken;
    /** Bytes of output that were handed out and for which the server was given no credit yet. */
    private long owed;

    private boolean closeTold;
    private boolean discarded;
    private @Nullable Runnable whenRoom;

    /** Where the events come from. Called without a lock. */
    interface Source {
        /** Events are missing that only a read can bring: it has to end in {@link RemoteEventLog#resolve}. */
        void catchUp();

        /** A subscriber is behind: what comes after its position has to be given to {@link RemoteEventLog#refill}. */
        void refill(RemoteSubscription subscription, long afterSeq);

        /** So many bytes were handed out, and as many more can be taken. */
        void credit(long bytes);

        /** The close was published. */
        void closed();
    }

    RemoteEventLog(ClientOptions options, Source source) {
        this.options = options;
        this.source = source;
        order = new EventOrder(options.bufferBytes(), this::publish);
        history = new EventHistory(options);
    }

    /** Begins behind an event of a process that was there before. */
    void startAfter(long seq) {
        synchronized (lock) {
            order.startAfter(seq);
            history.startAfter(seq);
            lastSeq = seq;
        }
    }

    /** An event was notified, in whatever order. */
    void notified(ProcessEvent event) {
        add(event, true);
    }

    private void add(ProcessEvent event, boolean notified) {
        Wakeups wakeups = new Wakeups();
        synchronized (lock) {
            if (isOver()) {
                return;
            }
            lastSeq = Math.max(lastSeq, event.seq());
            if (notified && event.seq() <= order.published()) {
                owe(event); // A read had brought it before; the server counts notifications.
            }
            boolean kept = order.add(event, !notified);
            // A close that has to wait for others is the last that comes: if they were lost, nothing else would tell.
            if (!kept || (event instanceof Closed && closed == null)) {
                wakeups.add(source::catchUp);
            }
            collect(wakeups);
        }
        wakeups.run();
    }

    /** A read has returned output, which may have been notified already or will be. */
    void addAll(List<Output> chunks) {
        chunks.forEach(chunk -> add(chunk, false));
    }

    /** A caller has read up to this number. */
    void taken(long seq) {
        Wakeups wakeups = new Wakeups();
        synchronized (lock) {
            take(seq);
            collectCredit(wakeups);
        }
        wakeups.run();
    }

    /** How many bytes of output the server may be ahead of those who take it. */
    long window() {
        return options.bufferBytes() / 2;
    }

    /**
     * Runs it once, now or when enough was taken that more can be read: a server takes what was read for delivered and
     * lets the process go on. Replaces what was to be run before.
     */
    void whenRoom(Runnable action) {
        synchronized (lock) {
            if (history.cost() > window() && !isOver()) {
                whenRoom = action;
                return;
            }
        }
        action.run();
    }

    /** A read has returned what there was behind the last event in order, or some of it: see {@link EventOrder#resolve}. */
    void resolve(ReadResult read) {
        addAll(read.chunks());
        Wakeups wakeups = new Wakeups();
        synchronized (lock) {
            if (isOver()) {
                return;
            }
            lastSeq = Math.max(lastSeq, read.counter() - 1);
            order.resolve(read);
            collect(wakeups);
        }
        wakeups.run();
    }

    /** Nothing more will come (spec C58). */
    void fail(String message) {
        Wakeups wakeups = new Wakeups();
        synchronized (lock) {
            if (isOver()) {
                return;
            }
            failed = new Failed(++lastSeq, message);
            order.clear();
            collect(wakeups);
        }
        wakeups.run();
    }

    /** Forgets everything: subscriptions end, what comes is dropped. Idempotent. */
    void discard() {
        Wakeups wakeups = new Wakeups();
        synchronized (lock) {
            if (discarded) {
                return;
            }
            discarded = true;
            subscriptions.clear();
            order.clear();
            history.clear();
            waiters.wakeAll(wakeups);
        }
        wakeups.run();
    }

    /** The highest number that was seen (spec C56). */
    long lastSeq() {
        synchronized (lock) {
            return lastSeq;
        }
    }

    /** Number of the last event in order. */
    long published() {
        synchronized (lock) {
            return order.published();
        }
    }

    @Nullable Failed failed() {
        synchronized (lock) {
            return failed;
        }
    }

    boolean isClosed() {
        synchronized (lock) {
            return closed != null;
        }
    }

    /** Whether the process ended, as far as is known here. */
    boolean hasExited() {
        synchronized (lock) {
            return exited != null || closed != null;
        }
    }

    /** Runs it once, soon, when a higher number than this is seen, or nothing more can be. */
    Runnable whenAfter(long seq, Runnable action) {
        synchronized (lock) {
            if (lastSeq <= seq && failed == null && !discarded) {
                Runnable forget = waiters.add(seq, action);
                return () -> {
                    synchronized (lock) {
                        forget.run();
                    }
                };
            }
        }
        action.run();
        return () -> {};
    }

    ProcessEvents subscribe(long afterSeq, Runnable onAvailable) {
        RemoteSubscription subscription = new RemoteSubscription(this, afterSeq, onAvailable);
        synchronized (lock) {
            if (!discarded) {
                if (subscriptions.size() >= MAX_SUBSCRIPTIONS) {
                    throw new IllegalStateException(
                            "too many subscriptions of a process (limit " + MAX_SUBSCRIPTIONS + "); close one first");
                }
                subscriptions.add(subscription);
            }
        }
        return subscription;
    }

    void unsubscribe(RemoteSubscription subscription) {
        synchronized (lock) {
            if (subscriptions.remove(subscription)) {
                evict();
            }
        }
    }

    @Nullable ProcessEvent poll(RemoteSubscription subscription) {
        Wakeups wakeups = new Wakeups();
        ProcessEvent next;
        synchronized (lock) {
            if (!subscriptions.contains(subscription)) {
                return null;
            }
            next = next(subscription);
            if (next != null) {
                subscription.position = next.seq();
                take(next.seq());
                evict();
                collectCredit(wakeups);
            } else {
                subscription.armed = true;
                if (subscription.position < history.evictedThrough() && !subscription.refilling) {
                    subscription.refilling = true;
                    subscription.refillThrough = history.evictedThrough();
                    long position = subscription.position;
                    wakeups.add(() -> source.refill(subscription, position));
                }
            }
        }
        wakeups.run();
        return next;
    }

    /** Gives a subscriber what a read returned of the events behind its position. */
    void refill(RemoteSubscription subscription, List<Output> chunks) {
        Wakeups wakeups = new Wakeups();
        synchronized (lock) {
            subscription.refill(chunks, history.evictedThrough(), exited);
            collect(wakeups);
        }
        wakeups.run();
    }

    // From here on: with the lock held.

    private boolean isOver() {
        return discarded || failed != null || closed != null;
    }

    private @Nullable ProcessEvent next(RemoteSubscription subscription) {
        ProcessEvent refilled = subscription.refill.poll();
        if (refilled != null) {
            return refilled;
        }
        long position = subscription.position;
        if (position < history.evictedThrough()) {
            if (failed == null) {
                return null;
            }
            return new Gap(position + 1, history.evictedThrough()); // There is nobody to read it from.
        }
        ProcessEvent next = history.after(position);
        if (next != null) {
            return next;
        }
        return failed != null && position < failed.seq() ? failed : null;
    }

    private void publish(ProcessEvent event) {
        history.add(event);
        if (event instanceof Exited exit) {
            exited = exit;
        } else if (event instanceof Closed close) {
            closed = close;
        }
        evict();
    }

    private void evict() {
        history.evict(this::isWanted);
    }

    /** Whether nobody has taken this one yet, or a subscriber is about to, rather than being behind anyway. */
    private boolean isWanted(long seq) {
        if (seq > taken) {
            return true;
        }
        for (RemoteSubscription subscription : subscriptions) {
            if (subscription.position < seq && subscription.position >= history.evictedThrough()) {
                return true;
            }
        }
        return false;
    }

    /** Whom what has just happened wakes. */
    private void collect(Wakeups wakeups) {
        for (RemoteSubscription subscription : subscriptions) {
            if (subscription.armed && !subscription.refilling && hasNext(subscription)) {
                subscription.armed = false;
                wakeups.add(subscription::available);
            }
        }
        if (failed == null) {
            waiters.wake(lastSeq, wakeups);
        } else {
            waiters.wakeAll(wakeups);
        }
        collectCredit(wakeups);
        if (closed != null && !closeTold) {
            closeTold = true;
            wakeups.add(source::closed);
        }
    }

    /** Everything up to this number has been handed out to somebody. */
    private void take(long seq) {
        for (ProcessEvent next = history.after(taken);
                next != null && next.seq() <= seq;
                next = history.after(next.seq())) {
            owe(next);
        }
        taken = Math.max(taken, seq);
    }

    private void owe(ProcessEvent event) {
        if (event instanceof Output output) {
            owed += EventOrder.costOf(output);
        }
    }

    private void collectCredit(Wakeups wakeups) {
        Runnable reader = whenRoom;
        if (reader != null && (history.cost() <= window() || isOver())) {
            whenRoom = null;
            wakeups.add(reader);
        }
        if (owed >= window() / 4 && !isOver()) {
            long bytes = owed;
            owed = 0;
            wakeups.add(() -> source.credit(bytes));
        }
    }

    private boolean hasNext(RemoteSubscription subscription) {
        long last = failed != null ? failed.seq() : order.published();
        return !subscription.refill.isEmpty() || subscription.position < last;
    }
}
