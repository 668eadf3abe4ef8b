package dev.outpost.linux.file;

import dev.outpost.linux.LinuxException;
import java.util.List;

/**
 * A place from which names are looked up: the only way to a file. Paths are bytes without NUL, relative to this
 * directory; an absolute one is taken from the root whatever the directory is. A path of 4096 bytes or more fails with
 * ENAMETOOLONG.
 *
 * <p>{@link #host} is the start for absolute paths and safe from any thread. Every other directory owns a descriptor
 * and is for one thread at a time. Another implementation may allow less than the kernel does, and then fails as the
 * kernel would.
 */
public interface Directory extends AutoCloseable {
    /** What an open directory is good for. */
    enum Purpose {
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
    record Entry(byte[] name, FileType type) {}

    /** Where absolute paths start, with all that this process may do. Owns nothing; {@link #close} does nothing. */
    static Directory host() {
        return KernelDirectory.HOST;
    }

    /**
     * Opens a directory by an absolute path in which nothing is a symbolic link, to look names up in it.
     *
     * @throws LinuxException ELOOP if something is a link; ENOSYS, EINVAL or EPERM if this can't be asked of the kernel
     */
    static Directory openWithoutLinks(byte[] path) throws LinuxException {
        return KernelDirectory.openWithoutLinks(path);
    }

    /** Opens a directory. */
    Directory openDirectory(byte[] path, Links links, Purpose purpose) throws LinuxException;

    /** Opens the directory that this one is in now, for the same purpose. */
    Directory openParent() throws LinuxException;

    /** Opens a file, or a directory, for reading; does not wait for the writer of a pipe. */
    OpenFile openForReading(byte[] path, Links links) throws LinuxException;

    /**
     * Opens a file for writing from its start, without cutting it, and creates it if it is not there. A pipe without a reader fails with ENXIO.
     *
     * @param permissions of a file that is created, less the umask
     */
    OpenFile openForWriting(byte[] path, Links links, int permissions) throws LinuxException;

    /** The same, links followed. */
    default OpenFile openForWriting(byte[] path, int permissions) throws LinuxException {
        return openForWriting(path, Links.FOLLOW, permissions);
    }

    /** The same for a file that is there already; ENOENT if it is not. */
    OpenFile openExistingForWriting(byte[] path, Links links) throws LinuxException;

    /** What a path stands for. */
    FileStatus status(byte[] path, Links links) throws LinuxException;

    /** What this directory is; not for {@link #host}. */
    FileStatus status() throws LinuxException;

    /** On which kind of file system it is, as statfs(2) numbers them; not for {@link #host}. */
    long fileSystemKind() throws LinuxException;

    /** Whether names can be looked up in it: without the right to search, a directory can be listed, but no more. */
    boolean isSearchable() throws LinuxException;

    /** Whether a name of {@link #readEntries} may be told to whoever asks; nothing is looked up. */
    default boolean shows(byte[] name) {
        return true;
    }

    /**
     * Fails if a path itself may not be removed whatever is in it, so that nothing in it is removed first. That it does
     * not fail promises nothing.
     */
    default void checkRemovable(byte[] path) throws LinuxException {}

    /** Makes a directory with these permissions, less the umask. */
    void makeDirectory(byte[] path, int permissions) throws LinuxException;

    /** Removes a name that is not a directory's; EISDIR if it is. */
    void unlink(byte[] path) throws LinuxException;

    /** Removes an empty directory; ENOTEMPTY if it is not. */
    void removeDirectory(byte[] path) throws LinuxException;

    /** Makes a symbolic link at {@code path} with this text. */
    void makeSymlink(byte[] target, byte[] path) throws LinuxException;

    /** The text of a symbolic link, verbatim; EINVAL if it is none. */
    byte[] readSymlink(byte[] path) throws LinuxException;

    /**
     * The next names, in no order; {@code .} and {@code ..} are left out. A name that is added or removed meanwhile
     * may or may not be among them.
     *
     * @param maxBytes how much to read at a time, 512 … 65536; a name takes 24 bytes to about 280
     * @return empty at the end, and only there
     */
    List<Entry> readEntries(int maxBytes) throws LinuxException;

    /** What {@link #seek} takes to come back to here; good as long as nothing is removed, also after reopening. */
    long position();

    /** Lets {@link #readEntries} go on from a {@link #position}. */
    void seek(long newPosition) throws LinuxException;

    /** Lets {@link #readEntries} start anew and see what was added. */
    default void rewind() throws LinuxException {
        seek(0);
    }

    /** Closes it; idempotent. */
    @Override
    void close();
}
