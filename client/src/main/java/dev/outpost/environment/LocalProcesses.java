package dev.outpost.environment;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.process.ProcessLimits;
import dev.outpost.local.process.ProcessSupervisor;
import dev.outpost.local.sandbox.SandboxMode;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The processes of this machine. What runs them is started with the first process, which therefore takes a tenth of a
 * second longer: whoever works elsewhere only doesn't pay for it.
 */
final class LocalProcesses implements ExecBackend {
    private final ExecutorEnvironment inherited;
    private final ProcessLimits limits;
    private final SandboxMode sandbox;

    // Guarded by this.
    private @Nullable ProcessSupervisor supervisor;
    private @Nullable ExecBackend backend;
    private boolean closed;

    LocalProcesses(ExecutorEnvironment inherited, ProcessLimits limits, SandboxMode sandbox) {
        this.sandbox = sandbox;
        this.inherited = inherited;
        this.limits = limits;
    }

    @Override
    public CompletableFuture<ExecProcess> start(StartProcess process) {
        try {
            return backend().start(process);
        } catch (ExecutorException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    @Override
    public synchronized @Nullable CompletableFuture<ExecProcess> find(ProcessId id) {
        return backend == null ? null : backend.find(id);
    }

    @Override
    public void close() {
        ProcessSupervisor owned;
        ExecBackend processes;
        synchronized (this) {
            closed = true;
            owned = supervisor;
            processes = backend;
        }
        if (processes != null) {
            processes.close();
        }
        if (owned != null) {
            owned.close();
        }
    }

    private synchronized ExecBackend backend() throws ExecutorException {
        if (closed) {
            throw new ExecutorException(FailureKind.REJECTED, "the processes of this environment have been closed");
        }
        if (backend == null) {
            try {
                supervisor = new ProcessSupervisor(limits, inherited, sandbox);
                backend = supervisor.openBackend();
            } catch (IOException | UnsupportedOperationException failure) {
                throw new ExecutorException(
                        FailureKind.FAILED, "processes can't be run on this machine: " + failure.getMessage(), failure);
            }
        }
        return backend;
    }
}
