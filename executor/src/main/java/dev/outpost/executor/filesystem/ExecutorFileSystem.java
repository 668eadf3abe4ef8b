package dev.outpost.executor.filesystem;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.SandboxContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * File operations of an environment (spec 03). Every path is absolute and lexically normalised ({@link
 * HostPath#normalized}). Methods block as long as the disk does and are safe from any number of threads; call them on
 * platform threads, since an implementation may pin a virtual one.
 *
 * <p>{@code sandbox} limits what the operation may touch; null or a context that does not restrict means everything
 * the executor's user may. An implementation that can't enforce a restricting context refuses it with {@code REJECTED}
 * and does nothing: it never runs open.
 *
 * <p>Failures: {@code NOT_FOUND} for ENOENT, {@code REJECTED} for EACCES, EPERM and what the rules forbid, {@code
 * FAILED} for the rest, with the system's text (spec F4–F8).
 */
public interface ExecutorFileSystem {
    /** The largest file that {@link #readFile} returns, in bytes (spec W74). */
    long READ_LIMIT = 536_870_912;

    /** Reads a whole file, links followed, at most {@link #READ_LIMIT} bytes (spec F9). */
    FileContent readFile(HostPath path, @Nullable SandboxContext sandbox) throws ExecutorException;

    /**
     * Creates or truncates a file and writes it in place; the parent must exist (spec F10).
     *
     * @param content stays the caller's, who closes it
     */
    void writeFile(HostPath path, FileContent content, @Nullable SandboxContext sandbox) throws ExecutorException;

    /** The same with an array. */
    default void writeFile(HostPath path, byte[] data, @Nullable SandboxContext sandbox) throws ExecutorException {
        writeFile(path, FileContent.of(data), sandbox);
    }

    /** Makes a directory; {@code recursive} makes its parents too and accepts one that exists (spec F11). */
    void createDirectory(HostPath path, boolean recursive, @Nullable SandboxContext sandbox) throws ExecutorException;

    /** Looks at what is there (spec F12). */
    FileMetadata getMetadata(HostPath path, @Nullable SandboxContext sandbox) throws ExecutorException;

    /**
     * What {@link #getMetadata} would return, if that is known at once: unlike all other methods this one doesn't block,
     * and may be called where nothing may.
     *
     * @return null if it isn't known at once, for whatever reason; then getMetadata tells
     */
    default @Nullable FileMetadata metadataAtOnce(HostPath path, @Nullable SandboxContext sandbox) {
        return null;
    }

    /** Lists a directory, in no order, without entries that lead nowhere (spec F13). */
    List<DirectoryEntry> readDirectory(HostPath path, @Nullable SandboxContext sandbox) throws ExecutorException;

    /** Removes what is there, links not followed; {@code force} forgives that nothing is (spec F14). */
    void remove(HostPath path, boolean recursive, boolean force, @Nullable SandboxContext sandbox)
            throws ExecutorException;

    /** Copies a file, a link or, with {@code recursive}, a tree (spec F15). */
    void copy(HostPath source, HostPath destination, boolean recursive, @Nullable SandboxContext sandbox)
            throws ExecutorException;
}
