package dev.outpost.environment;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.executor.filesystem.FileMetadata;
import dev.outpost.executor.sandbox.SandboxContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files of this machine without means of enforcement: what demands a sandbox is refused (spec E5). */
final class LocalFiles implements ExecutorFileSystem {
    private final ExecutorFileSystem disk;

    LocalFiles(ExecutorFileSystem disk) {
        this.disk = disk;
    }

    private ExecutorFileSystem unrestricted(@Nullable SandboxContext sandbox) throws ExecutorException {
        if (sandbox != null && sandbox.permissions().restrictsFiles()) {
            throw new ExecutorException(
                    FailureKind.REJECTED, "sandboxed filesystem operations require configured runtime paths");
        }
        return disk;
    }

    @Override
    public FileContent readFile(HostPath path, @Nullable SandboxContext sandbox) throws ExecutorException {
        return unrestricted(sandbox).readFile(path, sandbox);
    }

    @Override
    public void writeFile(HostPath path, FileContent content, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        unrestricted(sandbox).writeFile(path, content, sandbox);
    }

    @Override
    public void createDirectory(HostPath path, boolean recursive, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        unrestricted(sandbox).createDirectory(path, recursive, sandbox);
    }

    @Override
    public FileMetadata getMetadata(HostPath path, @Nullable SandboxContext sandbox) throws ExecutorException {
        return unrestricted(sandbox).getMetadata(path, sandbox);
    }

    @Override
    public List<DirectoryEntry> readDirectory(HostPath path, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        return unrestricted(sandbox).readDirectory(path, sandbox);
    }

    @Override
    public void remove(HostPath path, boolean recursive, boolean force, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        unrestricted(sandbox).remove(path, recursive, force, sandbox);
    }

    @Override
    public void copy(HostPath source, HostPath destination, boolean recursive, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        unrestricted(sandbox).copy(source, destination, recursive, sandbox);
    }
}
