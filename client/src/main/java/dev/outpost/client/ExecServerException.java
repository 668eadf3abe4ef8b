package dev.outpost.client;

import dev.outpost.transport.ConnectException;
import dev.outpost.transport.Durations;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one failure of this package (spec 06 §10): its kind is for programs, its message for people. A message may contain
 * the server's URL, whose query may be secret: don't log it (spec C78).
 */
public final class ExecServerException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final long code;

    /** What went wrong. */
    public enum Kind {
        /** The command that would have been the server could not be started. */
        SPAWN,
        /** No connection within the connect timeout. */
        WEBSOCKET_CONNECT_TIMEOUT,
        /** No connection for another reason. */
        WEBSOCKET_CONNECT,
        /** No handshake within the initialize timeout. */
        INITIALIZE_TIMED_OUT,
        /** The connection ended during the handshake, or the client was closed. */
        CLOSED,
        /** The connection has ended, and with it this client, or at least what was under way and can't be repeated. */
        DISCONNECTED,
        /** An answer could not be decoded. */
        JSON,
        /** One side broke the rules. */
        PROTOCOL,
        /** The server answered with an error; {@link #code} and {@link #serverMessage} tell which. */
        SERVER,
        /** No answer within the deadline of the call. */
        CALL_TIMED_OUT,
        /** As many calls are under way as may be. */
        TOO_MANY_CALLS,
    }

    private ExecServerException(Kind kind, long code, String message, @Nullable Throwable cause) {
        super(Objects.requireNonNull(message, "message is null"), cause);
        this.kind = Objects.requireNonNull(kind, "kind is null");
        this.code = code;
    }

    static ExecServerException notConnected(ConnectException cause) {
        Kind kind = switch (cause.kind()) {
            case TIMED_OUT -> Kind.WEBSOCKET_CONNECT_TIMEOUT;
            case REFUSED -> Kind.WEBSOCKET_CONNECT;
            case NOT_SPAWNED -> Kind.SPAWN;
        };
        return new ExecServerException(kind, 0, cause.getMessage(), cause);
    }

    static ExecServerException initializeTimedOut(Duration timeout) {
        return new ExecServerException(
                Kind.INITIALIZE_TIMED_OUT,
                0,
                "timed out waiting for exec-server initialize handshake after " + Durations.format(timeout),
                null);
    }

    static ExecServerException closed() {
        return new ExecServerException(Kind.CLOSED, 0, "exec-server transport closed", null);
    }

    /** Without a reason, or with one. */
    static ExecServerException disconnected(@Nullable String reason, @Nullable Throwable cause) {
        String text = "exec-server transport disconnected";
        return new ExecServerException(Kind.DISCONNECTED, 0, reason == null ? text : text + ": " + reason, cause);
    }

    /** With a text of its own (spec C32, N94). */
    static ExecServerException disconnectedWith(String text, @Nullable Throwable cause) {
        return new ExecServerException(Kind.DISCONNECTED, 0, text, cause);
    }

    /** What could not be decoded, in the words of the decoder. */
    public static ExecServerException json(String detail) {
        return new ExecServerException(
                Kind.JSON, 0, "failed to serialize or deserialize exec-server JSON: " + detail, null);
    }

    /** Which rule was broken. */
    public static ExecServerException protocol(String text) {
        return new ExecServerException(Kind.PROTOCOL, 0, "exec-server protocol error: " + text, null);
    }

    static ExecServerException server(long code, String message) {
        return new ExecServerException(Kind.SERVER, code, message, null);
    }

    static ExecServerException callTimedOut(String method, Duration deadline) {
        return new ExecServerException(
                Kind.CALL_TIMED_OUT,
                0,
                "exec-server did not answer " + method + " within " + Durations.format(deadline)
                        + "; whether it took effect is unknown",
                null);
    }

    static ExecServerException tooManyCalls(int limit) {
        return new ExecServerException(
                Kind.TOO_MANY_CALLS,
                0,
                "too many calls of the exec-server are under way (limit " + limit + "); let one end before the next",
                null);
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** The server's error code if the kind is {@link Kind#SERVER}, else 0. */
    public long code() {
        return code;
    }

    /** The server's own text if the kind is {@link Kind#SERVER}, else the message. */
    public String serverMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /** Whether it means that the connection is gone (spec C77). */
    public boolean isTransportClosed() {
        return switch (kind) {
            case CLOSED, DISCONNECTED -> true;
            case SERVER -> code == -32000 && serverMessage().equals("JSON-RPC transport closed");
            case SPAWN,
                    WEBSOCKET_CONNECT_TIMEOUT,
                    WEBSOCKET_CONNECT,
                    INITIALIZE_TIMED_OUT,
                    JSON,
                    PROTOCOL,
                    CALL_TIMED_OUT,
                    TOO_MANY_CALLS -> false;
        };
    }

    /** The text of spec 06 §10; never null. */
    @Override
    public String getMessage() {
        String message = serverMessage();
        return kind == Kind.SERVER ? "exec-server rejected request (" + code + "): " + message : message;
    }
}
