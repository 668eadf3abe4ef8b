package dev.outpost.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A file without a name on any disk, for a child to read through a descriptor: unlike a pipe it takes any amount at once.
 * Whoever has the descriptor reads from where the last one stopped, so one file is for one reader. Closed on exec.
 */
public final class MemoryFile implements AutoCloseable {
    private static final Libc.Function CREATE = Libc.function("memfd_create");
    private static final Libc.Function SEEK = Libc.function("lseek");
    private static final int MFD_CLOEXEC = 1;

    private final FileDescriptor descriptor;

    private MemoryFile(FileDescriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * A new file with this content, to be read from its beginning.
     *
     * @param name for people who look into {@code /proc/PID/fd}
     * @throws LinuxException {@code EMFILE} or {@code ENFILE} if too many files are open, {@code ENOMEM}
     */
    public static MemoryFile containing(String name, byte[] content) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long fd = CREATE.callOrErrno(arena.allocateFrom(name).address(), MFD_CLOEXEC);
            if (fd < 0) {
                throw new LinuxException(CREATE.name(), (int) -fd);
            }
            MemoryFile file = new MemoryFile(FileDescriptor.of((int) fd));
            try {
                file.fill(arena.allocateFrom(ValueLayout.JAVA_BYTE, content));
                return file;
            } catch (LinuxException full) {
                file.close();
                throw full;
            }
        }
    }

    private void fill(MemorySegment content) throws LinuxException {
        long length = content.byteSize();
        for (long written = 0; written < length; ) {
            written += descriptor.write(content, written, length - written);
        }
        descriptor.use(fd -> (int) SEEK.callOrErrno(fd, 0, 0));
    }

    /**
     * What is in it now, from its beginning; moves the place where reading goes on.
     *
     * @param most bytes; what is beyond them is left out
     */
    public byte[] content(int most) throws LinuxException {
        descriptor.use(fd -> (int) SEEK.callOrErrno(fd, 0, 0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(most);
            long length = 0;
            for (int count = 1; count > 0 && length < most; length += count) {
                count = descriptor.read(buffer.asSlice(length), most - length);
            }
            return buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** The file; its closer is this. */
    public FileDescriptor descriptor() {
        return descriptor;
    }

    /** Closes this descriptor; a child's copy stays. Idempotent. */
    @Override
    public void close() {
        descriptor.close();
    }
}
