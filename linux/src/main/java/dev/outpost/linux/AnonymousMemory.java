package dev.outpost.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory straight from the kernel, outside the Java heap: a page counts only once it was written to, and closing gives
 * all of it back at once. Any thread may use and close it; use after {@link #close} fails with {@link
 * IllegalStateException}.
 */
public final class AnonymousMemory implements AutoCloseable {
    private static final Libc.Function MMAP = Libc.function("mmap");
    private static final Libc.Function MUNMAP = Libc.function("munmap");
    private static final Libc.Function MADVISE = Libc.function("madvise");

    private static final int MADV_HUGEPAGE = 14;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    private AnonymousMemory(long address, long size) {
        segment = MemorySegment.ofAddress(address).reinterpret(size, arena, AnonymousMemory::unmap);
    }

    /**
     * Reserves {@code size} bytes, at least 1, all zero.
     *
     * @throws LinuxException ENOMEM
     */
    public static AnonymousMemory reserve(long size) throws LinuxException {
        long address = MMAP.callOrErrno(0, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0);
        if (address < 0) {
            throw new LinuxException(MMAP.name(), (int) -address);
        }
        // Only advice: with large pages, large memory is ready several times as fast.
        MADVISE.callOrErrno(address, size, MADV_HUGEPAGE);
        return new AnonymousMemory(address, size);
    }

    /** The memory. */
    public MemorySegment segment() {
        return segment;
    }

    /** Gives it back; idempotent. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private static void unmap(MemorySegment mapped) {
        MUNMAP.callOrErrno(mapped.address(), mapped.byteSize());
    }
}
