package dev.outpost.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory straight from the kernel, outside the Java heap, whose pages come and go while its addresses stay: a page counts
 * once it was written to and until it is discarded. The addresses go when nothing refers to the memory any more, so no
 * access can ever meet memory that is gone. Safe from any thread.
 */
public final class PagedMemory {
    private static final Libc.Function MMAP = Libc.function("mmap");
    private static final Libc.Function MUNMAP = Libc.function("munmap");
    private static final Libc.Function MADVISE = Libc.function("madvise");

    private static final int MADV_DONTNEED = 4;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;

    private PagedMemory() {}

    /**
     * Reserves {@code size} bytes, at least 1, all zero, beginning at a page.
     *
     * @throws LinuxException ENOMEM
     */
    public static MemorySegment reserve(long size) throws LinuxException {
        long address = MMAP.callOrErrno(0, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0);
        if (address < 0) {
            throw new LinuxException(MMAP.name(), (int) -address);
        }
        return MemorySegment.ofAddress(address)
                .reinterpret(size, Arena.ofAuto(), mapped -> MUNMAP.callOrErrno(mapped.address(), size));
    }

    /** Gives the pages of a part back; it reads as zero from then on. The part begins and ends at a page. */
    public static void discard(MemorySegment part) {
        // Only advice: what the kernel refuses stays as it is.
        MADVISE.callOrErrno(part.address(), part.byteSize(), MADV_DONTNEED);
    }
}
