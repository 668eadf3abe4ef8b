package dev.outpost.soak;

import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process as its client sees it: checks that its events come complete and in the order of their numbers, and that its
 * streams bring what they have to. Safe from any thread.
 */
final class RunningProcess {
    private static final long PATIENCE_SECONDS = 120;

    private final String id;
    private final Content stdout;
    private final Content stderr;
    private final CompletableFuture<Long> closed = new CompletableFuture<>();

    // Guarded by this.
    private long notified;
    private long published;
    private boolean resumed;
    private boolean recovering;
    private boolean exited;
    private long exitCode;
    private final TreeMap<Long, Json> early = new TreeMap<>();

    RunningProcess(String id, Content stdout, Content stderr) {
        this.id = id;
        this.stdout = stdout;
        this.stderr = stderr;
    }

    String id() {
        return id;
    }

    /** Bytes of output that came so far. */
    synchronized long received() {
        return stdout.received() + stderr.received();
    }

    /** A notification came. */
    synchronized void notification(Json message) {
        try {
            long seq = message.get("params").get("seq").number();
            if (resumed ? seq <= notified : seq != notified + 1) {
                throw new IOException("notification " + seq + " after " + notified + ": " + message);
            }
            notified = seq;
            if (recovering) {
                early.put(seq, message);
            } else {
                publish(seq, message);
            }
        } catch (IOException | RuntimeException wrong) {
            fail(wrong);
        }
        notifyAll();
    }

    /** The connection ended, or something else makes it impossible to go on. */
    void fail(Exception reason) {
        closed.completeExceptionally(reason);
        synchronized (this) {
            notifyAll();
        }
    }

    /** Its session goes on over another connection, on which {@link #recover} is to be called. */
    synchronized void resume() {
        resumed = true;
        recovering = true;
        notified = 0;
        early.clear();
    }

    /** Reads what was missed while no connection was there (spec W62). */
    void recover(Client client, int maxBytes) throws IOException {
        boolean more = true;
        while (more) {
            Json state = read(client, maxBytes, 0);
            synchronized (this) {
                more = !state.get("chunks").items().isEmpty();
                if (!more) {
                    published = Math.max(published, state.get("nextSeq").number() - 1);
                    recovering = false;
                    for (Map.Entry<Long, Json> entry : early.entrySet()) {
                        publish(entry.getKey(), entry.getValue());
                    }
                    early.clear();
                }
            }
        }
    }

    /** Takes all of it by waiting reads alone; for one whose notifications are checked by another. */
    void readToEnd(Client client, int maxBytes) throws IOException {
        while (true) {
            Json state = read(client, maxBytes, 2000);
            if (state.get("closed").truth() && state.get("chunks").items().isEmpty()) {
                return;
            }
        }
    }

    private Json read(Client client, int maxBytes, int waitMillis) throws IOException {
        long after;
        synchronized (this) {
            after = published;
        }
        Json state = client.call(
                "process/read",
                "{\"processId\":" + Json.quote(id) + ",\"afterSeq\":" + after + ",\"maxBytes\":" + maxBytes
                        + ",\"waitMs\":" + waitMillis + "}");
        synchronized (this) {
            for (Json chunk : state.get("chunks").items()) {
                long seq = chunk.get("seq").number();
                if (seq <= published) {
                    throw new IOException("a read after " + after + " brought chunk " + seq + " after " + published);
                }
                // A gap is the number of an exit; a lost chunk would be noticed by the content.
                published = seq;
                output(chunk);
            }
            if (state.get("exited").truth() && !exited) {
                exited = true;
                exitCode = state.get("exitCode").number();
            }
            if (state.get("closed").truth() && state.get("chunks").items().isEmpty()) {
                end();
            } else if (state.get("chunks").items().isEmpty()) {
                published = Math.max(published, state.get("nextSeq").number() - 1);
            }
        }
        return state;
    }

    private void publish(long seq, Json message) throws IOException {
        if (seq <= published) {
            return;
        }
        if (seq != published + 1) {
            throw new IOException("event " + seq + " after " + published + ": " + message);
        }
        published = seq;
        Json params = message.get("params");
        switch (message.get("method").text()) {
            case "process/output" -> output(params);
            case "process/exited" -> {
                if (exited) {
                    throw new IOException("a second exit: " + message);
                }
                exited = true;
                exitCode = params.get("exitCode").number();
            }
            case "process/closed" -> {
                if (!exited) {
                    throw new IOException("closed before exited: " + message);
                }
                end();
            }
            default -> throw new IOException("unknown notification " + message);
        }
    }

    private void output(Json event) throws IOException {
        if (closed.isDone() && !closed.isCompletedExceptionally()) {
            throw new IOException("output after the close: " + event);
        }
        byte[] chunk = Base64.getDecoder().decode(event.get("chunk").text());
        (event.get("stream").text().equals("stderr") ? stderr : stdout).take(chunk);
    }

    private void end() throws IOException {
        if (!closed.isDone()) {
            stdout.end();
            stderr.end();
            closed.complete(exitCode);
        }
    }

    /** Waits until so many bytes of output have come, or it closed. */
    synchronized void awaitOutput(long bytes) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (stdout.received() + stderr.received() < bytes && !closed.isDone()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new IOException("process " + id + " brought " + received() + " bytes instead of " + bytes
                        + " within " + PATIENCE_SECONDS + " s");
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Waits until it closed, and returns its exit code. */
    long awaitClosed() throws IOException, InterruptedException {
        try {
            return closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException wrong) {
            throw new IOException("process " + id + ": " + Client.reason(wrong), wrong);
        } catch (TimeoutException e) {
            throw new IOException(
                    "process " + id + " did not close within " + PATIENCE_SECONDS + " s; " + received() + " bytes came",
                    e);
        }
    }

    /** Waits until it closed with this exit code. */
    void awaitClosed(long expectedExitCode) throws IOException, InterruptedException {
        long code = awaitClosed();
        if (code != expectedExitCode) {
            throw new IOException("process " + id + " ended with " + code + " instead of " + expectedExitCode);
        }
    }
}
