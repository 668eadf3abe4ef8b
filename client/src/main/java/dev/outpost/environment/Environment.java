package dev.outpost.environment;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.process.ExecBackend;
import org.jspecify.annotations.Nullable;

/**
 * A place where processes run and files are; callers need not know whether it is here or elsewhere (spec E1). Immutable.
 * Made by an {@link EnvironmentFactory}; making one connects to nothing (E10).
 *
 * <p>A remote one connects with the first call of any of its services, which share that connection (E7). A call that finds
 * no connection fails with the environment's name and the reason; nothing is ever done on this machine instead. The
 * connection lives as long as this, or a process handle taken from it, is reachable (E16), or until {@link #close}.
 */
public final class Environment implements AutoCloseable {
    private final boolean remote;
    private final @Nullable String execServerUrl;
    private final @Nullable RuntimePaths localRuntimePaths;
    private final ExecBackend execBackend;
    private final ExecutorFileSystem fileSystem;
    private final @Nullable LazyServices services;
    private final Runnable closing;

    private Environment(
            boolean remote,
            @Nullable String execServerUrl,
            @Nullable RuntimePaths localRuntimePaths,
            ExecBackend execBackend,
            ExecutorFileSystem fileSystem,
            @Nullable LazyServices services,
            Runnable closing) {
        this.remote = remote;
        this.execServerUrl = execServerUrl;
        this.localRuntimePaths = localRuntimePaths;
        this.execBackend = execBackend;
        this.fileSystem = fileSystem;
        this.services = services;
        this.closing = closing;
    }

    static Environment local(
            ExecBackend processes, ExecutorFileSystem files, @Nullable RuntimePaths paths, Runnable closing) {
        return new Environment(false, null, paths, processes, files, null, closing);
    }

    static Environment remote(LazyServices services, @Nullable String url, @Nullable RuntimePaths paths) {
        return new Environment(
                true, url, paths, new RemoteProcesses(services), new RemoteFiles(services), services, services::close);
    }

    /** Whether it is reached over a transport; also true without a URL, for one behind a command (spec E4). */
    public boolean isRemote() {
        return remote;
    }

    /** The URL of a WebSocket environment; null for a local one and for one behind a command (spec E3). */
    public @Nullable String execServerUrl() {
        return execServerUrl;
    }

    /** Where this program is, if that was configured. */
    public @Nullable RuntimePaths localRuntimePaths() {
        return localRuntimePaths;
    }

    /** Starts processes. Always the same instance (spec E6); closing it ends the processes, and it starts no more. */
    public ExecBackend execBackend() {
        return execBackend;
    }

    /** Reads and changes files. Always the same instance. */
    public ExecutorFileSystem fileSystem() {
        return fileSystem;
    }

    /**
     * What is known of the server. A remote environment connects if it has to, and blocks for that; of a local one this
     * says nothing, because the program itself is there.
     *
     * @throws ExecutorException if there is no connection, with the environment's name and the reason
     */
    public ServerDescription describe() throws ExecutorException {
        return services == null
                ? ServerDescription.UNKNOWN
                : services.await().description().get();
    }

    /** Whether tools that run something may be offered (spec E69). */
    public boolean execEnabled() {
        return true;
    }

    /** Whether tools that work on files may be offered (spec E69). */
    public boolean filesystemEnabled() {
        return true;
    }

    /**
     * A remote environment closes its connection, and every later call fails; a local one ends its processes. Idempotent.
     */
    @Override
    public void close() {
        closing.run();
    }

    /** What kind it is; no URL, which may be secret. */
    @Override
    public String toString() {
        return "Environment[" + (remote ? "remote" : "local") + "]";
    }
}
