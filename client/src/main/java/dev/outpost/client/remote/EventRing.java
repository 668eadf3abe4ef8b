package dev.outpost.client.remote;

import dev.outpost.executor.process.ProcessEvent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Events in the order of their numbers, oldest first, found by number. For one thread at a time. */
final class EventRing {
    private @Nullable ProcessEvent[] events = new @Nullable ProcessEvent[16];
    private int head;
    private int size;

    int size() {
        return size;
    }

    /** The event at an index, 0 for the oldest. */
    ProcessEvent get(int index) {
        ProcessEvent event = events[(head + index) & (events.length - 1)];
        if (index >= size || event == null) {
            throw new IndexOutOfBoundsException(index);
        }
        return event;
    }

    /** Index of the first event with a number above this one; {@link #size} if there is none. */
    int indexAfter(long seq) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).seq() <= seq) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    void addLast(ProcessEvent event) {
        if (size == events.length) {
            @Nullable ProcessEvent[] larger = Arrays.copyOf(events, size * 2);
            System.arraycopy(events, 0, larger, size, head);
            events = larger;
        }
        events[(head + size++) & (events.length - 1)] = event;
    }

    ProcessEvent removeFirst() {
        ProcessEvent first = get(0);
        events[head] = null;
        head = (head + 1) & (events.length - 1);
        size--;
        return first;
    }

    void clear() {
        events = new @Nullable ProcessEvent[16];
        head = 0;
        size = 0;
    }
}
