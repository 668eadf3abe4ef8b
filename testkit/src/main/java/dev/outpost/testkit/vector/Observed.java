package dev.outpost.testkit.vector;

import dev.outpost.testkit.wire.Received;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A message of the server, expected or received, in the notation of the vectors.
 *
 * @param on the connection
 * @param message the message, {@code {"$pong":"base64"}} or {@code {"$closed":true}}
 */
record Observed(String on, JsonNode message) {
    private static final JsonMapper JSON = JsonMapper.shared();

    static Observed expected(JsonNode entry) {
        return entry.has("on")
                ? new Observed(entry.get("on").asString(), entry.get("msg"))
                : new Observed(Step.DEFAULT, entry);
    }

    static Observed closed(String on) {
        return new Observed(on, JSON.createObjectNode().put("$closed", true));
    }

    static Observed received(String on, Received received) {
        return switch (received) {
            case Received.Message message -> new Observed(on, JSON.readTree(message.text()));
            case Received.Pong pong -> new Observed(on, JSON.createObjectNode().put("$pong", pong.payload()));
            case Received.Ended ended -> closed(on);
        };
    }
}
