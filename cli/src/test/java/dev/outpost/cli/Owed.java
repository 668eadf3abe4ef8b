package dev.outpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.testkit.fuzz.Envelope;
import dev.outpost.testkit.fuzz.Json;
import dev.outpost.testkit.fuzz.Wire;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What a server owes for what a client sent, by the specification, less what has come already. Answers come in any order;
 * of pings only the last must be answered.
 */
final class Owed {
    private static final String UNKNOWN_ID = "-1";

    /** Where the client is in the handshake, as far as that can be told without knowing the answers. */
    enum Phase {
        NEW,
        MAYBE_ATTACHED,
        READY
    }

    /** Whether the server ends the connection. */
    enum End {
        NO,
        /** Depends on whether a mutated {@code initialize} was good. */
        MAYBE,
        YES
    }

    private final Map<String, Integer> answers = new HashMap<>();
    private final List<String> prefixes = new ArrayList<>();
    private final List<String> pings = new ArrayList<>();
    private int malformed;
    private Phase phase;
    private End end = End.NO;

    /**
     * What is owed.
     *
     * @param sent what the server sees
     * @param phase where the client is before
     */
    Owed(List<Wire> sent, Phase phase) {
        this.phase = phase;
        for (Wire wire : sent) {
            if (end == End.YES) {
                return;
            }
            switch (wire) {
                case Wire.Message(byte[] bytes) -> add(Envelope.of(bytes));
                case Wire.Oversized(byte[] prefix) -> prefixes.add(new String(prefix, UTF_8));
                case Wire.Ping(byte[] payload) -> pings.add(Base64.getEncoder().encodeToString(payload));
                case Wire.Pong _ -> {}
                case Wire.Close _, Wire.Violation _ -> end = End.YES;
            }
        }
    }

    private void add(Envelope envelope) {
        switch (envelope) {
            case Envelope.Request(Json id, String method, var _) -> {
                answers.merge(key(id), 1, Integer::sum);
                if (method.equals("initialize") && phase == Phase.NEW) {
                    phase = Phase.MAYBE_ATTACHED;
                }
            }
            case Envelope.Notification(String method, var _) -> {
                if (!method.equals("initialized") || phase == Phase.NEW) {
                    end = End.YES;
                } else if (phase == Phase.MAYBE_ATTACHED) {
                    end = End.MAYBE;
                }
            }
            case Envelope.Response _, Envelope.Failure _ -> end = End.YES;
            case Envelope.Malformed _ -> malformed++;
        }
    }

    /** Whether the server ends the connection for it. */
    End end() {
        return end;
    }

    /** Where the client is afterwards. */
    Phase phase() {
        return phase;
    }

    /** Whether nothing is left that must come. */
    boolean isPaid() {
        return answers.isEmpty() && malformed == 0 && prefixes.isEmpty() && pings.isEmpty();
    }

    /** Counts a pong; false if nobody asked for it. */
    boolean pong(String payload) {
        int index = pings.indexOf(payload);
        if (index >= 0) {
            pings.subList(0, index + 1).clear();
        }
        return index >= 0;
    }

    /** Counts an answer; false if nothing was asked that it could answer. A process may have been started by chance. */
    boolean answer(JsonNode answer) {
        JsonNode answered = answer.get("id");
        if (answered == null) {
            return answer.path("method").asString("").startsWith("process/");
        }
        String id = key(answered);
        String message = answer.path("error").path("message").asString("");
        int code = answer.path("error").path("code").asInt(0);
        if (message.startsWith("failed to parse ")) {
            return id.equals(UNKNOWN_ID) && code == -32600 && --malformed >= 0;
        }
        if (message.startsWith("message is larger than the limit of ")) {
            String text = answered.asString();
            return code == -32600 && removeOnePrefix(id.equals(UNKNOWN_ID) ? "" : text);
        }
        Integer count = answers.remove(id);
        if (count != null && count > 1) {
            answers.put(id, count - 1);
        }
        return count != null;
    }

    /** Text with escapes can't be found literally; that is not looked at. */
    private boolean removeOnePrefix(String id) {
        for (String prefix : prefixes) {
            if (prefix.contains(id) || prefix.contains("\\")) {
                return prefixes.remove(prefix);
            }
        }
        return false;
    }

    private static String key(Json id) {
        return switch (id) {
            case Json.Text(String value) -> '"' + value;
            case Json.Number(String digits, boolean _) -> new BigInteger(digits).toString();
            case Json.Members _, Json.Elements _, Json.Word _ -> throw new IllegalArgumentException("id " + id);
        };
    }

    private static String key(JsonNode id) {
        return id.isString() ? '"' + id.asString() : id.toString();
    }

    @Override
    public String toString() {
        return "answers " + answers + ", malformed " + malformed + ", oversized " + prefixes.size() + ", pongs "
                + pings.size() + ", end " + end;
    }
}
