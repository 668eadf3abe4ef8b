package dev.outpost.local.output;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of one process that are still in memory, in ascending order of their numbers: a ring that grows. Not
 * thread-safe; its {@link OutputLog} guards it.
 *
 * <p>A chunk costs its bytes and a fixed overhead, so that a million chunks of one byte are not mistaken for a megabyte.
 * Each chunk in it is held.
 */
final class RetainedOutput {
    private static final int SMALLEST = 2;

    private @Nullable RetainedChunk[] ring = new @Nullable RetainedChunk[SMALLEST];
    private int head;
    private int size;
    private long cost;

    /** Cost of all chunks. */
    long cost() {
        return cost;
    }

    int size() {
        return size;
    }

    /** The chunk at a place, 0 being the oldest. */
    RetainedChunk get(int index) {
        return Objects.requireNonNull(ring[(head + Objects.checkIndex(index, size)) & (ring.length - 1)]);
    }

    void add(RetainedChunk chunk) {
        if (size == ring.length) {
            resize(ring.length * 2);
        }
        ring[(head + size) & (ring.length - 1)] = chunk;
        size++;
        cost += chunk.cost();
    }

    /** Drops the oldest and returns what it cost. */
    long removeFirst() {
        RetainedChunk first = get(0);
        ring[head] = null;
        head = (head + 1) & (ring.length - 1);
        size--;
        cost -= first.cost();
        first.bytes().release();
        if (ring.length > SMALLEST && size < ring.length / 4) {
            resize(ring.length / 2);
        }
        return first.cost();
    }

    void clear() {
        for (int i = 0; i < size; i++) {
            get(i).bytes().release();
        }
        ring = new @Nullable RetainedChunk[SMALLEST];
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
        @Nullable RetainedChunk[] larger = new @Nullable RetainedChunk[length];
        for (int i = 0; i < size; i++) {
            larger[i] = get(i);
        }
        ring = larger;
        head = 0;
    }
}
