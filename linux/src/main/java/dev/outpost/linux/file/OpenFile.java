package dev.outpost.linux.file;

import static dev.outpost.linux.file.Descriptor.call;
import static dev.outpost.linux.file.Descriptor.callOrErrno;

import dev.outpost.linux.Errno;
import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * An open file, opened by a {@link Directory} and owned by whoever asked for it. Opened so that pipes and devices never
 * block: a read or write that would is answered with {@link #WOULD_BLOCK}, and {@link #awaitReadable} waits for a
 * bounded time. Disks block as long as they take. For one thread at a time.
 */
public final class OpenFile implements AutoCloseable {
    /** Result of a read or write that would have to wait. */
    public static final int WOULD_BLOCK = -1;

    private static final Libc.Function READ = Libc.function("read");
    private static final Libc.Function WRITE = Libc.function("write");
    private static final Libc.Function POLL = Libc.function("poll");
    private static final Libc.Function FCHMOD = Libc.function("fchmod");
    private static final Libc.Function LSEEK = Libc.function("lseek");
    private static final Libc.Function FTRUNCATE = Libc.function("ftruncate");
    private static final Libc.Function COPY_FILE_RANGE = Libc.function("copy_file_range");

    private static final int SEEK_CUR = 1;
    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;

    private final Descriptor descriptor;

    OpenFile(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** What this file is now. */
    public FileStatus status() throws LinuxException {
        return Statx.ofDescriptor(descriptor.number());
    }

    /** On which kind of file system it is, as statfs(2) numbers them. */
    public long fileSystemKind() throws LinuxException {
        return Statfs.kind(descriptor.number());
    }

    /**
     * Reads once into native memory.
     *
     * @return the count, 0 at the end, or {@link #WOULD_BLOCK}
     */
    public int read(MemorySegment target, long offset, int length) throws LinuxException {
        MemorySegment part = target.asSlice(offset, length);
        return transferred(READ, callOrErrno(READ, descriptor.number(), part.address(), length, 0, 0));
    }

    /** Reads once, at most 64 KiB; results as of {@link #read(MemorySegment, long, int)}. */
    public int read(byte[] target, int offset, int length) throws LinuxException {
        Objects.checkFromIndexSize(offset, length, target.length);
        MemorySegment data = Scratch.get().data;
        int count = read(data, 0, Math.min(length, Scratch.DATA_BYTES));
        if (count > 0) {
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, 0, target, offset, count);
        }
        return count;
    }

    /**
     * Writes once, at most 64 KiB.
     *
     * @return the count, which may be less than {@code length}, or {@link #WOULD_BLOCK}
     */
    public int write(byte[] source, int offset, int length) throws LinuxException {
        MemorySegment data = Scratch.get().data;
        int count = Math.min(length, Scratch.DATA_BYTES);
        MemorySegment.copy(source, offset, data, ValueLayout.JAVA_BYTE, 0, count);
        return transferred(WRITE, callOrErrno(WRITE, descriptor.number(), data.address(), count, 0, 0));
    }

    /**
     * Waits until a read would not block. True for a pipe whose writers are gone, false for one that never had any.
     *
     * @param millis at most, 0 to only look; a signal ends the wait early
     */
    public boolean awaitReadable(int millis) throws LinuxException {
        return await(POLLIN, millis);
    }

    /** The same for a write. */
    public boolean awaitWritable(int millis) throws LinuxException {
        return await(POLLOUT, millis);
    }

    /** Sets the lower 12 bits of the mode, whatever the umask. */
    public void setPermissions(int permissions) throws LinuxException {
        call(FCHMOD, descriptor.number(), permissions, 0, 0, 0);
    }

    /** Where the next read or write goes; ESPIPE if this is a pipe or a terminal. */
    public long position() throws LinuxException {
        return call(LSEEK, descriptor.number(), 0, SEEK_CUR, 0, 0);
    }

    /** Cuts or extends a regular file to this many bytes. */
    public void truncate(long size) throws LinuxException {
        call(FTRUNCATE, descriptor.number(), size, 0, 0, 0);
    }

    /**
     * Lets the kernel copy from this file's position to the other's, advancing both.
     *
     * @return how many bytes were copied; 0 at the end of this file, and also if the kernel can't do it for these two
     *     files, so that a reader has to look whether anything is left
     */
    public long copyTo(OpenFile target, long length) throws LinuxException {
        long result = callOrErrno(COPY_FILE_RANGE, descriptor.number(), 0, target.descriptor.number(), 0, length);
        if (result >= 0) {
            return result;
        }
        int errno = (int) -result;
        boolean unable = errno == Errno.EINVAL
                || errno == Errno.EXDEV
                || errno == Errno.ENOSYS
                || errno == Errno.EOPNOTSUPP
                || errno == Errno.EBADF
                || errno == Errno.EPERM
                || errno == Errno.EAGAIN;
        if (unable) {
            return 0;
        }
        throw new LinuxException(COPY_FILE_RANGE.name(), errno);
    }

    /** Closes a file that was only read; idempotent, never fails. */
    public void discard() {
        descriptor.discard();
    }

    /** Closes it; idempotent. Fails if data written before did not arrive; it is closed even so. */
    @Override
    public void close() throws LinuxException {
        descriptor.close();
    }

    private boolean await(short events, int millis) throws LinuxException {
        MemorySegment request = Scratch.get().data;
        request.set(ValueLayout.JAVA_INT, 0, descriptor.number());
        request.set(ValueLayout.JAVA_SHORT, 4, events);
        request.set(ValueLayout.JAVA_SHORT, 6, (short) 0);
        long result = POLL.callOrErrno(request.address(), 1, millis);
        if (result < 0 && result != -Errno.EINTR) {
            throw new LinuxException(POLL.name(), (int) -result);
        }
        return result > 0;
    }

    private static int transferred(Libc.Function function, long result) throws LinuxException {
        if (result == -Errno.EAGAIN) {
            return WOULD_BLOCK;
        }
        if (result < 0) {
            throw new LinuxException(function.name(), (int) -result);
        }
        return (int) result;
    }
}
