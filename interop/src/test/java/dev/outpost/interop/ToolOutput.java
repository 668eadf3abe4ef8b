package dev.outpost.interop;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * What the model gets to see of a tool call.
 *
 * @param output as the client sent it: a text, or a list of parts
 */
record ToolOutput(JsonNode output) {
    private static final Pattern SESSION = Pattern.compile("Process running with session ID (\\d+)");

    /** The text, or the texts of all parts. */
    String text() {
        return output.isString()
                ? output.asString()
                : output.valueStream()
                        .map(part -> part.path("text").asString(""))
                        .collect(Collectors.joining("\n"));
    }

    /** The image among the parts as a {@code data:} URL; empty if there is none. */
    String image() {
        return output.valueStream()
                .map(part -> part.path("image_url").asString(""))
                .filter(url -> !url.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** The id by which a process that still runs can be written to. */
    int sessionId() {
        Matcher matcher = SESSION.matcher(text());
        if (!matcher.find()) {
            throw new AssertionError("no running process in: " + text());
        }
        return Integer.parseInt(matcher.group(1));
    }
}
