package dev.outpost.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A handler that keeps what it is told; subclasses react. */
public class RecordingHandler implements ConnectionHandler {
    private static final long PATIENCE_SECONDS = 30;

    /** What came in oversized. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Oversized(byte[] prefix, long limit) {}

    private final CompletableFuture<Connection> opened = new CompletableFuture<>();
    private final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
    private final BlockingQueue<Oversized> oversized = new LinkedBlockingQueue<>();
    private final CompletableFuture<Optional<Throwable>> closed = new CompletableFuture<>();
    /** Calls that came when they must not: out of order, or two at a time. */
    private final AtomicInteger violations = new AtomicInteger();

    private final AtomicInteger inside = new AtomicInteger();

    /** A handler that sends each message back. */
    public static RecordingHandler echo() {
        return new RecordingHandler() {
            @Override
            protected void received(byte[] bytes, int length) {
                connection().send(out -> {
                    out.raw(bytes, 0, length);
                    return true;
                });
            }
        };
    }

    /** What to do with a message: keep it. */
    protected void received(byte[] bytes, int length) {
        messages.add(Arrays.copyOf(bytes, length));
    }

    @Override
    public void opened(Connection connection) {
        guarded(() -> {
            if (!opened.complete(connection) || closed.isDone()) {
                violations.incrementAndGet();
            }
        });
    }

    @Override
    public void message(byte[] bytes, int length) {
        guarded(() -> received(bytes, length));
    }

    @Override
    public void oversized(byte[] prefix, int length, long limit) {
        guarded(() -> oversized.add(new Oversized(Arrays.copyOf(prefix, length), limit)));
    }

    @Override
    public @Nullable OutgoingMessage pull() {
        return null;
    }

    @Override
    public void closed(@Nullable Throwable reason) {
        guarded(() -> {
            if (!opened.isDone() || !closed.complete(Optional.ofNullable(reason))) {
                violations.incrementAndGet();
            }
        });
    }

    /** The connection, once it is open. */
    public final Connection connection() {
        return get(opened);
    }

    /** The next message. */
    public final byte[] message() {
        return poll(messages);
    }

    /** The next message as text. */
    public final String text() {
        return new String(message(), UTF_8);
    }

    /** The next oversized message. */
    public final Oversized oversized() {
        return poll(oversized);
    }

    /** How many messages came that were not asked for. */
    public final int waiting() {
        return messages.size();
    }

    /** Waits for the end. */
    public final Optional<Throwable> end() {
        return get(closed);
    }

    /** Whether the connection has ended. */
    public final boolean ended() {
        return closed.isDone();
    }

    /** How often the contract of {@link ConnectionHandler} was broken. */
    public final int violations() {
        return violations.get();
    }

    private void guarded(Runnable call) {
        if (inside.getAndIncrement() != 0 || closed.isDone()) {
            violations.incrementAndGet();
        }
        try {
            call.run();
        } finally {
            inside.decrementAndGet();
        }
    }

    private static <T> T poll(BlockingQueue<T> queue) {
        try {
            T found = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (found == null) {
                throw new AssertionError("nothing came within " + PATIENCE_SECONDS + " s");
            }
            return found;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }
}
