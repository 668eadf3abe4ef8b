package dev.outpost.linux.file;

import static dev.outpost.linux.file.Descriptor.call;
import static dev.outpost.linux.file.Descriptor.callOrErrno;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outpost.linux.Errno;
import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A directory as the kernel has it. */
final class KernelDirectory implements Directory {
    private static final Libc.Function OPENAT = Libc.function("openat");
    private static final Libc.Function MKDIRAT = Libc.function("mkdirat");
    private static final Libc.Function UNLINKAT = Libc.function("unlinkat");
    private static final Libc.Function SYMLINKAT = Libc.function("symlinkat");
    private static final Libc.Function READLINKAT = Libc.function("readlinkat");
    private static final Libc.Function GETDENTS64 = Libc.function("getdents64");
    private static final Libc.Function LSEEK = Libc.function("lseek");

    private static final int AT_FDCWD = -100;
    private static final int AT_REMOVEDIR = 0x200;

    private static final byte[] SELF = ".".getBytes(US_ASCII);
    private static final byte[] PARENT = "..".getBytes(US_ASCII);

    static final KernelDirectory HOST = new KernelDirectory(null, Purpose.LOOK_UP);

    /** Null for {@link #HOST}, which has none. */
    private final @Nullable Descriptor descriptor;

    private final Purpose purpose;

    /** Where the next {@link #readEntries} goes on; the kernel's cookie. */
    private long position;

    private KernelDirectory(@Nullable Descriptor descriptor, Purpose purpose) {
        this.descriptor = descriptor;
        this.purpose = purpose;
    }

    @Override
    public Directory openDirectory(byte[] path, Links links, Purpose purpose) throws LinuxException {
        int access = switch (purpose) {
            case LIST -> OpenFlags.READ_ONLY;
            case LOOK_UP -> OpenFlags.PATH_ONLY;
        };
        return new KernelDirectory(open(path, access | OpenFlags.DIRECTORY | OpenFlags.of(links), 0), purpose);
    }

    /**
     * Opens a directory by an absolute path in which nothing is a symbolic link, to look names up in it.
     *
     * @throws LinuxException ELOOP if something is a link; ENOSYS, EINVAL or EPERM if this can't be asked of the kernel
     */
    static Directory openWithoutLinks(byte[] path) throws LinuxException {
        int fd = OpenHow.open(path, OpenFlags.DIRECTORY, OpenHow.RESOLVE_NO_SYMLINKS);
        return new KernelDirectory(new Descriptor(fd), Purpose.LOOK_UP);
    }

    @Override
    public Directory openParent() throws LinuxException {
        return openDirectory(PARENT, Links.NO_FOLLOW, purpose);
    }

    @Override
    public OpenFile openForReading(byte[] path, Links links) throws LinuxException {
        return openFile(path, links, OpenFlags.READ_ONLY, 0);
    }

    @Override
    public OpenFile openForWriting(byte[] path, Links links, int permissions) throws LinuxException {
        return openFile(path, links, OpenFlags.WRITE_ONLY | OpenFlags.CREATE, permissions);
    }

    @Override
    public OpenFile openExistingForWriting(byte[] path, Links links) throws LinuxException {
        return openFile(path, links, OpenFlags.WRITE_ONLY, 0);
    }

    @Override
    public FileStatus status(byte[] path, Links links) throws LinuxException {
        return Statx.ofName(number(), path, links);
    }

    @Override
    public FileStatus status() throws LinuxException {
        return Statx.ofDescriptor(number());
    }

    @Override
    public long fileSystemKind() throws LinuxException {
        return Statfs.kind(number());
    }

    @Override
    public boolean isSearchable() throws LinuxException {
        try {
            status(SELF, Links.NO_FOLLOW);
            return true;
        } catch (LinuxException e) {
            if (e.errno() == Errno.EACCES) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void makeDirectory(byte[] path, int permissions) throws LinuxException {
        call(MKDIRAT, number(), Scratch.get().path(path), permissions, 0, 0);
    }

    @Override
    public void unlink(byte[] path) throws LinuxException {
        call(UNLINKAT, number(), Scratch.get().path(path), 0, 0, 0);
    }

    @Override
    public void removeDirectory(byte[] path) throws LinuxException {
        call(UNLINKAT, number(), Scratch.get().path(path), AT_REMOVEDIR, 0, 0);
    }

    @Override
    public void makeSymlink(byte[] target, byte[] path) throws LinuxException {
        Scratch scratch = Scratch.get();
        call(SYMLINKAT, scratch.otherPath(target), number(), scratch.path(path), 0, 0);
    }

    @Override
    public byte[] readSymlink(byte[] path) throws LinuxException {
        Scratch scratch = Scratch.get();
        MemorySegment data = scratch.data;
        // The kernel has no longer texts than a path, so this can't be cut.
        long length = call(READLINKAT, number(), scratch.path(path), data.address(), Scratch.DATA_BYTES, 0);
        return data.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public List<Entry> readEntries(int maxBytes) throws LinuxException {
        MemorySegment data = Scratch.get().data;
        List<Entry> entries = new ArrayList<>();
        while (entries.isEmpty()) {
            long result = callOrErrno(GETDENTS64, number(), data.address(), maxBytes, 0, 0);
            if (result == 0 || result == -Errno.ENOENT) {
                // ENOENT: this directory itself was removed meanwhile, so nothing is in it.
                return entries;
            }
            if (result < 0) {
                throw new LinuxException(GETDENTS64.name(), (int) -result);
            }
            long at = 0;
            while (at < result) {
                // struct linux_dirent64: inode, position after it, length of the record, type, name with NUL
                position = data.get(ValueLayout.JAVA_LONG, at + 8);
                int length = Short.toUnsignedInt(data.get(ValueLayout.JAVA_SHORT, at + 16));
                byte[] name = name(data, at + 19, at + length);
                if (!Arrays.equals(name, SELF) && !Arrays.equals(name, PARENT)) {
                    entries.add(new Entry(name, FileType.ofDirent(data.get(ValueLayout.JAVA_BYTE, at + 18))));
                }
                at += length;
            }
        }
        return entries;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void seek(long newPosition) throws LinuxException {
        call(LSEEK, number(), newPosition, 0, 0, 0);
        position = newPosition;
    }

    @Override
    public void close() {
        if (descriptor != null) {
            descriptor.discard();
        }
    }

    private int number() {
        return descriptor == null ? AT_FDCWD : descriptor.number();
    }

    private OpenFile openFile(byte[] path, Links links, int access, int permissions) throws LinuxException {
        int flags = access | OpenFlags.of(links);
        try {
            return new OpenFile(open(path, flags | OpenFlags.NONBLOCK, permissions));
        } catch (LinuxException e) {
            // Somebody else's lease is being broken: for that, an ordinary file may be waited for, at most 45 s.
            if (e.errno() == Errno.EAGAIN && status(path, links).isRegular()) {
                return new OpenFile(open(path, flags, permissions));
            }
            throw e;
        }
    }

    private Descriptor open(byte[] path, int flags, int permissions) throws LinuxException {
        long fd = call(OPENAT, number(), Scratch.get().path(path), flags | OpenFlags.ALWAYS, permissions, 0);
        return new Descriptor((int) fd);
    }

    private static byte[] name(MemorySegment data, long start, long limit) {
        long end = start;
        while (end < limit && data.get(ValueLayout.JAVA_BYTE, end) != 0) {
            end++;
        }
        return data.asSlice(start, end - start).toArray(ValueLayout.JAVA_BYTE);
    }
}
