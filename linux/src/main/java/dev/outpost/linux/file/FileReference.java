package dev.outpost.linux.file;

import dev.outpost.linux.LinuxException;

/**
 * An open descriptor that refers to a file of any kind and allows nothing else: getting one needs no right to the file,
 * and does not wait for a pipe or disturb a device. For one thread at a time.
 */
public final class FileReference implements AutoCloseable {
    private final Descriptor descriptor;

    private FileReference(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Refers to what an absolute path stands for in which nothing is a symbolic link.
     *
     * @throws LinuxException ELOOP if something is a link; one of which {@link #isUnsupported} is true if this can't be asked
     *     of the kernel
     */
    public static FileReference openWithoutLinks(byte[] path) throws LinuxException {
        return new FileReference(new Descriptor(OpenHow.open(path, 0, OpenHow.RESOLVE_NO_SYMLINKS)));
    }

    /** Whether {@code openWithoutLinks}, this one or that of {@link Directory}, failed as the kernel or a filter has none. */
    public static boolean isUnsupported(LinuxException failure) {
        return OpenHow.isUnsupported(failure);
    }

    /** The number, while open. */
    public int number() {
        return descriptor.number();
    }

    /** What it is. */
    public FileStatus status() throws LinuxException {
        return Statx.ofDescriptor(descriptor.number());
    }

    /** Closes it; idempotent. */
    @Override
    public void close() {
        descriptor.discard();
    }
}
