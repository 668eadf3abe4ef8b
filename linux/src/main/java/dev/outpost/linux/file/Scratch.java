package dev.outpost.linux.file;

import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Native memory for the arguments of one call at a time: 72 KiB per thread that ever makes one, freed with the thread.
 * Never held across two calls.
 */
final class Scratch {
    /** The kernel's PATH_MAX: longest path with its NUL. */
    private static final int PATH_BYTES = 4096;

    /** Size of {@link #data}. */
    static final int DATA_BYTES = 65536;

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    /** The first path of a call. */
    private final MemorySegment path;

    /** The second path of a call. */
    private final MemorySegment otherPath;

    /** File contents, directory entries, structures. */
    final MemorySegment data;

    @SuppressWarnings("resource") // an automatic arena: the thread local keeps it, and the memory, alive
    private Scratch() {
        MemorySegment all = Arena.ofAuto().allocate(2L * PATH_BYTES + DATA_BYTES, 8);
        path = all.asSlice(0, PATH_BYTES);
        otherPath = all.asSlice(PATH_BYTES, PATH_BYTES);
        data = all.asSlice(2L * PATH_BYTES, DATA_BYTES);
    }

    /** This thread's. */
    static Scratch get() {
        return OF_THREAD.get();
    }

    /** Address of the path, NUL-terminated, valid until the next call of this method by this thread. */
    long path(byte[] bytes) throws LinuxException {
        return store(bytes, path);
    }

    /** The same for a second path in the same call. */
    long otherPath(byte[] bytes) throws LinuxException {
        return store(bytes, otherPath);
    }

    private static long store(byte[] bytes, MemorySegment target) throws LinuxException {
        if (bytes.length >= PATH_BYTES) {
            // What the kernel would say, which looks no further than this.
            throw new LinuxException("path of " + bytes.length + " bytes", Errno.ENAMETOOLONG);
        }
        for (byte b : bytes) {
            if (b == 0) {
                throw new IllegalArgumentException("a NUL byte in a path");
            }
        }
        MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, 0, bytes.length);
        target.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
        return target.address();
    }
}
