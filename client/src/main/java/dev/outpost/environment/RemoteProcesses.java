package dev.outpost.environment;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The processes of a remote environment: starting one connects if it has to. Handles keep the connection (spec E16). */
final class RemoteProcesses implements ExecBackend {
    private final LazyServices services;
    /** Those that wait for the connection. */
    private final Map<ProcessId, CompletableFuture<ExecProcess>> waiting = new ConcurrentHashMap<>();

    private volatile boolean closed;

    RemoteProcesses(LazyServices services) {
        this.services = services;
    }

    @Override
    public CompletableFuture<ExecProcess> start(StartProcess process) {
        CompletableFuture<ExecProcess> result = new CompletableFuture<>();
        if (closed) {
            result.completeExceptionally(haveBeenClosed());
            return result;
        }
        // Another with this id will be refused when it is started.
        waiting.merge(process.id(), result, (first, other) -> first.isDone() ? other : first);
        var _ = services.get().whenComplete((lease, failure) -> {
            if (failure != null) {
                result.completeExceptionally(cause(failure));
            } else if (closed) {
                result.completeExceptionally(haveBeenClosed());
            } else if (!result.isDone()) {
                start(process, lease, result);
            }
            waiting.remove(process.id(), result);
        });
        return result;
    }

    private static void start(StartProcess process, Lease lease, CompletableFuture<ExecProcess> result) {
        CompletableFuture<ExecProcess> started = lease.services().processes().start(process);
        var _ = started.whenComplete((handle, failure) -> {
            if (failure != null) {
                result.completeExceptionally(cause(failure));
            } else if (!result.complete(new LeasedProcess(handle, lease))) {
                var _ = handle.terminate();
            }
        });
        var _ = result.whenComplete((_, _) -> {
            if (result.isCancelled()) {
                started.cancel(false);
            }
        });
    }

    @Override
    public @Nullable CompletableFuture<ExecProcess> find(ProcessId id) {
        CompletableFuture<ExecProcess> connecting = waiting.get(id);
        if (connecting != null && !connecting.isDone()) {
            return connecting.copy();
        }
        Lease lease = services.current();
        if (lease == null) {
            return null;
        }
        CompletableFuture<ExecProcess> found = lease.services().processes().find(id);
        return found == null ? null : found.thenApply(handle -> new LeasedProcess(handle, lease));
    }

    @Override
    public void close() {
        closed = true;
        Lease lease = services.current();
        if (lease != null) {
            lease.services().processes().close();
        }
    }

    private static ExecutorException haveBeenClosed() {
        return new ExecutorException(FailureKind.REJECTED, "the processes of this environment have been closed");
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
