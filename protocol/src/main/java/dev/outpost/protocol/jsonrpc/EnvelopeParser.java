package dev.outpost.protocol.jsonrpc;

import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.json.JsonText;
import dev.outpost.protocol.jsonrpc.IncomingMessage.ErrorResponse;
import dev.outpost.protocol.jsonrpc.IncomingMessage.Malformed;
import dev.outpost.protocol.jsonrpc.IncomingMessage.Notification;
import dev.outpost.protocol.jsonrpc.IncomingMessage.Request;
import dev.outpost.protocol.jsonrpc.IncomingMessage.Response;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;

/**
 * Reads one message in one pass: collects the members that any shape knows, then takes the first shape that they fit
 * (spec W22–W31). A shape tolerates no member of its own twice, and ignores those of the others.
 */
final class EnvelopeParser {
    private static final String NO_SHAPE = "data did not match any variant of untagged enum JSONRPCMessage";

    private final byte[] bytes;
    private final int length;

    private final Member<RequestId> id = new Member<>();
    private final Member<String> method = new Member<>();
    private final Member<JsonSlice> params = new Member<>();
    private final Member<Boolean> trace = new Member<>();
    private final Member<JsonSlice> result = new Member<>();
    private final Member<RpcError> error = new Member<>();

    private EnvelopeParser(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    static IncomingMessage parse(byte[] bytes, int length) {
        return new EnvelopeParser(bytes, length).read();
    }

    static RequestId idOfPrefix(byte[] prefix, int length) {
        try (JsonReader in = new JsonReader(prefix, 0, length)) {
            if (in.next() != JsonToken.START_OBJECT) {
                return RequestId.UNKNOWN;
            }
            while (in.next() == JsonToken.PROPERTY_NAME) {
                boolean isId = in.text().equals("id");
                in.next();
                if (isId) {
                    RequestId id = requestId(in);
                    // A number at the very end may have had more digits.
                    boolean cut = id instanceof RequestId.Number && in.position() >= length;
                    return id == null || cut ? RequestId.UNKNOWN : id;
                }
                in.leaveTo(1);
            }
        } catch (JacksonException _) {
            return RequestId.UNKNOWN; // Truncated before the id: expected here.
        }
        return RequestId.UNKNOWN;
    }

    private IncomingMessage read() {
        try (JsonReader in = new JsonReader(bytes, 0, length)) {
            String flaw = in.flaw();
            if (flaw != null) {
                return new Malformed(flaw);
            }
            try {
                return read(in);
            } catch (JacksonException e) {
                return new Malformed(in.explain(e));
            }
        }
    }

    private IncomingMessage read(JsonReader in) {
        JsonToken first = in.next();
        if (first == JsonToken.NOT_AVAILABLE) {
            return new Malformed("EOF while parsing a value" + JsonText.place(bytes, length));
        }
        if (first != JsonToken.START_OBJECT) {
            in.leaveTo(0);
            in.next(); // Reads the rest of a string.
            return new Malformed(NO_SHAPE);
        }
        while (in.next() == JsonToken.PROPERTY_NAME) {
            String name = in.text();
            in.next();
            readMember(in, name);
        }
        IncomingMessage message = classify();
        if (!(message instanceof Malformed)) {
            for (int at = in.position(); at < length; at++) {
                if (" \t\r\n".indexOf(bytes[at]) < 0) {
                    return new Malformed("trailing characters" + JsonText.place(bytes, at + 1));
                }
            }
        }
        return message;
    }

    private void readMember(JsonReader in, String name) {
        switch (name) {
            case "id" -> id.add(requestId(in));
            case "method" -> method.add(in.token() == JsonToken.VALUE_STRING ? in.text() : null);
            case "params" -> params.add(in.slice());
            case "trace" -> trace.add(isTrace(in) ? true : null);
            case "result" -> result.add(in.slice());
            case "error" -> error.add(rpcError(in));
            default -> {}
        }
        in.leaveTo(1);
    }

    private IncomingMessage classify() {
        RequestId theId = id.single();
        String theMethod = method.single();
        if (theMethod != null && params.count <= 1) {
            JsonSlice theParams = params.value == null ? JsonSlice.ABSENT : params.value;
            boolean traced = trace.count == 0 || trace.single() != null;
            return theId != null && traced
                    ? new Request(theId, theMethod, theParams)
                    : new Notification(theMethod, theParams);
        }
        JsonSlice theResult = result.single();
        if (theId != null && theResult != null) {
            return new Response(theId, theResult);
        }
        RpcError theError = error.single();
        if (theId != null && theError != null) {
            return new ErrorResponse(theId, theError.code, theError.message);
        }
        return new Malformed(NO_SHAPE);
    }

    private static @Nullable RequestId requestId(JsonReader in) {
        if (in.token() == JsonToken.VALUE_STRING) {
            return new RequestId.Text(in.text());
        }
        Long number = int64(in);
        return number == null ? null : new RequestId.Number(number);
    }

    /** The integer it stands at; null if it is none, or one outside of int64. */
    private static @Nullable Long int64(JsonReader in) {
        if (in.token() != JsonToken.VALUE_NUMBER_INT) {
            return null;
        }
        String digits = in.text();
        if (digits.length() > 20 || digits.equals("-0")) { // The reference takes -0 for a fraction.
            return null;
        }
        try {
            return Long.valueOf(digits);
        } catch (NumberFormatException _) {
            return null; // Just outside of the range.
        }
    }

    /** Whether the value is what the reference takes for a trace context; may stop anywhere in it. */
    private static boolean isTrace(JsonReader in) {
        JsonToken token = in.token();
        return token == JsonToken.VALUE_NULL
                || (token == JsonToken.START_ARRAY && isTraceArray(in))
                || (token == JsonToken.START_OBJECT && isTraceObject(in));
    }

    private static boolean isTraceArray(JsonReader in) {
        int count = 0;
        while (in.next() != JsonToken.END_ARRAY) {
            if (++count > 2 || !isStringOrNull(in)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isTraceObject(JsonReader in) {
        int parents = 0;
        int states = 0;
        while (in.next() == JsonToken.PROPERTY_NAME) {
            String name = in.text();
            in.next();
            boolean parent = name.equals("traceparent");
            boolean state = name.equals("tracestate");
            if (parent || state) {
                parents += parent ? 1 : 0;
                states += state ? 1 : 0;
                if (parents > 1 || states > 1 || !isStringOrNull(in)) {
                    return false;
                }
            }
            in.leaveTo(2);
        }
        return true;
    }

    private static boolean isStringOrNull(JsonReader in) {
        return in.token() == JsonToken.VALUE_STRING || in.token() == JsonToken.VALUE_NULL;
    }

    /** The error object it stands at, or null if it is none; may stop anywhere in it. */
    private static @Nullable RpcError rpcError(JsonReader in) {
        if (in.token() != JsonToken.START_OBJECT) {
            return null;
        }
        Member<Long> code = new Member<>();
        Member<String> message = new Member<>();
        int data = 0;
        while (in.next() == JsonToken.PROPERTY_NAME) {
            String name = in.text();
            in.next();
            switch (name) {
                case "code" -> code.add(int64(in));
                case "message" -> message.add(in.token() == JsonToken.VALUE_STRING ? in.text() : null);
                case "data" -> data++;
                default -> {}
            }
            in.leaveTo(2);
        }
        Long theCode = code.single();
        String theMessage = message.single();
        return theCode == null || theMessage == null || data > 1 ? null : new RpcError(theCode, theMessage);
    }

    private record RpcError(long code, String message) {}

    /** How often a member was there, and its value the last time; null if that was of the wrong type. */
    private static final class Member<T> {
        private int count;
        private @Nullable T value;

        void add(@Nullable T next) {
            count++;
            value = next;
        }

        /** The value, if the member was there once and of the right type. */
        @Nullable T single() {
            return count == 1 ? value : null;
        }
    }
}
