package dev.outpost.testkit.vector;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** The matching rules of the vectors' README, the texts of errors exact. */
final class Comparison {
    /** What a server may add that serves both dialects (README, "Dual-dialect servers"). */
    private static final Set<String> EXTRA_MEMBERS = Set.of("environmentInfo", "size", "sandboxType", "sandboxDenied");

    private static final int INVALID_REQUEST = -32600;
    private static final int SESSION_ATTACHED = -32010;

    /** Messages whose order among themselves counts. */
    private record Group(String on, String kind) {
        static Group of(Observed observed) {
            JsonNode message = observed.message();
            return new Group(
                    observed.on(),
                    isProcessNotification(message)
                            ? "process " + message.at("/params/processId").asString()
                            : message.has("$closed") ? "closed" : message.has("$pong") ? "pong" : "responses");
        }

        boolean isProcess() {
            return kind.startsWith("process ");
        }
    }

    private Comparison() {}

    /** Says what of {@code actual} is not as expected; empty if all is. */
    static List<String> differences(VectorCase vector, List<Observed> expected, List<Observed> actual) {
        if (vector.strictOrder()) {
            return allMatch(expected, actual) ? List.of() : List.of(difference("messages", expected, actual));
        }
        List<String> differences = new ArrayList<>();
        Map<Group, List<Observed>> wanted = grouped(expected);
        Map<Group, List<Observed>> seen = grouped(actual);
        var groups = new TreeSet<>(Comparator.comparing(Group::on).thenComparing(Group::kind));
        groups.addAll(wanted.keySet());
        groups.addAll(seen.keySet());
        for (Group group : groups) {
            List<Observed> want = wanted.getOrDefault(group, List.of());
            List<Observed> got = seen.getOrDefault(group, List.of());
            if (!group.isProcess()) {
                if (!allMatch(want, got)) {
                    differences.add(difference(group.kind() + " on " + group.on(), want, got));
                }
            } else if (!summary(want, vector.ignoreOutput()).equals(summary(got, vector.ignoreOutput()))) {
                differences.add(difference(
                        group.kind() + " on " + group.on(),
                        summary(want, vector.ignoreOutput()),
                        summary(got, vector.ignoreOutput())));
            }
        }
        return differences;
    }

    private static String difference(String what, Object expected, Object actual) {
        return "%s:%n  expected %s%n  but got  %s".formatted(what, expected, actual);
    }

    private static Map<Group, List<Observed>> grouped(List<Observed> messages) {
        Map<Group, List<Observed>> groups = new LinkedHashMap<>();
        for (Observed observed : messages) {
            groups.computeIfAbsent(Group.of(observed), group -> new ArrayList<>())
                    .add(observed);
        }
        return groups;
    }

    private static boolean isProcessNotification(JsonNode message) {
        return message.path("method").asString("").startsWith("process/");
    }

    /**
     * What counts of the notifications of a process: the bytes of each stream, the exit code, that {@code closed} is
     * last, and that the sequence numbers have no gap. Chunk boundaries don't.
     */
    private static String summary(List<Observed> notifications, boolean ignoreOutput) {
        List<JsonNode> ordered = notifications.stream()
                .map(Observed::message)
                .sorted(Comparator.comparingLong(Comparison::seq))
                .toList();
        Map<String, StringBuilder> streams = new TreeMap<>();
        List<String> ends = new ArrayList<>();
        for (JsonNode message : ordered) {
            JsonNode params = message.get("params");
            if (message.get("method").asString().equals("process/output")) {
                byte[] chunk = Base64.getDecoder().decode(params.get("chunk").asString());
                streams.computeIfAbsent(params.get("stream").asString(), stream -> new StringBuilder())
                        .append(HexFormat.of().formatHex(chunk));
            } else {
                ends.add(message.get("method").asString() + " " + params.path("exitCode"));
            }
        }
        boolean contiguous =
                IntStream.range(1, ordered.size()).allMatch(i -> seq(ordered.get(i)) == seq(ordered.get(i - 1)) + 1);
        boolean closedLast = ordered.stream()
                .skip(Math.max(0, ordered.size() - 1))
                .anyMatch(last -> last.get("method").asString().equals("process/closed"));
        return "output %s, ends %s, closed last %s, contiguous %s"
                .formatted(ignoreOutput ? "ignored" : streams, ends, closedLast, contiguous);
    }

    private static long seq(JsonNode notification) {
        return notification.at("/params/seq").asLong();
    }

    private static boolean allMatch(List<Observed> expected, List<Observed> actual) {
        return expected.size() == actual.size()
                && IntStream.range(0, expected.size())
                        .allMatch(i -> expected.get(i).on().equals(actual.get(i).on())
                                && messageMatches(
                                        expected.get(i).message(), actual.get(i).message()));
    }

    private static boolean messageMatches(JsonNode expected, JsonNode actual) {
        return expected.path("$denied").asBoolean(false)
                ? isDenial(expected, actual)
                : matches(expected, actual) || isBusySession(expected, actual);
    }

    /** What clients take for the sandbox's refusal; which of these it is, is the server's business. */
    private static boolean isDenial(JsonNode expected, JsonNode actual) {
        String message = actual.at("/error/message").asString("");
        boolean denial = switch (actual.at("/error/code").asInt(0)) {
            case -32004 -> message.contains("No such file or directory");
            case -32603 -> message.contains("Read-only file system");
            case INVALID_REQUEST ->
                message.contains("Permission denied")
                        || message.contains("Operation not permitted")
                        || message.contains("is not permitted");
            default -> false;
        };
        return denial && actual.path("id").equals(expected.path("id"));
    }

    /** A session attached elsewhere has a code of its own in newer dialects, with the same text. */
    private static boolean isBusySession(JsonNode expected, JsonNode actual) {
        return expected.at("/error/code").asInt(0) == INVALID_REQUEST
                && expected.at("/error/message").asString("").endsWith("is already attached to another connection")
                && actual.at("/error/code").asInt(0) == SESSION_ATTACHED
                && actual.at("/error/message").equals(expected.at("/error/message"))
                && actual.path("id").equals(expected.path("id"));
    }

    private static boolean matches(JsonNode expected, JsonNode actual) {
        if (expected.isString()) {
            return stringMatches(expected.asString(), actual);
        }
        if (expected.isObject() && actual.isObject()) {
            return expected.propertyStream()
                            .allMatch(member -> actual.has(member.getKey())
                                    && (member.getKey().equals("entries")
                                            ? entriesMatch(member.getValue(), actual.get("entries"))
                                            : matches(member.getValue(), actual.get(member.getKey()))))
                    && actual.propertyStream()
                            .allMatch(
                                    member -> expected.has(member.getKey()) || EXTRA_MEMBERS.contains(member.getKey()));
        }
        if (expected.isArray() && actual.isArray()) {
            return elementsMatch(elements(expected), elements(actual));
        }
        return expected.equals(actual);
    }

    private static boolean stringMatches(String expected, JsonNode actual) {
        return switch (expected) {
            case "<any>" -> true;
            case "<int>" -> actual.isIntegralNumber();
            case "<string>" -> actual.isString();
            case "<uuid>" ->
                actual.isString() && actual.asString().matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
            default ->
                actual.isString()
                        && (expected.startsWith("<prefix>")
                                ? actual.asString().startsWith(expected.substring("<prefix>".length()))
                                : actual.asString().equals(expected));
        };
    }

    /** The entries of a directory have no order. */
    private static boolean entriesMatch(JsonNode expected, JsonNode actual) {
        Comparator<JsonNode> byName =
                Comparator.comparing(entry -> entry.path("fileName").asString(""));
        return actual.isArray()
                && elementsMatch(
                        elements(expected).stream().sorted(byName).toList(),
                        elements(actual).stream().sorted(byName).toList());
    }

    private static List<JsonNode> elements(JsonNode array) {
        return array.valueStream().toList();
    }

    private static boolean elementsMatch(List<JsonNode> expected, List<JsonNode> actual) {
        return expected.size() == actual.size()
                && IntStream.range(0, expected.size()).allMatch(i -> matches(expected.get(i), actual.get(i)));
    }
}
