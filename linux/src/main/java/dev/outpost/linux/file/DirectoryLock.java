package dev.outpost.linux.file;

import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;

/**
 * A lock on a directory, among those who ask for one (flock(2)): many may share it, or one has it alone. It goes with this
 * object or with this process, however that ends. For one thread at a time.
 */
public final class DirectoryLock implements AutoCloseable {
    private static final Libc.Function OPEN = Libc.function("open");
    private static final Libc.Function FLOCK = Libc.function("flock");

    private static final int SHARED = 1;
    private static final int EXCLUSIVE = 2;
    private static final int WITHOUT_WAITING = 4;

    private final Descriptor descriptor;

    private DirectoryLock(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Shares the lock of a directory.
     *
     * @param path absolute; not followed if it is a link itself
     * @throws LinuxException {@code EAGAIN} if somebody has it alone; {@code ENOTDIR} or {@code ELOOP} if it is no directory;
     *     {@code EACCES} if it can't be read; others, such as {@code ENOLCK}, if its file system has no locks
     */
    public static DirectoryLock share(byte[] path) throws LinuxException {
        return new DirectoryLock(open(path, SHARED));
    }

    /** The same for having it alone; {@code EAGAIN} if somebody has or shares it. */
    public static DirectoryLock seize(byte[] path) throws LinuxException {
        return new DirectoryLock(open(path, EXCLUSIVE));
    }

    private static Descriptor open(byte[] path, int how) throws LinuxException {
        int flags = OpenFlags.READ_ONLY | OpenFlags.DIRECTORY | OpenFlags.NOFOLLOW | OpenFlags.ALWAYS;
        Descriptor descriptor =
                new Descriptor((int) Descriptor.call(OPEN, Scratch.get().path(path), flags, 0, 0, 0));
        try {
            Descriptor.call(FLOCK, descriptor.number(), how | WITHOUT_WAITING, 0, 0, 0);
            return descriptor;
        } catch (LinuxException failure) {
            descriptor.discard();
            throw failure;
        }
    }

    /** Has it alone from now on, if nobody else shares it. If somebody does, even the share may be lost. */
    public boolean tryUpgrade() {
        return Descriptor.callOrErrno(FLOCK, descriptor.number(), EXCLUSIVE | WITHOUT_WAITING, 0, 0, 0) == 0;
    }

    /** Which directory it is, whatever its name is by now. */
    public FileId id() throws LinuxException {
        return Statx.ofDescriptor(descriptor.number()).id();
    }

    /** Gives it up; idempotent. */
    @Override
    public void close() {
        descriptor.discard();
    }
}
