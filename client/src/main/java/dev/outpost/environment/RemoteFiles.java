package dev.outpost.environment;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.executor.filesystem.FileMetadata;
import dev.outpost.executor.sandbox.SandboxContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files of a remote environment: each call connects if it has to. */
final class RemoteFiles implements ExecutorFileSystem {
    private final LazyServices services;

    RemoteFiles(LazyServices services) {
        this.services = services;
    }

    @Override
    public FileContent readFile(HostPath path, @Nullable SandboxContext sandbox) throws ExecutorException {
        return services.await().files().readFile(path, sandbox);
    }

    @Override
    public void writeFile(HostPath path, FileContent content, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        services.await().files().writeFile(path, content, sandbox);
    }

    @Override
    public void createDirectory(HostPath path, boolean recursive, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        services.await().files().createDirectory(path, recursive, sandbox);
    }

    @Override
    public FileMetadata getMetadata(HostPath path, @Nullable SandboxContext sandbox) throws ExecutorException {
        return services.await().files().getMetadata(path, sandbox);
    }

    @Override
    public List<DirectoryEntry> readDirectory(HostPath path, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        return services.await().files().readDirectory(path, sandbox);
    }

    @Override
    public void remove(HostPath path, boolean recursive, boolean force, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        services.await().files().remove(path, recursive, force, sandbox);
    }

    @Override
    public void copy(HostPath source, HostPath destination, boolean recursive, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        services.await().files().copy(source, destination, recursive, sandbox);
    }
}
