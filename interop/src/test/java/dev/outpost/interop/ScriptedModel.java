package dev.outpost.interop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A stand-in for the Responses API whose model is the test: {@link #call} answers the client's waiting request with a
 * tool call, and returns what the client says about it in its next request. For one test thread.
 */
final class ScriptedModel implements AutoCloseable {
    private static final long CLIENT_SECONDS = 90;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<JsonNode> requests = new SynchronousQueue<>();
    private final BlockingQueue<JsonNode> answers = new SynchronousQueue<>();
    private @Nullable JsonNode waiting;
    private @Nullable CodexClient client;
    private int calls;

    ScriptedModel() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/v1/responses", this::respond);
        server.createContext(
                "/", exchange -> reply(exchange, 404, "application/json", "{\"error\":{\"message\":\"no\"}}"));
        server.start();
    }

    /** What the client's configuration has as {@code base_url}. */
    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    /** Names the client, so that its end isn't waited out. */
    void serve(CodexClient newClient) {
        client = newClient;
    }

    /** Has the client call a function tool. */
    ToolOutput call(String tool, Map<String, ?> arguments) throws InterruptedException {
        ObjectNode item = JSON.createObjectNode()
                .put("type", "function_call")
                .put("name", tool)
                .put("arguments", JSON.writeValueAsString(arguments));
        return call(item);
    }

    /** Has the client call a tool that takes free text. */
    ToolOutput callFreeform(String tool, String input) throws InterruptedException {
        return call(JSON.createObjectNode()
                .put("type", "custom_tool_call")
                .put("name", tool)
                .put("input", input));
    }

    private ToolOutput call(ObjectNode item) throws InterruptedException {
        String id = "call-" + ++calls;
        request();
        answer(item.put("call_id", id));
        for (JsonNode input : request().path("input")) {
            if (id.equals(input.path("call_id").asString(""))
                    && input.path("type").asString("").endsWith("_output")) {
                return new ToolOutput(input.path("output"));
            }
        }
        throw new AssertionError("the client said nothing about " + item);
    }

    /** Ends the turn, and so the client. */
    void finish() throws InterruptedException {
        request();
        ObjectNode message = JSON.createObjectNode().put("type", "message").put("role", "assistant");
        message.putArray("content").addObject().put("type", "output_text").put("text", "done");
        answer(message);
    }

    /** The client's request that waits for an answer. */
    JsonNode request() throws InterruptedException {
        for (int second = 0; waiting == null && second < CLIENT_SECONDS; second++) {
            waiting = requests.poll(1, TimeUnit.SECONDS);
            if (waiting == null && client != null && client.hasEnded()) {
                break;
            }
        }
        if (waiting == null) {
            throw new AssertionError("the client asks the model nothing; it wrote: " + client);
        }
        return waiting;
    }

    private void answer(JsonNode item) throws InterruptedException {
        waiting = null;
        if (!answers.offer(item, CLIENT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the client's request is gone");
        }
    }

    private void respond(HttpExchange exchange) throws IOException {
        try {
            JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
            // A request without tools is none of the conversation: a title, a summary.
            JsonNode item = JSON.createObjectNode();
            if (!request.path("tools").isEmpty()) {
                requests.put(request);
                item = answers.take();
            }
            reply(exchange, 200, "text/event-stream", events(item));
        } catch (InterruptedException e) {
            exchange.close();
        }
    }

    private static String events(JsonNode item) {
        ObjectNode created = event("response.created");
        created.putObject("response").put("id", "response");
        ObjectNode completed = event("response.completed");
        completed
                .putObject("response")
                .put("id", "response")
                .putObject("usage")
                .put("input_tokens", 1)
                .put("output_tokens", 1)
                .put("total_tokens", 2);
        ObjectNode done = event("response.output_item.done");
        done.set("item", item);
        var text = new StringBuilder();
        for (ObjectNode event : item.isEmpty() ? List.of(created, completed) : List.of(created, done, completed)) {
            text.append("event: %s\ndata: %s\n\n".formatted(event.get("type").asString(), event));
        }
        return text.toString();
    }

    private static ObjectNode event(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    private static void reply(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", type);
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
        executor.close();
    }
}
