package dev.outpost.server.dispatch;

import dev.outpost.executor.LazyLogger;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.Answers;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.IncomingMessage;
import dev.outpost.protocol.jsonrpc.RequestId;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.message.WriteRequest;
import dev.outpost.server.session.ProcessRoutes;
import dev.outpost.server.session.Session;
import dev.outpost.server.session.Sessions;
import dev.outpost.transport.Connection;
import dev.outpost.transport.OutgoingMessage;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection from its first message to its end: tells requests from the rest, finds their method, checks
 * them in the order that the protocol prescribes (spec W45) and sees to it that they run in the right order and place.
 *
 * <p>Messages come one after another, on the connection's thread or, large ones, on a decoder thread while reading is
 * paused. {@link #end} may come at the same time from another thread; everything that it meets is safe for that.
 */
public final class ClientConnection {
    private static final System.Logger LOG = LazyLogger.of(ClientConnection.class);
    private static final CompletableFuture<?> DONE = CompletableFuture.completedFuture(null);

    private final Connection connection;
    private final MethodTable methods;
    private final Sessions sessions;
    private final Executor decoders;
    private final int largeMessageBytes;
    private final int maxParkedReads;

    private final Lifecycle lifecycle = new Lifecycle();
    private final ReadingBound bound;
    private final FileOrder files;
    private final ProcessRoutes routes;
    /** What to cancel at the end; as many as requests in flight at most. */
    private final Map<Call, CompletableFuture<?>> parked = new ConcurrentHashMap<>();

    private final Object attaching = new Object();
    /** Guarded by attaching for writing. */
    private volatile @Nullable Session session;

    private volatile boolean ended;

    /**
     * A connection that has just been opened.
     *
     * @param workers runs what may block
     * @param decoders runs what takes long, such as decoding a large message
     */
    public ClientConnection(
            Connection connection,
            MethodTable methods,
            Sessions sessions,
            ConnectionLimits limits,
            Executor workers,
            Executor decoders) {
        this.connection = connection;
        this.methods = methods;
        this.sessions = sessions;
        this.decoders = decoders;
        this.largeMessageBytes = limits.largeMessageBytes();
        this.maxParkedReads = limits.parkedReads();
        this.bound = new ReadingBound(connection, limits.requestsInFlight(), limits.bytesInFlight());
        this.files = new FileOrder(workers, limits.parallelFileReads());
        this.routes = new ProcessRoutes(connection);
    }

    /** A whole message (see {@link dev.outpost.transport.ConnectionHandler#message}). */
    public void message(byte[] bytes, int length) {
        if (ended) {
            return;
        }
        if (length <= largeMessageBytes) {
            handle(bytes, length);
            return;
        }
        bound.decoding(true);
        decoders.execute(() -> {
            try {
                handle(bytes, length);
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "closing a connection after an internal error", e);
                connection.close();
            } finally {
                bound.decoding(false);
            }
        });
    }

    /** A message above the limit (see {@link dev.outpost.transport.ConnectionHandler#oversized}, spec N14d). */
    public void oversized(byte[] prefix, int length, long limit) {
        if (ended) {
            return;
        }
        call(IncomingMessage.idOfPrefix(prefix, length), "a message that is too large", 0)
                .fail(
                        ErrorCode.INVALID_REQUEST,
                        "message is larger than the limit of " + limit
                                + " bytes; send less at once or raise the limit of the server");
    }

    /** The next notification, or null if there is none now. */
    public @Nullable OutgoingMessage pull() {
        return ended ? null : routes.pull();
    }

    /**
     * The connection has ended, or the server wants it to: requests are abandoned, the session is detached at once
     * (spec W47, W54). Idempotent, safe from any thread.
     */
    public void end() {
        Session attached;
        synchronized (attaching) {
            if (ended) {
                return;
            }
            ended = true;
            attached = session;
        }
        files.close();
        parked.values().forEach(pending -> pending.cancel(false));
        if (attached != null) {
            attached.stopNotifying(routes);
            sessions.detach(attached);
        }
    }

    /** Whether nobody waits for answers any more. */
    boolean hasEnded() {
        return ended;
    }

    /**
     * Makes a session this connection's own.
     *
     * @return false if the connection has ended meanwhile; then the session is still the caller's
     */
    boolean attach(Session created) {
        synchronized (attaching) {
            if (ended) {
                return false;
            }
            session = created;
        }
        lifecycle.attached();
        return true;
    }

    /** The session; only after a successful {@code initialize}. */
    Session session() {
        return Objects.requireNonNull(session, "no session yet");
    }

    /** Where notifications go. */
    ProcessRoutes routes() {
        return routes;
    }

    /** See {@link Call#park}. */
    void park(Call call, CompletableFuture<?> pending) throws RpcException {
        if (parked.size() >= maxParkedReads) {
            pending.cancel(false);
            throw new RpcException(
                    ErrorCode.INVALID_REQUEST,
                    "too many reads of this connection are waiting (limit " + maxParkedReads
                            + "); let one end before the next, or wait for notifications instead");
        }
        parked.put(call, pending);
        var _ = pending.whenComplete((_, _) -> parked.remove(call));
        if (ended) {
            pending.cancel(false);
        }
    }

    /** Sends a message, unless the connection has ended. */
    void send(OutgoingMessage message) {
        if (ended) {
            message.close();
        } else {
            connection.send(message);
        }
    }

    private void handle(byte[] bytes, int length) {
        WriteRequest write = WriteRequest.decodeQuickly(bytes, length);
        if (write != null) {
            perform(methods.write(), write.params(), call(write.id(), WriteRequest.METHOD, length));
            return;
        }
        // Not a switch, nor in dispatch: Java links those over types at run time, for 10 ms of the first answer each.
        IncomingMessage message = IncomingMessage.parse(bytes, length);
        if (message instanceof IncomingMessage.Request(RequestId id, String method, JsonSlice params)) {
            request(call(id, method, length), method, params);
        } else if (message instanceof IncomingMessage.Notification(String method, JsonSlice _)) {
            if (!lifecycle.notified(method)) {
                refuse("notification " + method + " is not allowed here");
            }
        } else if (message instanceof IncomingMessage.Malformed(String parserText)) {
            call(RequestId.UNKNOWN, "a malformed message", length)
                    .fail(
                            ErrorCode.INVALID_REQUEST,
                            Answers.malformedText(connection.isWebSocket(), connection.peer(), parserText));
        } else {
            refuse("response without a request");
        }
    }

    private Call call(RequestId id, String method, int messageBytes) {
        bound.begin(messageBytes);
        return new Call(this, id, method, () -> bound.end(messageBytes));
    }

    private void request(Call call, String name, JsonSlice params) {
        Method<?> method = methods.find(name);
        if (method == null) {
            call.fail(ErrorCode.METHOD_NOT_FOUND, "exec-server stub does not implement `" + name + "` yet");
        } else {
            dispatch(method, params, call);
        }
    }

    private <P> void dispatch(Method<P> method, JsonSlice json, Call call) {
        P params;
        try {
            params = decode(method, json);
        } catch (RpcException | RuntimeException | Error e) {
            call.fail(e);
            return;
        }
        perform(method, params, call);
    }

    private <P> void perform(Method<P> method, P params, Call call) {
        try {
            lifecycle.require(method.family());
        } catch (RpcException e) {
            call.fail(e);
            return;
        }
        Handling<P> handling = method.handling();
        if (handling instanceof Handling.AtOnce<P>(var handler)) {
            call.run(() -> handler.handle(params, call));
        } else if (handling instanceof Handling.ProcessStart<P>(var process, var starter)) {
            session().order().start(process.apply(params), () -> start(starter, params, call));
        } else if (handling instanceof Handling.OnProcess<P>(var process, var handler)) {
            session().order().run(process.apply(params), () -> call.run(() -> handler.handle(params, call)));
        } else if (handling instanceof Handling.FileRead<P>(var attempt, var handler)) {
            if (files.isUnchanging() && call.attempt(() -> attempt.handle(params, call))) {
                return;
            }
            call.whenEnded(files::readEnded);
            files.read(() -> call.run(() -> handler.handle(params, call)));
        } else if (handling instanceof Handling.FileChange<P>(var handler)) {
            files.change(() -> call.run(() -> handler.handle(params, call)));
        } else {
            throw new AssertionError(handling);
        }
    }

    /** What can be decoded but leads nowhere on this host (spec N22) is told only after the lifecycle check. */
    private <P> P decode(Method<P> method, JsonSlice json) throws RpcException {
        try {
            return method.decoder().decode(json);
        } catch (RpcException e) {
            if (e.code() != ErrorCode.INVALID_PARAMS) {
                lifecycle.require(method.family());
            }
            throw e;
        }
    }

    private <P> CompletableFuture<?> start(Handling.Starter<P> starter, P params, Call call) {
        if (ended) {
            return DONE;
        }
        return starter.handle(params, call).exceptionally(failure -> {
            call.fail(failure);
            return null;
        });
    }

    /** Ends the connection because the client broke the protocol; what was answered already still goes out. */
    private void refuse(String why) {
        LOG.log(System.Logger.Level.DEBUG, "{0} broke the protocol: {1}", connection.peer(), why);
        connection.closeAfterSending();
        end();
    }
}
