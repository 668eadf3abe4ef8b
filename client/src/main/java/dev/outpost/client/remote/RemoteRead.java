package dev.outpost.client.remote;

import dev.outpost.executor.process.ReadRequest;
import dev.outpost.executor.process.ReadResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One read that waits for something to return (spec P23): asks the server each time that something happened to the
 * process, and a last time at its deadline.
 */
final class RemoteRead {
    private static final long LONGEST_WAIT = TimeUnit.DAYS.toMillis(365);

    private final RemoteEventLog log;
    private final ReadRequest request;
    private final Supplier<CompletableFuture<ReadResult>> ask;
    private final CompletableFuture<ReadResult> result = new CompletableFuture<>();
    private volatile boolean late;
    /** Takes the wait off the log's list. */
    private volatile Runnable forget = () -> {};

    RemoteRead(RemoteEventLog log, ReadRequest request, Supplier<CompletableFuture<ReadResult>> ask) {
        this.log = log;
        this.request = request;
        this.ask = ask;
    }

    CompletableFuture<ReadResult> result() {
        return result;
    }

    void begin() {
        CompletableFuture<Void> deadline = new CompletableFuture<Void>()
                .completeOnTimeout(null, Math.min(request.waitMillis(), LONGEST_WAIT), TimeUnit.MILLISECONDS);
        var _ = deadline.thenRun(() -> {
            late = true;
            ask();
        });
        var _ = result.whenComplete((_, _) -> {
            deadline.cancel(false);
            forget.run();
        });
        if (log.isClosed()) {
            ask();
        } else {
            await(request.afterSeq());
        }
    }

    private void await(long seq) {
        forget = log.whenAfter(seq, this::ask);
        if (result.isDone()) {
            forget.run(); // It was done before it could be taken off.
        }
    }

    private void ask() {
        if (result.isDone()) {
            return;
        }
        long seen = log.lastSeq();
        var _ = ask.get().whenComplete((answer, failure) -> answered(seen, answer, failure));
    }

    private void answered(long seen, @Nullable ReadResult answer, @Nullable Throwable failure) {
        if (failure != null || answer == null) {
            result.completeExceptionally(
                    RemoteFailures.ofProcess(failure == null ? new IllegalStateException("no answer") : failure));
        } else if (late || isWorthReturning(answer)) {
            result.complete(answer);
        } else {
            await(seen);
        }
    }

    private boolean isWorthReturning(ReadResult answer) {
        return !answer.chunks().isEmpty()
                || answer.closed()
                || answer.failure() != null
                || (answer.exit() != null && request.afterSeq() < answer.counter() - 1);
    }
}
