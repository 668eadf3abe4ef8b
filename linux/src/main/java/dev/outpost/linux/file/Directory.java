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

/**
 * A place from which names are looked up: the only way to a file. Paths are bytes without NUL, relative to this
 * directory; the kernel takes an absolute one from the root whatever the directory is. A path of 4096 bytes or more
 * fails with ENAMETOOLONG.
 *
 * <p>{@link #host} is the start for absolute paths and safe from any thread. Every other directory owns a descriptor
 * and is for one thread at a time.
 */
public final class Directory implements AutoCloseable {
    /** What an open directory is good for. */
    public enum Purpose {
        /** Listing it, and looking names up in it; needs the right to read it. */
        LIST,
        /** Only looking names up in it; needs no right to the directory itself. */
        LOOK_UP,
    }

    /**
     * A name in a directory.
     *
     * @param name without a slash, never {@code .} or {@code ..}
     * @param type what it stood for when it was read, links not followed
     */
    @SuppressWarnings("ArrayRecordComponent") // short-lived, never compared
    public record Entry(byte[] name, FileType type) {}

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

    private static final Directory HOST = new Directory(null, Purpose.LOOK_UP);

    /** Null for {@link #HOST}, which has none. */
    private final @Nullable Descriptor descriptor;

    private final Purpose purpose;

    /** Where the next {@link #readEntries} goes on; the kernel's cookie. */
    private long position;

    private Directory(@Nullable Descriptor descriptor, Purpose purpose) {
        this.descriptor = descriptor;
        this.purpose = purpose;
    }

    /** Where absolute paths start. Owns nothing; {@link #close} does nothing. */
    public static Directory host() {
        return HOST;
    }

    /** Opens a directory. */
    public Directory openDirectory(byte[] path, Links links, Purpose purpose) throws LinuxException {
        int access = switch (purpose) {
            case LIST -> OpenFlags.READ_ONLY;
            case LOOK_UP -> OpenFlags.PATH_ONLY;
        };
        return new Directory(open(path, access | OpenFlags.DIRECTORY | OpenFlags.of(links), 0), purpose);
    }

    /** Opens the directory that this one is in now, for the same purpose. */
    public Directory openParent() throws LinuxException {
        return openDirectory(PARENT, Links.NO_FOLLOW, purpose);
    }

    /** Opens a file, or a directory, for reading; does not wait for the writer of a pipe. */
    public OpenFile openForReading(byte[] path, Links links) throws LinuxException {
        return openFile(path, OpenFlags.READ_ONLY | OpenFlags.of(links), 0);
    }

    /**
     * Opens a file for writing from its start, without cutting it, and creates it if it is not there. A pipe without a reader fails with ENXIO.
     *
     * @param permissions of a file that is created, less the umask
     */
    public OpenFile openForWriting(byte[] path, int permissions) throws LinuxException {
        return openFile(path, OpenFlags.WRITE_ONLY | OpenFlags.CREATE, permissions);
    }

    /** What a path stands for. */
    public FileStatus status(byte[] path, Links links) throws LinuxException {
        return Statx.ofName(number(), path, links);
    }

    /** What this directory is; not for {@link #host}. */
    public FileStatus status() throws LinuxException {
        return Statx.ofDescriptor(number());
    }

    /** Whether names can be looked up in it: without the right to search, a directory can be listed, but no more. */
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

    /** Makes a directory with these permissions, less the umask. */
    public void makeDirectory(byte[] path, int permissions) throws LinuxException {
        call(MKDIRAT, number(), Scratch.get().path(path), permissions, 0, 0);
    }

    /** Removes a name that is not a directory's; EISDIR if it is. */
    public void unlink(byte[] path) throws LinuxException {
        call(UNLINKAT, number(), Scratch.get().path(path), 0, 0, 0);
    }

    /** Removes an empty directory; ENOTEMPTY if it is not. */
    public void removeDirectory(byte[] path) throws LinuxException {
        call(UNLINKAT, number(), Scratch.get().path(path), AT_REMOVEDIR, 0, 0);
    }

    /** Makes a symbolic link at {@code path} with this text. */
    public void makeSymlink(byte[] target, byte[] path) throws LinuxException {
        Scratch scratch = Scratch.get();
        call(SYMLINKAT, scratch.otherPath(target), number(), scratch.path(path), 0, 0);
    }

    /** The text of a symbolic link, verbatim. */
    public byte[] readSymlink(byte[] path) throws LinuxException {
        Scratch scratch = Scratch.get();
        MemorySegment data = scratch.data;
        // The kernel has no longer texts than a path, so this can't be cut.
        long length = call(READLINKAT, number(), scratch.path(path), data.address(), Scratch.DATA_BYTES, 0);
        return data.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    /**
     * The next names, in no order; {@code .} and {@code ..} are left out. A name that is added or removed meanwhile
     * may or may not be among them.
     *
     * @param maxBytes how much to read at a time, 512 … 65536; a name takes 24 bytes to about 280
     * @return empty at the end, and only there
     */
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

    /** What {@link #seek} takes to come back to here; good as long as nothing is removed, also after reopening. */
    long position() {
        return position;
    }

    /** Lets {@link #readEntries} go on from a {@link #position}. */
    void seek(long newPosition) throws LinuxException {
        call(LSEEK, number(), newPosition, 0, 0, 0);
        position = newPosition;
    }

    /** Lets {@link #readEntries} start anew and see what was added. */
    public void rewind() throws LinuxException {
        seek(0);
    }

    /** Closes it; idempotent. */
    @Override
    public void close() {
        if (descriptor != null) {
            descriptor.discard();
        }
    }

    private int number() {
        return descriptor == null ? AT_FDCWD : descriptor.number();
    }

    private OpenFile openFile(byte[] path, int flags, int permissions) throws LinuxException {
        try {
            return new OpenFile(open(path, flags | OpenFlags.NONBLOCK, permissions));
        } catch (LinuxException e) {
            // Somebody else's lease is being broken: for that, an ordinary file may be waited for, at most 45 s.
            if (e.errno() == Errno.EAGAIN && status(path, Links.FOLLOW).isRegular()) {
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
