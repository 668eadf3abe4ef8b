package dev.outpost.testkit.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests and what came back on one connection. Everything received is recorded in order, whoever waited for what. For
 * one thread.
 */
public final class RpcClient implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final WireConnection connection;
    private final List<Received> transcript = new ArrayList<>();
    private boolean ended;
    private int lastId;

    /** Takes the connection over: closes it with itself. */
    public RpcClient(WireConnection connection) {
        this.connection = connection;
    }

    /** Sends {@code initialize} and {@code initialized} and returns the result of the first. */
    public JsonNode handshake() throws IOException, InterruptedException {
        JsonNode result = call("initialize", JSON.createObjectNode().put("clientName", "testkit"));
        sendNotification("initialized", JSON.createObjectNode());
        return result;
    }

    /**
     * Sends a request and waits up to 30 s for its result.
     *
     * @throws IOException if the answer is an error or doesn't come; the message has the whole answer
     */
    public JsonNode call(String method, JsonNode params) throws IOException, InterruptedException {
        int id = ++lastId;
        ObjectNode request = JSON.createObjectNode().put("id", id).put("method", method);
        connection.send(request.set("params", params).toString());
        JsonNode answer =
                await(message -> isAnswer(message, JSON.getNodeFactory().numberNode(id)), ANSWER);
        if (answer == null || !answer.has("result")) {
            throw new IOException(method + " " + (answer == null ? "was not answered: " + transcript : answer));
        }
        return answer.get("result");
    }

    /** Sends a notification. */
    public void sendNotification(String method, JsonNode params) throws IOException {
        connection.send(JSON.createObjectNode()
                .put("method", method)
                .set("params", params)
                .toString());
    }

    /** Sends any text as one message. */
    public void send(String message) throws IOException {
        connection.send(message);
    }

    /** Whether a message is the answer, result or error, to the request with an id. */
    public static boolean isAnswer(JsonNode message, JsonNode id) {
        return !message.has("method") && id.equals(message.get("id"));
    }

    /**
     * Waits for a message, which may have been received before.
     *
     * @return null if it didn't come in time or the connection ended
     */
    public @Nullable JsonNode await(Predicate<JsonNode> wanted, Duration timeout) throws InterruptedException {
        for (Received received : transcript) {
            JsonNode message = parsed(received);
            if (message != null && wanted.test(message)) {
                return message;
            }
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            Received received = receive(Duration.ofNanos(deadline - System.nanoTime()));
            if (received == null) {
                return null;
            }
            JsonNode message = parsed(received);
            if (message != null && wanted.test(message)) {
                return message;
            }
        }
    }

    /** Receives until nothing has come for a time, or the connection ends. */
    public void drain(Duration quiet) throws InterruptedException {
        while (receive(quiet) != null) {
            // recorded
        }
    }

    private @Nullable Received receive(Duration timeout) throws InterruptedException {
        Received received = ended ? null : connection.receive(timeout);
        if (received != null) {
            transcript.add(received);
            ended = received instanceof Received.Ended;
        }
        return received;
    }

    private static @Nullable JsonNode parsed(Received received) {
        return received instanceof Received.Message message ? JSON.readTree(message.text()) : null;
    }

    /** Whether the end of the connection has been received. */
    public boolean ended() {
        return ended;
    }

    /** Everything received so far, in order. */
    public List<Received> transcript() {
        return List.copyOf(transcript);
    }

    /** Forgets everything received so far. */
    public void forget() {
        transcript.clear();
    }

    /** The connection, for what is particular to its kind. */
    public WireConnection connection() {
        return connection;
    }

    @Override
    public void close() {
        connection.close();
    }
}
