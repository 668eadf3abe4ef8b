package dev.outpost.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.transport.Connection;
import dev.outpost.transport.ConnectionHandler;
import dev.outpost.transport.OutgoingMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * A connection within this JVM that keeps the contract of a real one: a thread of its own that calls the handler,
 * pausing also of what was received already, an outbox that is written only while the peer takes it.
 */
final class MemoryConnection implements Connection, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ConnectionHandler handler;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("memory-connection").factory());

    // Everything below is guarded by this.
    private final Deque<byte[]> inbox = new ArrayDeque<>();
    private final Deque<OutgoingMessage> outbox = new ArrayDeque<>();
    private final List<JsonNode> received = new ArrayList<>();
    private boolean paused;
    private int pauses;
    private int sends;
    private boolean taking = true;
    private boolean pullRequested;
    private boolean closing;
    private boolean ended;
    private boolean handlerTold;

    MemoryConnection(ConnectionHandler handler) {
        this.handler = handler;
        onThread(() -> handler.opened(this));
    }

    /** A connection that has gone through {@code initialize} and {@code initialized}. */
    static MemoryConnection ready(ExecServer server) {
        var connection = new MemoryConnection(server.newConnection());
        connection.send("{'id':'init','method':'initialize','params':{'clientName':'test'}}");
        connection.send("{'method':'initialized'}");
        connection.answer("init");
        return connection;
    }

    /** Sends a message, written with single quotes; returns when it was handled, or is held back by a pause. */
    void send(String json) {
        sendRaw(json.replace('\'', '"'));
    }

    void sendRaw(String text) {
        synchronized (this) {
            inbox.add(text.getBytes(UTF_8));
        }
        onThread(this::deliver);
    }

    /** Sends without waiting for anything. */
    void post(String json) {
        synchronized (this) {
            inbox.add(json.replace('\'', '"').getBytes(UTF_8));
        }
        thread.execute(this::deliver);
    }

    void sendOversized(String prefix, long limit) {
        byte[] bytes = prefix.replace('\'', '"').getBytes(UTF_8);
        onThread(() -> handler.oversized(bytes, bytes.length, limit));
    }

    /** Whether the peer takes what is sent. */
    void setTaking(boolean taking) {
        synchronized (this) {
            this.taking = taking;
        }
        onThread(this::write);
    }

    /** The answer to a request, when it is there. */
    JsonNode answer(Object id) {
        return await(
                message -> message.has("id") && message.get("id").asString().equals(id.toString()));
    }

    JsonNode result(Object id) {
        JsonNode answer = answer(id);
        assertThat(answer.has("result")).as("%s", answer).isTrue();
        return answer.get("result");
    }

    void expectError(Object id, int code, String message) {
        JsonNode answer = answer(id);
        assertThat(answer.has("error")).as("%s", answer).isTrue();
        assertThat(answer.get("error").get("code").asInt()).as("%s", answer).isEqualTo(code);
        assertThat(answer.get("error").get("message").asString()).isEqualTo(message);
    }

    /** The first message of this kind, when it is there. */
    JsonNode await(Predicate<JsonNode> wanted) {
        return find(wanted)
                .orElseGet(() -> Awaitility.await()
                        .pollInterval(Duration.ofMillis(1))
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> find(wanted), Optional::isPresent)
                        .orElseThrow());
    }

    private synchronized Optional<JsonNode> find(Predicate<JsonNode> wanted) {
        return received.stream().filter(wanted).findFirst();
    }

    synchronized List<JsonNode> received() {
        return List.copyOf(received);
    }

    boolean hasAnswered(Object id) {
        return received().stream()
                .anyMatch(message ->
                        message.has("id") && message.get("id").asString().equals(id.toString()));
    }

    /** Numbers of the notifications of a process, in the order of their arrival. */
    List<Long> seqs(String processId) {
        return received().stream()
                .filter(message ->
                        message.path("params").path("processId").asString("").equals(processId))
                .map(message -> message.get("params").get("seq").asLong())
                .toList();
    }

    /** Waits until the connection has ended and its handler knows. */
    void awaitEnd() {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(this::hasEnded);
    }

    synchronized boolean hasEnded() {
        return handlerTold;
    }

    synchronized boolean isPaused() {
        return paused;
    }

    synchronized int pauses() {
        return pauses;
    }

    /** How many messages the handler has sent, whether written yet or not; pulled ones don't count. */
    synchronized int sends() {
        return sends;
    }

    synchronized int unsent() {
        return outbox.size();
    }

    /** Waits until the connection's thread has done what it was given so far. */
    void settle() {
        onThread(() -> {});
    }

    @Override
    public String peer() {
        return "exec-server websocket 127.0.0.1:4242";
    }

    @Override
    public boolean isWebSocket() {
        return true;
    }

    @Override
    public void send(OutgoingMessage message) {
        synchronized (this) {
            if (!ended && !closing) {
                sends++;
                outbox.add(message);
                thread.execute(this::write);
                return;
            }
        }
        message.close();
    }

    @Override
    public synchronized void requestPull() {
        if (!ended && !pullRequested) {
            pullRequested = true;
            thread.execute(this::write);
        }
    }

    @Override
    public synchronized void pauseReading() {
        paused = true;
        pauses++;
    }

    @Override
    public synchronized void resumeReading() {
        paused = false;
        if (!ended) {
            thread.execute(this::deliver);
        }
    }

    /** Ends the connection; also what a peer does that goes away. */
    @Override
    public void close() {
        synchronized (this) {
            if (!ended) {
                thread.execute(this::end);
            }
        }
    }

    @Override
    public synchronized void closeAfterSending() {
        if (!ended) {
            closing = true;
            thread.execute(this::write);
        }
    }

    private void deliver() {
        while (true) {
            byte[] next;
            synchronized (this) {
                if (paused || ended || closing) {
                    return;
                }
                next = inbox.poll();
            }
            if (next == null) {
                return;
            }
            handler.message(next, next.length);
        }
    }

    private void write() {
        while (true) {
            OutgoingMessage next;
            boolean pull;
            synchronized (this) {
                if (ended || !taking) {
                    return;
                }
                next = outbox.poll();
                pull = next == null && pullRequested && !closing;
                pullRequested &= !pull;
            }
            if (pull) {
                next = handler.pull();
                synchronized (this) {
                    pullRequested |= next != null;
                }
                if (next == null) {
                    continue;
                }
            }
            if (next == null) {
                synchronized (this) {
                    if (!closing) {
                        return;
                    }
                }
                end();
                return;
            }
            writeOut(next);
        }
    }

    private void writeOut(OutgoingMessage message) {
        var out = new JsonOutput();
        try (message) {
            while (!message.writeTo(out)) {
                assertThat(out.size()).isPositive();
            }
        }
        JsonNode tree = JSON.readTree(out.array(), 0, out.size());
        synchronized (this) {
            received.add(tree);
        }
    }

    private void end() {
        List<OutgoingMessage> dropped;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            dropped = new ArrayList<>(outbox);
            outbox.clear();
        }
        dropped.forEach(OutgoingMessage::close);
        handler.closed(null);
        synchronized (this) {
            handlerTold = true;
        }
        thread.shutdown();
    }

    private void onThread(Runnable task) {
        try {
            thread.submit(task).get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } catch (RejectedExecutionException e) {
            assertThat(hasEnded()).isTrue();
        }
    }
}
