package dev.outpost.client.remote;

import dev.outpost.client.ClientOptions;
import dev.outpost.executor.process.ProcessEvent;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The newest events of a process, up to the bounds of a history, and older ones that are still wanted, up to that of the
 * buffer (spec C57). For one thread at a time.
 */
final class EventHistory {
    private final ClientOptions options;
    private final EventRing events = new EventRing();
    private long cost;
    private long evictedThrough;

    /** Empty, and nothing was evicted. */
    EventHistory(ClientOptions options) {
        this.options = options;
    }

    /** Begins behind an event that is not wanted any more. */
    void startAfter(long seq) {
        evictedThrough = seq;
    }

    /** Number of the last event that is not kept any more. */
    long evictedThrough() {
        return evictedThrough;
    }

    /** Bytes of what is kept, as {@link EventOrder#costOf} counts them. */
    long cost() {
        return cost;
    }

    void add(ProcessEvent event) {
        events.addLast(event);
        cost += EventOrder.costOf(event);
    }

    /** The first event behind a number; null if there is none yet. */
    @Nullable ProcessEvent after(long seq) {
        int index = events.indexAfter(seq);
        return index < events.size() ? events.get(index) : null;
    }

    /** Drops the oldest events that are beyond the bounds, up to the first that is wanted and for which there is room. */
    void evict(LongPredicate isWanted) {
        while (isBeyondBounds()) {
            ProcessEvent oldest = events.get(0);
            if (cost <= options.bufferBytes() && isWanted.test(oldest.seq())) {
                return;
            }
            cost -= EventOrder.costOf(events.removeFirst());
            evictedThrough = oldest.seq();
        }
    }

    void clear() {
        events.clear();
        cost = 0;
    }

    private boolean isBeyondBounds() {
        return events.size() > options.historyEvents()
                || cost - (long) events.size() * EventOrder.OVERHEAD > options.historyBytes();
    }
}
