package dev.outpost.client.remote;

import dev.outpost.client.ExecServerException;
import dev.outpost.executor.process.ProcessEvent.Output;
import dev.outpost.executor.process.ReadResult;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Brings into a {@link RemoteEventLog} by reads what was not notified (spec C23, N94), or what it has no more.
 *
 * <p>Each read that is answered lets the next be for more, each that is lost with its connection lets it be for less: so
 * that also connections that never live long bring something. Hence a lost read is not sent again as it was.
 *
 * <p>Safe from any thread; nothing blocks.
 */
final class MissedEvents {
    /** Servers never divide a chunk, and most are this large. */
    private static final long LEAST_BYTES = 8 * 1024;

    private static final long FIRST_BYTES = 64 * 1024;
    private static final long MOST_BYTES = 2 << 20;
    /** For a subscriber who is behind: the first and the most, because what is not read soon the server may evict. */
    private static final long REFILL_BYTES = 1 << 20;

    private final RemoteEventLog log;
    private final Reader reader;
    private final BooleanSupplier ended;
    private final ReadSize catchUpSize = new ReadSize(FIRST_BYTES, MOST_BYTES);
    private final ReadSize refillSize = new ReadSize(REFILL_BYTES, REFILL_BYTES);
    private final AtomicBoolean catchingUp = new AtomicBoolean();
    private volatile boolean catchUpAgain;

    /** Makes one read, which fails when its connection is lost, rather than being sent again. */
    @FunctionalInterface
    interface Reader {
        CompletableFuture<ReadResult> read(long afterSeq, long maxBytes);
    }

    /**
     * Nothing is read yet.
     *
     * @param ended whether nothing more is wanted, or no connection will come any more
     */
    MissedEvents(RemoteEventLog log, Reader reader, BooleanSupplier ended) {
        this.log = log;
        this.reader = reader;
        this.ended = ended;
    }

    /** Reads from the last event in order on. While it does so once, another call makes it do it once more. */
    void catchUp() {
        catchUpAgain = true;
        if (catchingUp.compareAndSet(false, true)) {
            catchUpAgain = false;
            catchUpSize.begin();
            catchUp(log.published());
        }
    }

    private void catchUp(long afterSeq) {
        var _ = read(afterSeq, catchUpSize).whenComplete((result, failure) -> {
            if (failure == null) {
                log.resolve(result);
                if (!result.chunks().isEmpty()) {
                    log.whenRoom(() -> catchUp(Math.max(result.nextSeq() - 1, log.published())));
                    return;
                }
            } else if (isLoss(failure)) {
                catchUpAgain = true;
            } else if (!isTransportClosed(failure)) {
                log.fail(RemoteFailures.ofProcess(failure).getMessage());
            }
            catchingUp.set(false);
            if (catchUpAgain && !log.isClosed() && !ended.getAsBoolean()) {
                catchUp();
            }
        });
    }

    /** Reads what comes after the position of a subscriber who is behind. */
    void refill(RemoteSubscription subscription, long afterSeq) {
        var _ = read(afterSeq, refillSize).whenComplete((result, failure) -> {
            if (failure != null && isLoss(failure) && !ended.getAsBoolean()) {
                refill(subscription, afterSeq);
                return;
            }
            List<Output> chunks = failure == null ? result.chunks() : List.of();
            log.addAll(chunks); // What was not notified yet has been delivered now.
            log.refill(subscription, chunks);
        });
    }

    private CompletableFuture<ReadResult> read(long afterSeq, ReadSize size) {
        return reader.read(afterSeq, size.bytes.get()).whenComplete((_, failure) -> size.adapt(failure == null));
    }

    /** Whether the answer didn't arrive, because the connection ended, is slow or is still to come. */
    private static boolean isLoss(Throwable failure) {
        return RemoteFailures.cause(failure) instanceof ExecServerException e
                && switch (e.kind()) {
                    case DISCONNECTED, CLOSED, CALL_TIMED_OUT -> true;
                    default -> false;
                };
    }

    private static boolean isTransportClosed(Throwable failure) {
        return RemoteFailures.cause(failure) instanceof ExecServerException e && e.isTransportClosed();
    }

    /** How much is asked for at once. */
    private static final class ReadSize {
        final AtomicLong bytes;
        private final long first;
        private final long most;

        ReadSize(long first, long most) {
            this.bytes = new AtomicLong(first);
            this.first = first;
            this.most = most;
        }

        /** Not more than at first: how long the connection will live is not known yet. */
        void begin() {
            bytes.updateAndGet(now -> Math.min(now, first));
        }

        void adapt(boolean answered) {
            bytes.updateAndGet(now -> answered ? Math.min(now * 2, most) : Math.max(now / 2, LEAST_BYTES));
        }
    }
}
