package dev.outpost.cli;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The processes of one session, of which nothing exists before the first: what runs processes is still being loaded
 * when a client has its session already. Safe from any thread. A start that comes so early waits for that, a tenth of a
 * second at most.
 */
final class LateProcesses implements ExecBackend {
    /** Opens what runs processes. */
    @FunctionalInterface
    interface Opening {
        /**
         * A backend without processes.
         *
         * @throws ExecutorException if processes can't be run here (any more)
         */
        ExecBackend open() throws ExecutorException;
    }

    private final Opening opening;

    /** Guarded by this for writing. */
    private volatile @Nullable ExecBackend backend;
    /** Guarded by this. */
    private boolean closed;

    LateProcesses(Opening opening) {
        this.opening = opening;
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
    public @Nullable CompletableFuture<ExecProcess> find(ProcessId id) {
        ExecBackend opened = backend;
        return opened == null ? null : opened.find(id);
    }

    @Override
    public void close() {
        ExecBackend opened;
        synchronized (this) {
            closed = true;
            opened = backend;
        }
        if (opened != null) {
            opened.close();
        }
    }

    private ExecBackend backend() throws ExecutorException {
        ExecBackend opened = backend;
        return opened == null ? open() : opened;
    }

    private synchronized ExecBackend open() throws ExecutorException {
        ExecBackend opened = backend;
        if (opened != null) {
            return opened;
        }
        if (closed) {
            throw new ExecutorException(FailureKind.REJECTED, "the session has ended");
        }
        opened = opening.open();
        backend = opened;
        return opened;
    }
}
