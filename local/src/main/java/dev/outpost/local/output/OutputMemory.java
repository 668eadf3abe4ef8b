package dev.outpost.local.output;

import dev.outpost.linux.LinuxException;
import dev.outpost.linux.PagedMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Memory for retained output outside the Java heap, where the garbage collector would copy it, and where what one busy
 * moment took would not come back. It is handed out in slabs; a few free ones keep their pages, those of the others go
 * back to the kernel at once. Addresses are kept for reuse, so they are bounded by the most that was ever in use. Safe
 * from any thread.
 */
final class OutputMemory {
    /** Bytes of a slab, which is also the most that is written at once. */
    static final int SLAB = 512 * 1024;

    private static final int SLABS_PER_REGION = 32;
    /** Free slabs that keep their pages. */
    private static final int WARM = 4;

    private final ArrayDeque<MemorySegment> warm = new ArrayDeque<>(WARM);
    /** Free slabs without pages. */
    private final ArrayDeque<MemorySegment> cold = new ArrayDeque<>();

    /** A slab for one writer, which releases it when it writes no more into it. */
    Slab acquire() {
        return new Slab(take());
    }

    private synchronized MemorySegment take() {
        // The most recently used first: its pages may still be in the processor's cache.
        MemorySegment free = warm.poll();
        if (free == null) {
            free = cold.poll();
        }
        return free == null ? reserve() : free;
    }

    private MemorySegment reserve() {
        MemorySegment region;
        try {
            region = PagedMemory.reserve((long) SLAB * SLABS_PER_REGION);
        } catch (LinuxException noAddresses) {
            // Output must not be lost. The heap has memory, or says that it hasn't.
            return MemorySegment.ofArray(new byte[SLAB]);
        }
        for (int i = 1; i < SLABS_PER_REGION; i++) {
            cold.add(region.asSlice((long) i * SLAB, SLAB));
        }
        return region.asSlice(0, SLAB);
    }

    private void giveBack(MemorySegment memory) {
        synchronized (this) {
            if (warm.size() < WARM) {
                warm.push(memory);
                return;
            }
        }
        if (memory.isNative()) {
            PagedMemory.discard(memory);
            synchronized (this) {
                cold.push(memory);
            }
        }
    }

    /** Filled from its beginning by one thread; ends when the writer and the holders of its parts have released it. */
    final class Slab {
        private final MemorySegment memory;
        private final AtomicInteger holders = new AtomicInteger(1);
        /** The writer's. */
        private int filled;

        private Slab(MemorySegment memory) {
            this.memory = memory;
        }

        boolean hasRoomFor(MemorySegment bytes) {
            return bytes.byteSize() <= SLAB - filled;
        }

        /** Appends bytes, for which there must be room. */
        Part write(MemorySegment bytes) {
            Part part = new Part(this, filled, (int) bytes.byteSize());
            MemorySegment.copy(bytes, 0, memory, filled, part.length);
            filled += part.length;
            holders.incrementAndGet();
            return part;
        }

        void release() {
            if (holders.decrementAndGet() == 0) {
                giveBack(memory);
            }
        }
    }

    /** Bytes in a slab. */
    record Part(Slab slab, int offset, int length) implements RetainedBytes {
        @Override
        public void hold() {
            slab.holders.incrementAndGet();
        }

        @Override
        public void release() {
            slab.release();
        }

        @Override
        public byte[] toArray() {
            byte[] bytes = new byte[length];
            MemorySegment.copy(slab.memory, ValueLayout.JAVA_BYTE, offset, bytes, 0, length);
            return bytes;
        }
    }
}
