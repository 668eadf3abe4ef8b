package dev.outpost.client;

import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.message.EnvironmentInfoResult;
import dev.outpost.protocol.message.InitializeParams;
import dev.outpost.protocol.message.InitializeResult;
import dev.outpost.transport.ConnectException;
import dev.outpost.transport.Connector;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Opening a connection and {@code initialize}, {@code initialized} on it (spec C20–C23). */
final class Handshake {
    private Handshake() {}

    /** What the server said. */
    record Outcome(String sessionId, @Nullable EnvironmentInfoResult environment) {}

    /**
     * Connects and opens or resumes a session. Blocks. Where it fails, the connection is closed.
     *
     * @param resume the session to resume, or null
     */
    static Outcome perform(
            Connector connector, ServerConnection connection, ClientOptions options, @Nullable String resume)
            throws ExecServerException {
        try {
            var _ = connector.connect(connection);
        } catch (ConnectException e) {
            throw ExecServerException.notConnected(e);
        }
        boolean done = false;
        try {
            InitializeResult result = initialize(connection, options, resume);
            if (resume != null && !resume.equals(result.sessionId())) {
                throw ExecServerException.protocol("asked to resume session " + resume + ", the exec-server opened "
                        + result.sessionId() + " instead");
            }
            connection.initialized();
            done = true;
            return new Outcome(result.sessionId(), result.environment());
        } finally {
            if (!done) {
                connection.close(ExecServerException.closed());
            }
        }
    }

    private static InitializeResult initialize(
            ServerConnection connection, ClientOptions options, @Nullable String resume) throws ExecServerException {
        var call = new PendingCall(
                CallRequest.of("initialize", new InitializeParams(options.clientName(), resume), false));
        if (!connection.send(call)) {
            throw ExecServerException.closed();
        }
        try {
            JsonSlice answer = call.answer().get(options.initializeTimeout().toNanos(), TimeUnit.NANOSECONDS);
            return InitializeResult.decode(answer);
        } catch (TimeoutException e) {
            throw ExecServerException.initializeTimedOut(options.initializeTimeout());
        } catch (RpcException e) {
            throw ExecServerException.json(e.getMessage());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ExecServerException failure ? failure : ExecServerException.closed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExecServerException.closed();
        }
    }

    /** Whether the session still belongs to a connection that the server has not given up (spec W57, N33). */
    static boolean isBusy(ExecServerException failure) {
        return failure.code() == ErrorCode.SESSION_BUSY.code()
                || (failure.code() == ErrorCode.INVALID_REQUEST.code()
                        && failure.serverMessage().endsWith("is already attached to another connection"));
    }
}
