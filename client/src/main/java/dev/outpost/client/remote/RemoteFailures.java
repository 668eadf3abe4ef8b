package dev.outpost.client.remote;

import dev.outpost.client.ExecServerException;
import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What a caller of the {@code executor} interfaces is told of a client's failure (spec C76, P84). */
final class RemoteFailures {
    private static final String CLOSED = "exec-server transport closed";

    private RemoteFailures() {}

    /** Of a call about processes: the server's own text, or the client's. */
    static ExecutorException ofProcess(Throwable failure) {
        return switch (cause(failure)) {
            case ExecutorException known -> known;
            case ExecServerException e -> new ExecutorException(kind(e), text(e), e);
            case Throwable other -> unexpected(other);
        };
    }

    /** Of a file operation: the same, but a lost connection has one text whatever its reason. */
    static ExecutorException ofFile(Throwable failure) {
        return switch (cause(failure)) {
            case ExecutorException known -> known;
            case ExecServerException e -> new ExecutorException(kind(e), e.isTransportClosed() ? CLOSED : text(e), e);
            case Throwable other -> unexpected(other);
        };
    }

    /** Without the wrappers of futures. */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        boolean wrapper = failure instanceof CompletionException || failure instanceof ExecutionException;
        return wrapper && cause != null ? cause(cause) : failure;
    }

    private static ExecutorException unexpected(Throwable failure) {
        return new ExecutorException(
                FailureKind.FAILED, "internal error of the exec-server client: " + failure, failure);
    }

    private static String text(ExecServerException e) {
        return e.kind() == ExecServerException.Kind.SERVER ? e.serverMessage() : e.getMessage();
    }

    private static FailureKind kind(ExecServerException e) {
        if (e.isTransportClosed()) {
            return FailureKind.UNAVAILABLE;
        }
        return switch (e.kind()) {
            case SPAWN,
                    WEBSOCKET_CONNECT,
                    WEBSOCKET_CONNECT_TIMEOUT,
                    INITIALIZE_TIMED_OUT,
                    CLOSED,
                    DISCONNECTED,
                    CALL_TIMED_OUT -> FailureKind.UNAVAILABLE;
            case PROTOCOL, TOO_MANY_CALLS -> FailureKind.REJECTED;
            case JSON -> FailureKind.FAILED;
            case SERVER ->
                switch ((int) e.code()) {
                    case -32004 -> FailureKind.NOT_FOUND;
                    case -32600 -> FailureKind.REJECTED;
                    case -32602 -> FailureKind.INVALID_ARGUMENT;
                    default -> FailureKind.FAILED;
                };
        };
    }
}
