package dev.outpost.local.output;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.process.ReadRequest;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.local.output.Deadlines.Deadline;
import java.util.concurrent.CompletableFuture;

/** A read and the future of its answer; it waits while it is in its {@link OutputLog}'s list. */
final class WaitingRead {
    private final OutputLog log;
    private final ReadRequest request;
    private final CompletableFuture<ReadResult> future = new CompletableFuture<>();

    WaitingRead(OutputLog log, ReadRequest request) {
        this.log = log;
        this.request = request;
    }

    ReadRequest request() {
        return request;
    }

    CompletableFuture<ReadResult> future() {
        return future;
    }

    /** Begins the wait: it ends with an answer, at the deadline, or when the caller cancels the future. */
    void startDeadline(Deadlines deadlines) {
        Deadline started = deadlines.after(request.waitMillis(), () -> log.expire(this));
        // Also covers an answer that came before the line above.
        var _ = future.whenComplete((_, _) -> {
            started.cancel();
            log.forget(this);
        });
    }

    void complete(ReadAnswer found) {
        future.complete(found.toResult());
    }

    void fail(ExecutorException failure) {
        future.completeExceptionally(failure);
    }
}
