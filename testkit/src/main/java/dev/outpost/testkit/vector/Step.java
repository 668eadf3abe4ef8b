package dev.outpost.testkit.vector;

import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** One step of a case; {@link #on} names the connection that it concerns. */
sealed interface Step {
    /** The connection that is meant where none is named. */
    String DEFAULT = "a";

    String on();

    record Send(String on, JsonNode message) implements Step {
        /** Whether an answer is to be waited for. */
        boolean isRequest() {
            return message.has("id") && message.has("method");
        }
    }

    record Raw(String on, String text) implements Step {}

    record Binary(String on, String base64) implements Step {}

    record Fragments(String on, List<String> fragments) implements Step {}

    record Ping(String on, String base64) implements Step {}

    record Sleep(String on, Duration duration) implements Step {}

    record WaitClosed(String on, String processId) implements Step {}

    record Close(String on) implements Step {}

    static Step parse(JsonNode step) {
        String on = step.path("on").asString(DEFAULT);
        JsonNode body = step.has("msg") ? step.get("msg") : step;
        String directive = body.propertyStream()
                .map(property -> property.getKey())
                .filter(name -> name.startsWith("$"))
                .findFirst()
                .orElse("");
        JsonNode value = body.path(directive);
        return switch (directive) {
            case "" -> new Send(on, body);
            case "$raw" -> new Raw(on, value.asString());
            case "$binary" -> new Binary(on, value.asString());
            case "$fragments" ->
                new Fragments(on, value.valueStream().map(JsonNode::asString).toList());
            case "$ping" -> new Ping(on, value.asString());
            case "$sleep" -> new Sleep(on, Duration.ofMillis(value.asLong()));
            case "$waitClosed" -> new WaitClosed(on, value.asString());
            case "$close" -> new Close(value.asString());
            default -> throw new IllegalArgumentException("unknown directive in step " + step);
        };
    }
}
