package dev.outpost.server.session;

import dev.outpost.executor.process.ProcessId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the requests for one process in the order of their arrival (spec N14f). Only starting takes time, so a request
 * runs at once on its caller's thread unless a start of the same process is pending; then it waits for that start and
 * runs on the thread that completes it. So a client never sees the {@code starting} state of its own process (spec P2).
 *
 * <p>Safe from any thread, but the order is that of the calls. What waits is bounded by the requests that a connection
 * may have in flight.
 */
public final class ProcessOrder {
    private static final CompletableFuture<?> DONE = CompletableFuture.completedFuture(null);

    /** Processes with a pending start, and what waits for it. Guarded by this. */
    private final Map<ProcessId, Deque<Supplier<CompletableFuture<?>>>> pending = new HashMap<>();

    ProcessOrder() {}

    /**
     * Runs a request other than a start.
     *
     * @param request must neither block nor throw
     */
    public void run(ProcessId id, Runnable request) {
        synchronized (this) {
            Deque<Supplier<CompletableFuture<?>>> waiting = pending.get(id);
            if (waiting != null) {
                waiting.add(() -> {
                    request.run();
                    return DONE;
                });
                return;
            }
        }
        request.run();
    }

    /**
     * Runs a start.
     *
     * @param request must neither block nor throw; later requests for the process wait until its future is done, one way
     *     or the other
     */
    public void start(ProcessId id, Supplier<CompletableFuture<?>> request) {
        synchronized (this) {
            Deque<Supplier<CompletableFuture<?>>> waiting = pending.get(id);
            if (waiting != null) {
                waiting.add(request);
                return;
            }
            pending.put(id, new ArrayDeque<>());
        }
        runFrom(id, request);
    }

    private void runFrom(ProcessId id, @Nullable Supplier<CompletableFuture<?>> request) {
        for (Supplier<CompletableFuture<?>> next = request; next != null; next = next(id)) {
            CompletableFuture<?> done = next.get();
            if (!done.isDone()) {
                var _ = done.whenComplete((_, _) -> runFrom(id, next(id)));
                return;
            }
        }
    }

    private synchronized @Nullable Supplier<CompletableFuture<?>> next(ProcessId id) {
        Deque<Supplier<CompletableFuture<?>>> waiting = pending.get(id);
        Supplier<CompletableFuture<?>> next = waiting == null ? null : waiting.poll();
        if (next == null) {
            pending.remove(id);
        }
        return next;
    }
}
