package dev.outpost.client.connect;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.transport.Connection;
import dev.outpost.transport.ConnectionHandler;
import dev.outpost.transport.OutgoingMessage;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A handler that keeps what it is told. */
final class Messages implements ConnectionHandler {
    private static final long PATIENCE_SECONDS = 30;

    private final CompletableFuture<Connection> opened = new CompletableFuture<>();
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final CompletableFuture<Optional<Throwable>> closed = new CompletableFuture<>();

    @Override
    public void opened(Connection connection) {
        opened.complete(connection);
    }

    @Override
    public void message(byte[] bytes, int length) {
        messages.add(new String(bytes, 0, length, UTF_8));
    }

    @Override
    public void oversized(byte[] prefix, int length, long limit) {
        messages.add("oversized above " + limit);
    }

    @Override
    public @Nullable OutgoingMessage pull() {
        return null;
    }

    @Override
    public void closed(@Nullable Throwable reason) {
        closed.complete(Optional.ofNullable(reason));
    }

    Connection connection() {
        return opened.join();
    }

    void send(String text) {
        connection().send(out -> {
            out.raw(text.getBytes(UTF_8));
            return true;
        });
    }

    String next() throws InterruptedException {
        String message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("nothing came within " + PATIENCE_SECONDS + " s; ended: " + closed);
        }
        return message;
    }

    int waiting() {
        return messages.size();
    }

    Optional<Throwable> end() {
        return closed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    boolean ended() {
        return closed.isDone();
    }
}
