package dev.outpost.testkit.fuzz;

import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a message is, told from the table of the specification (spec W22–W31) and nothing else. */
public sealed interface Envelope {
    /** To be answered under this id, a {@link Json.Text} or {@link Json.Number}. */
    record Request(Json id, String method, @Nullable Json params) implements Envelope {}

    /** Not to be answered. */
    record Notification(String method, @Nullable Json params) implements Envelope {}

    /** A result. */
    record Response(Json id, Json result) implements Envelope {}

    /** An error object. */
    record Failure(Json id, long code, String message) implements Envelope {}

    /** None of these, or not JSON. */
    record Malformed() implements Envelope {}

    /** The first shape that a message fits; no shape tolerates a member of its own twice. */
    static Envelope of(byte[] message) {
        if (!(Json.parse(message) instanceof Json.Members members)) {
            return new Malformed();
        }
        Json id = requestId(members);
        List<Json> params = members.values("params");
        if (single(members, "method") instanceof Json.Text(String method) && params.size() <= 1) {
            Json theParams = params.isEmpty() ? null : params.getFirst();
            return id != null && isTrace(members.values("trace"))
                    ? new Request(id, method, theParams)
                    : new Notification(method, theParams);
        }
        Json result = single(members, "result");
        if (id != null && result != null) {
            return new Response(id, result);
        }
        if (id != null
                && single(members, "error") instanceof Json.Members error
                && single(error, "code") instanceof Json.Number code
                && isInt64(code)
                && single(error, "message") instanceof Json.Text(String text)
                && error.values("data").size() <= 1) {
            return new Failure(id, Long.parseLong(code.digits()), text);
        }
        return new Malformed();
    }

    /**
     * Whether a client that sends such a message as text may go on; {@code initialized} only if it has sent {@code
     * initialize} (spec W41).
     */
    static boolean isTolerated(byte[] message) {
        if (!Wire.isUtf8(message, true)) {
            return false;
        }
        return switch (of(message)) {
            case Request _, Malformed _ -> true;
            case Notification(String method, var _) -> method.equals("initialized");
            case Response _, Failure _ -> false;
        };
    }

    private static @Nullable Json single(Json.Members members, String name) {
        List<Json> values = members.values(name);
        return values.size() == 1 ? values.getFirst() : null;
    }

    private static @Nullable Json requestId(Json.Members members) {
        Json id = single(members, "id");
        return id instanceof Json.Text || (id instanceof Json.Number number && isInt64(number)) ? id : null;
    }

    private static boolean isInt64(Json.Number number) {
        return number.integer()
                && !number.digits().equals("-0")
                && new BigInteger(number.digits()).bitLength() < Long.SIZE;
    }

    private static boolean isTrace(List<Json> traces) {
        if (traces.size() > 1) {
            return false;
        }
        return traces.isEmpty()
                || switch (traces.getFirst()) {
                    case Json.Members members ->
                        Set.of("traceparent", "tracestate").stream()
                                .allMatch(name -> areTextsOrNulls(members.values(name))
                                        && members.values(name).size() <= 1);
                    case Json.Elements elements -> elements.list().size() <= 2 && areTextsOrNulls(elements.list());
                    case Json.Word word -> word.equals(Json.NULL);
                    case Json.Text _, Json.Number _ -> false;
                };
    }

    private static boolean areTextsOrNulls(List<Json> values) {
        return values.stream().allMatch(value -> value instanceof Json.Text || value.equals(Json.NULL));
    }
}
