package dev.outpost.client.remote;

import dev.outpost.client.ExecServerClient;
import dev.outpost.client.ExecServerException;
import dev.outpost.client.SessionListener;
import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.SandboxType;
import dev.outpost.executor.process.StartProcess;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.message.MetadataParams;
import dev.outpost.protocol.message.MetadataResult;
import dev.outpost.protocol.message.ProcessNotification;
import dev.outpost.protocol.message.StartParams;
import dev.outpost.protocol.message.StartResult;
import dev.outpost.protocol.message.TerminateParams;
import dev.outpost.protocol.message.TerminateResult;
import dev.outpost.protocol.path.Dialect;
import dev.outpost.protocol.path.WirePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The processes of a client's session (spec 06 §7). Does not own the client. Safe from any thread; nothing blocks.
 *
 * <p>An exit by a signal is told as the server tells it, as a code: 128 + signal, or -1 by Codex 0.131 (spec N44, P53).
 */
public final class RemoteExecBackend implements ExecBackend {
    /** How long servers keep a closed process (spec P6). */
    private static final long RETENTION_SECONDS = 30;

    private static final long LONGEST_CLOSE_SECONDS = 5;

    private static final Executor AFTER_RETENTION =
            CompletableFuture.delayedExecutor(RETENTION_SECONDS, TimeUnit.SECONDS, Runnable::run);

    private final ExecServerClient client;
    private final RemoteCalls calls;
    private final WriteNames names = new WriteNames();
    private final Session session = new Session();
    private final Map<ProcessId, Entry> entries = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** One process, from the call of start on. */
    private static final class Entry {
        final RemoteProcess process;
        final CompletableFuture<ExecProcess> started = new CompletableFuture<>();
        /** The closed process whose id it takes, to be put back if the server refuses. */
        final @Nullable Entry before;

        Entry(RemoteProcess process, @Nullable Entry before) {
            this.process = process;
            this.before = before;
        }
    }

    /** No processes yet; those of other backends of the same client are not seen. */
    public RemoteExecBackend(ExecServerClient client) {
        this.client = client;
        this.calls = new RemoteCalls(client);
        client.listen(session);
    }

    @Override
    public CompletableFuture<ExecProcess> start(StartProcess request) {
        ExecutorException refusal = refusal(request);
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        ProcessId id = request.id();
        var process = new RemoteProcess(id, request.tty(), client, names);
        Entry before = entries.get(id);
        Entry entry = new Entry(process, before != null && before.process.isClosed() ? before : null);
        if (entry.before == null ? entries.putIfAbsent(id, entry) != null : !entries.replace(id, entry.before, entry)) {
            return CompletableFuture.failedFuture(RemoteFailures.ofProcess(
                    ExecServerException.protocol("session already registered for process " + id)));
        }
        CompletableFuture<ExecProcess> result = entry.started;
        var _ = result.whenComplete((_, _) -> {
            if (result.isCancelled() && !closed) {
                abandon(entry);
            }
        });
        var _ = send(request, process).whenComplete((answer, failure) -> {
            if (failure != null) {
                forget(entry);
                if (entry.before != null) {
                    entries.putIfAbsent(id, entry.before);
                }
                result.completeExceptionally(RemoteFailures.ofProcess(failure));
            } else if (restricts(request) && answer.sandboxType() == SandboxType.NONE) {
                abandon(entry);
                result.completeExceptionally(new ExecutorException(
                        FailureKind.FAILED,
                        "the exec-server runs process " + id
                                + " without the sandbox that was asked for; it was ended"));
            } else {
                process.setSandboxType(answer.sandboxType());
                result.complete(process);
            }
        });
        var _ = process.closed().thenRunAsync(() -> forget(entry), AFTER_RETENTION);
        if (closed) { // While this was going on.
            abandon(entry);
            result.cancel(false);
        }
        return result;
    }

    /**
     * Takes over a process of a session that was resumed by {@link ExecServerClient#connect}: a process with this id is
     * expected there (spec C23).
     *
     * @param afterSeq its events up to this number are known; those behind it are read, and then notified
     */
    public ExecProcess attach(ProcessId id, boolean tty, long afterSeq) throws ExecutorException {
        var process = new RemoteProcess(id, tty, client, names);
        process.startAfter(afterSeq);
        Entry entry = new Entry(process, null);
        entry.started.complete(process);
        if (entries.putIfAbsent(id, entry) != null) {
            throw RemoteFailures.ofProcess(
                    ExecServerException.protocol("session already registered for process " + id));
        }
        var _ = process.closed().thenRunAsync(() -> forget(entry), AFTER_RETENTION);
        ExecServerException end = client.end();
        if (end != null) {
            process.fail(end.getMessage());
        } else {
            process.catchUp();
        }
        return process;
    }

    @Override
    public @Nullable CompletableFuture<ExecProcess> find(ProcessId id) {
        Entry entry = entries.get(id);
        return entry == null || entry.started.isCompletedExceptionally() ? null : entry.started.copy();
    }

    /** Waits at most 5 s for the server to say that the signals are sent. */
    @Override
    public void close() {
        closed = true;
        client.unlisten(session);
        List<CompletableFuture<?>> sent = new ArrayList<>();
        for (Entry entry : List.copyOf(entries.values())) {
            if (!entry.process.hasExited()) {
                sent.add(terminate(entry));
            }
            entry.started.cancel(false);
            forget(entry);
            entry.process.discard();
        }
        try {
            CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
                    .exceptionally(_ -> null)
                    .completeOnTimeout(null, LONGEST_CLOSE_SECONDS, TimeUnit.SECONDS)
                    .get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable ExecutorException refusal(StartProcess request) {
        if (closed) {
            return new ExecutorException(FailureKind.REJECTED, "these processes are closed; open others");
        }
        if (request.argv().isEmpty()) {
            return new ExecutorException(FailureKind.INVALID_ARGUMENT, "argv must not be empty");
        }
        if (request.cwd().hasNul()) {
            return new ExecutorException(FailureKind.FAILED, "nul byte found in provided data");
        }
        return null;
    }

    private CompletableFuture<StartResult> send(StartProcess request, RemoteProcess process) {
        if (!restricts(request)) {
            return calls.inDialect(dialect -> sendIn(dialect, request, process));
        }
        // An old server would run it open. Which kind it is has to be known before anything is started.
        return dialect().thenCompose(dialect -> switch (dialect) {
            case URIS -> sendIn(dialect, request, process);
            case PATHS ->
                CompletableFuture.failedFuture(new ExecutorException(
                        FailureKind.INVALID_ARGUMENT,
                        "sandbox intent cannot be enforced on this executor: its protocol (Codex 0.131) has no sandbox"
                                + " for processes"));
        });
    }

    private static boolean restricts(StartProcess request) {
        SandboxContext sandbox = request.sandbox();
        return sandbox != null && sandbox.permissions().restrictsProcesses();
    }

    private CompletableFuture<StartResult> sendIn(Dialect dialect, StartProcess request, RemoteProcess process) {
        return calls.call(
                "process/start", new StartParams(request, dialect, process.outputWindow()), false, StartResult::decode);
    }

    private CompletableFuture<Dialect> dialect() {
        Dialect known = client.dialects().known();
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        return calls.inDialect(dialect -> calls.call(
                        "fs/getMetadata",
                        new MetadataParams(new WirePath(HostPath.of("/"), dialect), null),
                        true,
                        MetadataResult::decode))
                .thenApply(_ -> client.dialects().current());
    }

    /** The caller does not want it any more, whether it has started or not (spec N42). */
    private void abandon(Entry entry) {
        var _ = terminate(entry);
        forget(entry);
        entry.process.discard();
    }

    private CompletableFuture<?> terminate(Entry entry) {
        return calls.call("process/terminate", new TerminateParams(entry.process.id()), false, TerminateResult::decode);
    }

    private void forget(Entry entry) {
        entries.remove(entry.process.id(), entry);
        entry.process.evict();
    }

    /** What the client tells. */
    private final class Session implements SessionListener {
        @Override
        public void notified(ProcessNotification notification) {
            Entry entry = entries.get(notification.processId());
            if (entry != null) {
                entry.process.notified(notification);
            }
        }

        @Override
        public void resumed() {
            for (Entry entry : entries.values()) {
                if (!entry.process.isClosed() && !entry.started.isCompletedExceptionally()) {
                    entry.process.catchUp();
                }
            }
        }

        @Override
        public void ended(ExecServerException cause) {
            for (Entry entry : List.copyOf(entries.values())) {
                entry.process.fail(cause.getMessage());
                forget(entry);
            }
        }
    }
}
