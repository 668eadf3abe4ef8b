package dev.outpost.local.filesystem;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.executor.filesystem.FileMetadata;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.CachedStatus;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.file.FileStatus;
import dev.outpost.linux.file.Links;
import dev.outpost.linux.file.OpenFile;
import dev.outpost.local.sandbox.FileSandbox;
import dev.outpost.local.sandbox.SandboxHost;
import dev.outpost.local.sandbox.SandboxLimits;
import dev.outpost.local.sandbox.SandboxMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of this machine (spec 03 §1–4), as the user that this process runs as.
 *
 * <p>Safe from any number of threads. Every method but {@link #metadataAtOnce} blocks for as long as the disk does, in system calls that pin a
 * virtual thread's carrier: call on platform threads. An interrupt ends long operations between two steps with {@code
 * FAILED}; the thread stays marked as interrupted. Each calling thread keeps 72 KiB of native memory until it ends.
 *
 * <p>Beyond what {@link ExecutorFileSystem} says:
 *
 * <ul>
 *   <li>With a context that restricts files, an operation runs on a thread of the {@link FileSandbox}, and what is said
 *       of the calling thread holds for that one; the caller waits.
 *   <li>Reading a pipe waits for its writer, writing one for its reader to make room; at most {@link
 *       FileSystemLimits#waitingFiles} operations wait so. Writing a pipe that nobody reads fails at once (ENXIO).
 *   <li>Content above 1 MiB takes memory from {@link FileSystemLimits#largeContentBytes} until it is closed; when that
 *       is used up, further such reads wait in the order in which they came. A thread that holds large content must
 *       therefore not read more.
 *   <li>A file is overwritten in place and cut at the end. If that fails, on a full disk for instance, what was
 *       written until then stays.
 * </ul>
 */
public final class LocalFileSystem implements ExecutorFileSystem {
    /** Mode of files that are made, less the umask (spec F10). */
    private static final int FILE_PERMISSIONS = 0666;

    private final int directoryEntries;
    private final FileSandbox sandboxes;
    private final FileWaits waits;
    private final ContentReader reader;
    private final FileCopy copy;
    private final CachedStatus cached = new CachedStatus();

    /** A file system with {@link FileSystemLimits#DEFAULT} that enforces policies, and knows of no {@code TMPDIR}. */
    public LocalFileSystem() {
        this(FileSystemLimits.DEFAULT);
    }

    /** The same with these limits. */
    public LocalFileSystem(FileSystemLimits limits) {
        this(limits, new FileSandbox(SandboxMode.ENFORCE, SandboxHost.local(null), SandboxLimits.DEFAULT));
    }

    /**
     * A file system with these limits.
     *
     * @param sandbox what operations with a context that restricts are run in
     */
    public LocalFileSystem(FileSystemLimits limits, FileSandbox sandbox) {
        sandboxes = sandbox;
        directoryEntries = limits.directoryEntries();
        waits = new FileWaits(limits.waitingFiles());
        reader = new ContentReader(new ContentBudget(limits.largeContentBytes()), waits);
        copy = new FileCopy(waits);
    }

    @Override
    public FileContent readFile(HostPath path, @Nullable SandboxContext sandbox) throws ExecutorException {
        return onDisk(sandbox, path, (root, at) -> {
            OpenFile file = root.openForReading(at, Links.FOLLOW);
            try {
                return reader.read(file);
            } finally {
                file.discard();
            }
        });
    }

    @Override
    public void writeFile(HostPath path, FileContent content, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        change(sandbox, path, (root, at) -> {
            try (OpenFile file = root.openForWriting(at, FILE_PERMISSIONS)) {
                Overwriting.overwrite(file, file.status(), () -> waits.writeFully(file, content));
            }
        });
    }

    @Override
    public void createDirectory(HostPath path, boolean recursive, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        change(sandbox, path, (root, at) -> {
            if (recursive) {
                Paths.makeDirectories(root, at);
            } else {
                root.makeDirectory(at, Paths.DIRECTORY_PERMISSIONS);
            }
        });
    }

    @Override
    public FileMetadata getMetadata(HostPath path, @Nullable SandboxContext sandbox) throws ExecutorException {
        return onDisk(sandbox, path, (root, at) -> {
            FileStatus itself = root.status(at, Links.NO_FOLLOW);
            if (itself.isSymlink()) {
                return metadata(root.status(at, Links.FOLLOW), true);
            }
            if (!sandboxes.restricts(sandbox)) {
                cached.learn(at, itself);
            }
            return metadata(itself, false);
        });
    }

    @Override
    public @Nullable FileMetadata metadataAtOnce(HostPath path, @Nullable SandboxContext sandbox) {
        if (sandboxes.restricts(sandbox) || !path.isAbsolute() || path.hasNul()) {
            return null;
        }
        FileStatus itself = cached.look(path.toBytes());
        return itself == null || itself.isSymlink() ? null : metadata(itself, false);
    }

    private static FileMetadata metadata(FileStatus target, boolean throughLink) {
        return new FileMetadata(
                target.isDirectory(),
                target.isRegular(),
                throughLink,
                target.size(),
                Math.max(0, target.createdAtMillis()),
                Math.max(0, target.modifiedAtMillis()));
    }

    @Override
    public List<DirectoryEntry> readDirectory(HostPath path, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        return onDisk(sandbox, path, (root, at) -> DirectoryListing.read(root, at, directoryEntries));
    }

    @Override
    public void remove(HostPath path, boolean recursive, boolean force, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        change(sandbox, path, (root, at) -> {
            try {
                remove(root, at, recursive);
            } catch (LinuxException e) {
                if (!force || e.errno() != Errno.ENOENT) {
                    throw e;
                }
            }
        });
    }

    @Override
    public void copy(HostPath source, HostPath destination, boolean recursive, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        change(sandbox, source, (root, at) -> {
            copy.copy(root, at, checked(destination), recursive);
        });
    }

    private static void remove(Directory root, byte[] path, boolean recursive)
            throws LinuxException, ExecutorException {
        if (!root.status(path, Links.NO_FOLLOW).isDirectory()) {
            root.unlink(path);
        } else if (recursive) {
            root.checkRemovable(path);
            TreeRemoval.remove(root, path);
        } else {
            root.removeDirectory(path);
        }
    }

    private void change(@Nullable SandboxContext sandbox, HostPath path, Change change) throws ExecutorException {
        boolean _ = onDisk(sandbox, path, (root, at) -> {
            change.run(root, at);
            return true;
        });
    }

    private <T> T onDisk(@Nullable SandboxContext sandbox, HostPath path, Operation<T> operation)
            throws ExecutorException {
        try {
            byte[] at = checked(path);
            if (sandbox != null && sandboxes.restricts(sandbox)) {
                return sandboxes.run(sandbox, root -> operation.run(root, at));
            }
            return operation.run(Directory.host(), at);
        } catch (LinuxException e) {
            throw Failures.of(e);
        }
    }

    private static byte[] checked(HostPath path) throws ExecutorException {
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("not absolute: " + path);
        }
        if (path.hasNul()) {
            throw Failures.rejected("file name contained an unexpected NUL byte");
        }
        return path.toBytes();
    }

    private interface Operation<T> {
        T run(Directory root, byte[] path) throws LinuxException, ExecutorException;
    }

    private interface Change {
        void run(Directory root, byte[] path) throws LinuxException, ExecutorException;
    }
}
