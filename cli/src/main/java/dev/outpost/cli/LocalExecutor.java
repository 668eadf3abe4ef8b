package dev.outpost.cli;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.env.UserAccount;
import dev.outpost.local.filesystem.FileSystemLimits;
import dev.outpost.local.filesystem.LocalFileSystem;
import dev.outpost.local.output.OutputLimits;
import dev.outpost.local.process.ProcessLimits;
import dev.outpost.local.process.ProcessSupervisor;
import dev.outpost.local.sandbox.FileSandbox;
import dev.outpost.local.sandbox.SandboxHost;
import dev.outpost.local.sandbox.SandboxLimits;
import dev.outpost.local.sandbox.SandboxMode;
import dev.outpost.server.ExecServer;
import dev.outpost.server.ExecutorServices;
import dev.outpost.server.ServerConfig;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The server with what it offers of this machine; owns both. Processes need native code, which takes a tenth of a second
 * to load: that happens once, in {@link #load} or for the first process if that has come before.
 */
final class LocalExecutor implements AutoCloseable {
    private final ExecutorEnvironment environment = ExecutorEnvironment.ofThisProcess();
    private final ProcessLimits limits;
    private final SandboxMode sandboxMode;
    private final FileSandbox sandbox;
    private final ExecServer server;

    /** Guarded by this. */
    private @Nullable ProcessSupervisor supervisor;
    /** Guarded by this. */
    private boolean closed;

    /** Starts nothing but the server's own threads. */
    LocalExecutor(ExecServerOptions options) {
        limits = limits(options);
        sandboxMode = options.sandbox();
        SandboxHost host = SandboxHost.local(environment.unicode("TMPDIR"));
        sandbox = new FileSandbox(sandboxMode, host, SandboxLimits.DEFAULT);
        ExecutorServices services = new ExecutorServices(
                () -> new LateProcesses(this::openBackend),
                new LocalFileSystem(FileSystemLimits.DEFAULT, sandbox),
                HostEnvironment.describe(environment, UserAccount.current()));
        server = new ExecServer(ServerConfig.DEFAULT.withSessionTimeToLive(options.sessionTtl()), services);
    }

    private static ProcessLimits limits(ExecServerOptions options) {
        ProcessLimits defaults = ProcessLimits.defaults();
        OutputLimits output = defaults.output();
        return defaults.withOutput(new OutputLimits(
                        options.retainedBytes(), output.waitingReadsPerProcess(), output.subscriptionsPerProcess()))
                .withOutputBytesTotal(options.retainedTotalBytes());
    }

    /** Gives connections their handlers. */
    ExecServer server() {
        return server;
    }

    /**
     * Loads what the first process will need; a process that is to start meanwhile waits for it. Does nothing once this
     * is closed.
     *
     * @throws StartFailure if processes can't be run on this machine
     */
    void load() throws StartFailure {
        try {
            supervisor();
        } catch (ExecutorException failure) {
            if (failure.kind() != FailureKind.REJECTED) {
                throw new StartFailure(failure.getMessage());
            }
        }
    }

    private ExecBackend openBackend() throws ExecutorException {
        return supervisor().openBackend();
    }

    /** Refuses ({@code REJECTED}) once this is closed; fails ({@code FAILED}) if processes can't be run here. */
    private synchronized ProcessSupervisor supervisor() throws ExecutorException {
        if (closed) {
            throw new ExecutorException(FailureKind.REJECTED, "the server is ending");
        }
        if (supervisor == null) {
            try {
                supervisor = new ProcessSupervisor(limits, environment, sandboxMode);
            } catch (IOException | UnsupportedOperationException failure) {
                throw new ExecutorException(
                        FailureKind.FAILED, "processes can't be run: " + failure.getMessage(), failure);
            }
        }
        return supervisor;
    }

    /** Ends all connections, sessions and processes; returns when the processes have their signals. Idempotent. */
    @Override
    public void close() {
        server.close();
        sandbox.close();
        synchronized (this) {
            closed = true;
            if (supervisor != null) {
                supervisor.close();
            }
        }
    }
}
