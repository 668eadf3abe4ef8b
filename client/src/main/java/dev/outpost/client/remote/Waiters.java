package dev.outpost.client.remote;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Who waits for an event with a number above another. For one thread at a time. */
final class Waiters {
    private final List<Waiter> waiting = new ArrayList<>();

    /** One who waits. */
    private record Waiter(long seq, Runnable action) {}

    /**
     * Adds one.
     *
     * @return takes it off again
     */
    Runnable add(long seq, Runnable action) {
        Waiter waiter = new Waiter(seq, action);
        waiting.add(waiter);
        return () -> waiting.remove(waiter);
    }

    /** Takes those off who have waited for an event up to this one. */
    void wake(long lastSeq, Wakeups wakeups) {
        for (Iterator<Waiter> each = waiting.iterator(); each.hasNext(); ) {
            Waiter waiter = each.next();
            if (lastSeq > waiter.seq()) {
                each.remove();
                wakeups.add(waiter.action());
            }
        }
    }

    /** Takes all off. */
    void wakeAll(Wakeups wakeups) {
        waiting.forEach(waiter -> wakeups.add(waiter.action()));
        waiting.clear();
    }
}
