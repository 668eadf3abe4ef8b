package dev.outpost.testkit.vector;

import dev.outpost.testkit.wire.Received;
import dev.outpost.testkit.wire.RpcClient;
import dev.outpost.testkit.wire.WebSocketConnection;
import dev.outpost.testkit.wire.WireConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One run of one case. For one thread. */
final class VectorRun implements AutoCloseable {
    /** Makes the connections of a run. */
    @FunctionalInterface
    interface Connector {
        WireConnection connect() throws IOException;
    }

    /** How long nothing must come until the server is taken to have said everything. */
    private static final Duration QUIET = Duration.ofMillis(350);

    /** How long something expected may take. */
    private static final Duration ANSWER = Duration.ofSeconds(8);

    /** How long an ended stdio connection must leave a request unanswered. */
    private static final Duration SILENCE = Duration.ofSeconds(2);

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final JsonNode PROBE_ID = JSON.getNodeFactory().stringNode("probe");
    private static final String PROBE = "{\"id\":\"probe\",\"method\":\"unknown\"}";
    private static final Observed CLOSED = Observed.closed(Step.DEFAULT);

    private final VectorCase vector;
    private final Transport transport;
    private final Connector connector;
    private final Path root;
    private final Map<String, RpcClient> clients = new LinkedHashMap<>();
    private final Map<String, String> sessions = new LinkedHashMap<>();
    private final Set<String> closedByUs = new HashSet<>();
    private final List<Step.Send> pending = new ArrayList<>();

    VectorRun(VectorCase vector, Transport transport, Connector connector, Path root) {
        this.vector = vector;
        this.transport = transport;
        this.connector = connector;
        this.root = root;
    }

    /** Runs the case and says in what the server differs; empty if in nothing. */
    List<String> differences() throws IOException, InterruptedException {
        var directory = new CaseDirectory(root, substitute(vector.setup()));
        handshake();
        for (Step step : vector.steps()) {
            if (step instanceof Step.Sleep || !client(step.on()).ended()) {
                perform(step);
            }
        }
        for (Step.Send request : pending) {
            awaitAnswer(request);
        }
        List<Observed> expected = substitute(transport.translate(vector.expect()))
                .valueStream()
                .map(Observed::expected)
                .toList();
        List<String> differences = new ArrayList<>(awaitMatch(expected));
        differences.addAll(directory.differences(substitute(vector.files())));
        return differences;
    }

    /** Collects until the server has said what is expected, or had enough time, and then says nothing more. */
    private List<String> awaitMatch(List<Observed> expected) throws InterruptedException {
        boolean silent = transport == Transport.STDIO && expected.contains(CLOSED) && isSilent();
        long deadline = System.nanoTime() + ANSWER.toNanos();
        while (true) {
            List<Observed> actual = collect();
            if (silent) {
                actual.add(CLOSED);
            }
            List<String> differences = Comparison.differences(vector, expected, actual);
            if (differences.isEmpty() || System.nanoTime() > deadline) {
                return differences;
            }
        }
    }

    private void handshake() throws IOException, InterruptedException {
        if (vector.handshake() == VectorCase.Handshake.NONE) {
            return;
        }
        RpcClient client = client(Step.DEFAULT);
        JsonNode params = JSON.createObjectNode().put("clientName", "vectors");
        sessions.put(
                Step.DEFAULT, client.call("initialize", params).get("sessionId").asString());
        if (vector.handshake() == VectorCase.Handshake.FULL) {
            client.sendNotification("initialized", JSON.createObjectNode());
            if (transport == Transport.STDIO && vector.steps().stream().anyMatch(VectorRun::isStart)) {
                warmUp(client);
            }
        }
        client.forget();
    }

    /** The recordings are of servers that had started processes before; what needs time in them counts on that. */
    private static void warmUp(RpcClient client) throws IOException, InterruptedException {
        client.call("process/start", JSON.readTree("""
                {"processId": "warm-up", "argv": ["true"], "cwd": "/", "env": {"PATH": "/usr/bin:/bin"}, "tty": false}
                """));
        client.await(message -> isClosed(message, "warm-up"), ANSWER);
    }

    private static boolean isStart(Step step) {
        return step instanceof Step.Send send
                && send.message().path("method").asString("").equals("process/start");
    }

    private RpcClient client(String on) throws IOException {
        RpcClient client = clients.get(on);
        if (client == null) {
            client = new RpcClient(connector.connect());
            clients.put(on, client);
        }
        return client;
    }

    private void perform(Step step) throws IOException, InterruptedException {
        RpcClient client = client(step.on());
        switch (step) {
            case Step.Send send -> {
                client.send(substitute(send.message()).toString());
                if (vector.pipeline() && send.isRequest()) {
                    pending.add(send);
                } else if (send.isRequest()) {
                    awaitAnswer(send);
                }
            }
            case Step.Raw raw -> client.send(raw.text());
            case Step.Binary binary ->
                webSocket(client).sendBinary(Base64.getDecoder().decode(binary.base64()));
            case Step.Fragments fragments -> webSocket(client).sendFragments(fragments.fragments());
            case Step.Ping ping ->
                webSocket(client).sendPing(Base64.getDecoder().decode(ping.base64()));
            case Step.Sleep sleep -> Thread.sleep(sleep.duration());
            case Step.WaitClosed wait -> client.await(message -> isClosed(message, wait.processId()), ANSWER);
            case Step.Close close -> {
                webSocket(client).sendClose();
                client.await(message -> false, ANSWER);
                if (!client.ended()) {
                    throw new IOException("connection " + close.on() + " didn't end after a Close frame");
                }
                closedByUs.add(close.on());
            }
        }
    }

    private static WebSocketConnection webSocket(RpcClient client) {
        return (WebSocketConnection) client.connection();
    }

    private static boolean isClosed(JsonNode message, String processId) {
        return message.path("method").asString("").equals("process/closed")
                && message.at("/params/processId").asString("").equals(processId);
    }

    private void awaitAnswer(Step.Send request) throws IOException, InterruptedException {
        JsonNode id = request.message().get("id");
        JsonNode answer = client(request.on()).await(message -> RpcClient.isAnswer(message, id), ANSWER);
        if (answer != null && answer.at("/result/sessionId").isString()) {
            sessions.put(request.on(), answer.at("/result/sessionId").asString());
        }
    }

    private JsonNode substitute(JsonNode node) {
        String text = node.toString().replace("${ROOT}", root.toString());
        for (Map.Entry<String, String> session : sessions.entrySet()) {
            text = text.replace("${SESSION:" + session.getKey() + "}", session.getValue());
        }
        return JSON.readTree(text);
    }

    private List<Observed> collect() throws InterruptedException {
        List<Observed> observed = new ArrayList<>();
        for (Map.Entry<String, RpcClient> entry : clients.entrySet()) {
            String on = entry.getKey();
            entry.getValue().drain(QUIET);
            entry.getValue().transcript().stream()
                    .filter(received -> !(received instanceof Received.Ended && closedByUs.contains(on)))
                    .map(received -> Observed.received(on, received))
                    .forEach(observed::add);
        }
        return observed;
    }

    /** On stdio an ended connection shows only in that nothing is answered any more (spec W20). */
    private boolean isSilent() throws InterruptedException {
        try {
            RpcClient client = client(Step.DEFAULT);
            client.send(PROBE);
            return client.await(message -> RpcClient.isAnswer(message, PROBE_ID), SILENCE) == null && !client.ended();
        } catch (IOException e) {
            return false;
        }
    }

    /** Drops all connections without ceremony. */
    @Override
    public void close() {
        clients.values().forEach(RpcClient::close);
    }
}
