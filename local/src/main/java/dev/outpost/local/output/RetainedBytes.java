package dev.outpost.local.output;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The bytes of a chunk where they are kept. Whoever holds them releases them once; the maker is the first holder. */
sealed interface RetainedBytes permits RetainedBytes.OnHeap, OutputMemory.Part {
    /** How many. */
    int length();

    /** One more holder; by one who is, or who keeps one from releasing. */
    void hold();

    /** One holder less; after the last one the bytes are gone. */
    void release();

    /** The bytes, for a holder; not to be changed. */
    byte[] toArray();

    /** Few bytes, which in a slab would cost a page even if a process writes no more than these. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record OnHeap(byte[] bytes) implements RetainedBytes {
        static OnHeap copyOf(MemorySegment bytes) {
            return new OnHeap(bytes.toArray(ValueLayout.JAVA_BYTE));
        }

        @Override
        public int length() {
            return bytes.length;
        }

        @Override
        public void hold() {}

        @Override
        public void release() {}

        @Override
        public byte[] toArray() {
            return bytes;
        }
    }
}
