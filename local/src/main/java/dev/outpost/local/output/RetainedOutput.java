package dev.outpost.local.output;

import dev.outpost.executor.process.ProcessEvent.Output;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of one process that are still in memory, in ascending order of their numbers: a ring that grows. Not
 * thread-safe; its {@link OutputLog} guards it.
 *
 * <p>A chunk costs its bytes and a fixed overhead, so that a million chunks of one byte are not mistaken for a megabyte.
 */
final class RetainedOutput {
    /** About what the event, its array's header and its place in the ring take. */
    private static final int OVERHEAD = 64;

    private static final int SMALLEST = 8;

    private @Nullable Output[] ring = new @Nullable Output[SMALLEST];
    private int head;
    private int size;
    private long cost;

    static long costOf(Output chunk) {
        return chunk.bytes().length + (long) OVERHEAD;
    }

    /** Cost of all chunks. */
    long cost() {
        return cost;
    }

    int size() {
        return size;
    }

    /** The chunk at a place, 0 being the oldest. */
    Output get(int index) {
        return Objects.requireNonNull(ring[(head + Objects.checkIndex(index, size)) & (ring.length - 1)]);
    }

    void add(Output chunk) {
        if (size == ring.length) {
            resize(ring.length * 2);
        }
        ring[(head + size) & (ring.length - 1)] = chunk;
        size++;
        cost += costOf(chunk);
    }

    Output removeFirst() {
        Output first = get(0);
        ring[head] = null;
        head = (head + 1) & (ring.length - 1);
        size--;
        cost -= costOf(first);
        if (ring.length > SMALLEST && size < ring.length / 4) {
            resize(ring.length / 2);
        }
        return first;
    }

    void clear() {
        ring = new @Nullable Output[SMALLEST];
        head = 0;
        size = 0;
        cost = 0;
    }

    /** The place of the first chunk with a number above {@code seq}, which is {@link #size} if there is none. */
    int indexAfter(long seq) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).seq() > seq) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private void resize(int length) {
        @Nullable Output[] larger = new @Nullable Output[length];
        for (int i = 0; i < size; i++) {
            larger[i] = get(i);
        }
        ring = larger;
        head = 0;
    }
}
