package dev.outpost.server;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One session's processes, none of which is real: the test says when a start succeeds and what a process does. */
final class FakeProcesses implements ExecBackend {
    /** A start that the test decides about. */
    record Starting(FakeProcess process, CompletableFuture<ExecProcess> future) {
        void succeed() {
            future.complete(process);
        }
    }

    private final Map<ProcessId, CompletableFuture<ExecProcess>> known = new HashMap<>();
    private final List<Starting> starting = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private boolean manual;
    private int closes;

    /** From now on starts wait for the test. */
    synchronized void startManually() {
        manual = true;
    }

    @Override
    public CompletableFuture<ExecProcess> start(StartProcess asked) {
        FakeProcess process;
        CompletableFuture<ExecProcess> future = new CompletableFuture<>();
        synchronized (this) {
            calls.add("start " + asked.id());
            if (asked.argv().isEmpty()) {
                return failed(FailureKind.INVALID_ARGUMENT, "argv must not be empty");
            }
            if (asked.argv().getFirst().equals("missing")) {
                return failed(FailureKind.FAILED, "No such file or directory (os error 2)");
            }
            if (known.containsKey(asked.id())) {
                return failed(FailureKind.REJECTED, "process " + asked.id() + " already exists");
            }
            process = new FakeProcess(asked.id(), this);
            known.put(asked.id(), future);
            if (manual) {
                starting.add(new Starting(process, future));
                return future;
            }
        }
        future.complete(process);
        return future;
    }

    @Override
    public synchronized @Nullable CompletableFuture<ExecProcess> find(ProcessId id) {
        return known.get(id);
    }

    @Override
    public synchronized void close() {
        closes++;
        known.clear();
    }

    /** Lets a waiting start fail. */
    void fail(Starting start, FailureKind kind, String message) {
        synchronized (this) {
            known.remove(start.process().id());
        }
        start.future().completeExceptionally(new ExecutorException(kind, message));
    }

    synchronized List<Starting> starting() {
        return List.copyOf(starting);
    }

    FakeProcess process(String id) {
        CompletableFuture<ExecProcess> found = find(new ProcessId(id));
        if (found == null) {
            throw new AssertionError("no process " + id);
        }
        return (FakeProcess) found.join();
    }

    /** Frees the id of a process. */
    void evict(String id) {
        FakeProcess process = process(id);
        synchronized (this) {
            known.remove(process.id());
        }
        process.evicted().complete(null);
    }

    synchronized void called(String call) {
        calls.add(call);
    }

    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    synchronized boolean isClosed() {
        return closes > 0;
    }

    private static CompletableFuture<ExecProcess> failed(FailureKind kind, String message) {
        return CompletableFuture.failedFuture(new ExecutorException(kind, message));
    }
}
