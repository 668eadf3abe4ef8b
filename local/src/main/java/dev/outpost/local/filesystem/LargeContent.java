package dev.outpost.local.filesystem;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.linux.AnonymousMemory;
import dev.outpost.linux.LinuxException;
import dev.outpost.local.filesystem.ContentBudget.Reservation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** Content outside the heap, which counts against a budget until it is closed. */
final class LargeContent implements FileContent {
    private final Reservation reservation;
    private final AnonymousMemory memory;
    private long size;

    private LargeContent(Reservation reservation, AnonymousMemory memory) {
        this.reservation = reservation;
        this.memory = memory;
    }

    /** Empty content with room for so many bytes; waits for the budget. */
    static LargeContent reserve(ContentBudget budget, long capacity) throws LinuxException, ExecutorException {
        Reservation reservation = budget.reserve(capacity);
        try {
            return new LargeContent(reservation, AnonymousMemory.reserve(capacity));
        } catch (LinuxException | RuntimeException e) {
            reservation.close();
            throw e;
        }
    }

    /** Memory for what follows {@link #size} bytes. */
    MemorySegment memory() {
        return memory.segment();
    }

    /** Bytes that were put into {@link #memory} become part of the content. */
    void grow(int count) {
        size += count;
    }

    /** Appends bytes; they must fit. */
    void append(byte[] bytes, int length) {
        MemorySegment.copy(bytes, 0, memory.segment(), ValueLayout.JAVA_BYTE, size, length);
        size += length;
    }

    /** There will be no more. */
    LargeContent complete() {
        reservation.shrink(size);
        return this;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int copy(long position, byte[] target, int offset, int length) {
        Objects.checkIndex(position, size + 1);
        int count = (int) Math.min(length, size - position);
        MemorySegment.copy(memory.segment(), ValueLayout.JAVA_BYTE, position, target, offset, count);
        return count;
    }

    @Override
    public void close() {
        memory.close();
        reservation.close();
    }
}
