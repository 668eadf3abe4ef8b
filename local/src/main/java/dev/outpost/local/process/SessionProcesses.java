package dev.outpost.local.process;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import dev.outpost.local.output.Deadlines.Deadline;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** One session's table of processes (spec P1–P10). Safe from any thread. */
final class SessionProcesses implements ExecBackend {
    private static final Logger LOG = System.getLogger(SessionProcesses.class.getName());

    private final ProcessSupervisor supervisor;
    private final ProcessLimits limits;

    private final Object lock = new Object();
    // Everything below is guarded by the lock.
    private final Map<ProcessId, CompletableFuture<ExecProcess>> table = new HashMap<>();
    /** Closed processes, the oldest first, and when each is to go. */
    private final Map<Entry, Closed> closedProcesses = new LinkedHashMap<>();
    /** Processes that are starting or not closed. */
    private int live;

    private boolean ended;

    SessionProcesses(ProcessSupervisor supervisor) {
        this.supervisor = supervisor;
        this.limits = supervisor.limits();
    }

    @Override
    public CompletableFuture<ExecProcess> start(StartProcess process) {
        if (process.argv().isEmpty()) {
            return refused(FailureKind.INVALID_ARGUMENT, "argv must not be empty");
        }
        ProcessId id = process.id();
        CompletableFuture<ExecProcess> future = new CompletableFuture<>();
        synchronized (lock) {
            if (ended) {
                return refused(FailureKind.REJECTED, "the session of process " + id + " has ended");
            }
            if (find(id) != null) {
                return refused(FailureKind.REJECTED, "process " + id + " already exists");
            }
            if (live >= limits.processesPerBackend()) {
                return refused(
                        FailureKind.REJECTED,
                        "too many processes in this session (limit " + limits.processesPerBackend()
                                + "); terminate one first");
            }
            if (!supervisor.admit()) {
                return refused(
                        FailureKind.REJECTED,
                        "too many processes on this executor (limit " + limits.processesTotal()
                                + "); terminate one first");
            }
            live++;
            table.put(id, future);
        }
        try {
            supervisor.onSpawnThread(() -> spawn(process, future));
            return future;
        } catch (RejectedExecutionException full) {
            forget(id, future);
            released();
            return refused(
                    FailureKind.REJECTED,
                    "too many processes are waiting to be started (limit " + limits.waitingStarts()
                            + "), or the executor is stopping; try again later");
        }
    }

    @Override
    public @Nullable CompletableFuture<ExecProcess> find(ProcessId id) {
        synchronized (lock) {
            CompletableFuture<ExecProcess> entry = table.get(id);
            return entry == null || entry.isCompletedExceptionally() ? null : entry;
        }
    }

    @Override
    public void close() {
        List<Lineage> lineages = abandonAll();
        supervisor.closed(this);
        if (!lineages.isEmpty()) {
            supervisor.awaitKilled(lineages);
        }
    }

    /** Forgets all processes and has their groups killed; returns by what their descendants are known. */
    List<Lineage> abandonAll() {
        List<CompletableFuture<ExecProcess>> entries;
        synchronized (lock) {
            ended = true;
            entries = new ArrayList<>(table.values());
            table.clear();
            closedProcesses.values().forEach(closed -> closed.eviction().cancel());
            closedProcesses.clear();
        }
        List<Lineage> lineages = new ArrayList<>();
        for (CompletableFuture<ExecProcess> entry : entries) {
            // A start that is still under way finds its future completed, and kills what it started.
            entry.completeExceptionally(new ExecutorException(FailureKind.REJECTED, "the session has ended"));
            if (!entry.isCompletedExceptionally() && entry.join() instanceof LocalProcess process) {
                process.abandon();
                lineages.add(process.lineage());
            }
        }
        return lineages;
    }

    private void spawn(StartProcess start, CompletableFuture<ExecProcess> future) {
        ProcessId id = start.id();
        if (future.isDone()) {
            forget(id, future);
            released();
            return;
        }
        LocalProcess process;
        try {
            process = supervisor.launch(start, new Entry(id, future));
        } catch (ExecutorException | RuntimeException | Error failure) {
            // Errors, too: whoever waits for the start would wait for ever.
            forget(id, future);
            released();
            future.completeExceptionally(asExecutorException(failure, id));
            return;
        }
        if (!future.complete(process)) {
            // Cancelled, or the session ended meanwhile.
            forget(id, future);
            process.abandon();
        }
    }

    private static ExecutorException asExecutorException(Throwable failure, ProcessId id) {
        if (failure instanceof ExecutorException known) {
            return known;
        }
        LOG.log(Level.ERROR, "cannot start process " + id, failure);
        return new ExecutorException(
                FailureKind.FAILED,
                "cannot start process " + id + ": an internal error, see the executor's log",
                failure);
    }

    private void forget(ProcessId id, CompletableFuture<ExecProcess> future) {
        synchronized (lock) {
            table.remove(id, future);
        }
    }

    private void released() {
        synchronized (lock) {
            live--;
        }
        supervisor.released();
    }

    private static CompletableFuture<ExecProcess> refused(FailureKind kind, String message) {
        return CompletableFuture.failedFuture(new ExecutorException(kind, message));
    }

    /** A process's place in the table; told when it closes, on the loop's thread. */
    final class Entry {
        private final ProcessId id;
        private final CompletableFuture<ExecProcess> future;

        Entry(ProcessId id, CompletableFuture<ExecProcess> future) {
            this.id = id;
            this.future = future;
        }

        /** The process is about to close: whoever sees the close may start another in its stead. */
        void closing() {
            released();
        }

        /** The process closed: it stays readable for a while. */
        void closed(LocalProcess process) {
            Entry oldest = null;
            synchronized (lock) {
                if (ended || future.isCompletedExceptionally()) {
                    return;
                }
                Deadline deadline = supervisor.loop().after(limits.retention().toMillis(), this::evict);
                closedProcesses.put(this, new Closed(process, deadline));
                if (closedProcesses.size() > limits.closedPerBackend()) {
                    oldest = closedProcesses.keySet().iterator().next();
                }
            }
            if (oldest != null) {
                oldest.evict();
            }
        }

        private void evict() {
            Closed closed;
            synchronized (lock) {
                closed = closedProcesses.remove(this);
                if (closed != null) {
                    table.remove(id, future);
                }
            }
            if (closed != null) {
                closed.eviction().cancel();
                closed.process().evict();
            }
        }
    }

    private record Closed(LocalProcess process, Deadline eviction) {}
}
