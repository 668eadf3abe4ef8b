package dev.outpost.client;

import dev.outpost.executor.LazyLogger;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.IncomingMessage;
import dev.outpost.protocol.jsonrpc.RequestId;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.message.ProcessNotification;
import dev.outpost.transport.Connection;
import dev.outpost.transport.ConnectionHandler;
import dev.outpost.transport.OutgoingMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a server: gives calls their ids, finds the call for each answer, and ends once, with the first cause
 * (spec 06 §5, §6). Knows nothing of recovery.
 *
 * <p>Safe from any thread. Adding a call and ending are atomic to each other (spec C45), so every call that was added is
 * either answered or handed to {@link Owner#ended}.
 */
final class ServerConnection implements ConnectionHandler {
    private static final System.Logger LOG = LazyLogger.of(ServerConnection.class);

    private final String label;
    private final Owner owner;

    private final Object lock = new Object();
    /** In the order of their ids. Guarded by the lock. */
    private final Map<Long, PendingCall> pending = new LinkedHashMap<>();
    /** Guarded by the lock. */
    private long lastId;
    /** Guarded by the lock for writing. */
    private volatile @Nullable ExecServerException end;

    private volatile @Nullable Connection connection;
    private volatile boolean inHandshake = true;

    /** Whose connection it is. Called without a lock. */
    interface Owner {
        /** See {@link SessionListener#notified}. */
        void notified(ProcessNotification notification);

        /**
         * The connection has ended; once.
         *
         * @param unanswered in the order in which they were sent
         * @param violation whether the server broke the rules, so that another connection would bring no more
         */
        void ended(
                ServerConnection connection,
                ExecServerException cause,
                List<PendingCall> unanswered,
                boolean violation);
    }

    /**
     * A connection that is not open yet.
     *
     * @param label what the server is called in error texts (spec C10)
     */
    ServerConnection(String label, Owner owner) {
        this.label = label;
        this.owner = owner;
    }

    /** Sends a call; false, and nothing happens, if the connection has ended. */
    boolean send(PendingCall call) {
        long id;
        synchronized (lock) {
            Connection open = connection;
            if (end != null || open == null) {
                return false;
            }
            id = ++lastId;
            pending.put(id, call);
            open.send(call.request().message().apply(id));
        }
        // Cancelled or too late: a late answer finds nobody (spec C34).
        var _ = call.answer().whenComplete((_, failure) -> {
            if (failure != null) {
                synchronized (lock) {
                    pending.remove(id);
                }
            }
        });
        return true;
    }

    /** Ends the handshake by {@code initialized} (spec C20). */
    void initialized() {
        inHandshake = false;
        Connection open = connection;
        if (open != null) {
            open.send(out -> {
                out.raw("{\"method\":\"initialized\",\"params\":{}}");
                return true;
            });
        }
    }

    boolean isInHandshake() {
        return inHandshake;
    }

    boolean hasEnded() {
        return end != null;
    }

    /** Ends it from this side. Idempotent. */
    void close(ExecServerException cause) {
        end(cause, false);
    }

    @Override
    public void opened(Connection opened) {
        connection = opened;
        if (hasEnded()) {
            opened.close();
        }
    }

    @Override
    public void message(byte[] bytes, int length) {
        if (hasEnded()) {
            return;
        }
        ProcessNotification output = ProcessNotification.decodeQuickly(bytes, length);
        if (output != null) {
            owner.notified(output);
            return;
        }
        // Not a switch: those over types are linked at run time, for some ms of every start.
        IncomingMessage incoming = IncomingMessage.parse(bytes, length);
        if (incoming instanceof IncomingMessage.Response(RequestId id, JsonSlice result)) {
            PendingCall call = take(id);
            if (call != null) {
                call.answer().complete(result);
            }
        } else if (incoming instanceof IncomingMessage.ErrorResponse(RequestId id, long code, String message)) {
            PendingCall call = take(id);
            if (call != null) {
                call.fail(ExecServerException.server(code, message));
            }
        } else if (incoming instanceof IncomingMessage.Notification(String method, JsonSlice params)) {
            notified(method, params);
        } else if (incoming instanceof IncomingMessage.Request request) {
            violated("the server sent a request, " + request.method() + ", which this client never asked for");
        } else if (incoming instanceof IncomingMessage.Malformed(String parserText)) {
            // Lines have no length: what a dying connection leaves of its last one is a loss like any other.
            if (parserText.startsWith("EOF while parsing")) {
                end(ExecServerException.disconnected(null, null), false);
            } else {
                violated("a message is malformed: " + parserText);
            }
        }
    }

    private void notified(String method, JsonSlice params) {
        ProcessNotification notification;
        try {
            notification = ProcessNotification.decode(method, params);
        } catch (RpcException e) {
            ExecServerException cause = ExecServerException.json(e.getMessage());
            end(
                    ExecServerException.disconnectedWith(
                            "exec-server notification handling failed: " + cause.getMessage(), cause),
                    true);
            return;
        }
        if (notification != null) { // Others are ignored (spec C31).
            owner.notified(notification);
        }
    }

    /** Unlike everything else this ends without a reason (spec C29, C30); the log has it. */
    private void violated(String how) {
        LOG.log(System.Logger.Level.WARNING, "ending the connection to an exec-server: {0}", how);
        end(ExecServerException.disconnected(null, null), true);
    }

    @Override
    public void oversized(byte[] prefix, int length, long limit) {
        PendingCall call = take(IncomingMessage.idOfPrefix(prefix, length));
        String text = "a message from " + label + " is larger than " + limit + " bytes, the limit of this client";
        if (call != null) {
            call.fail(ExecServerException.protocol(
                    "the answer to " + call.request().method() + " can't be taken: " + text));
        } else {
            end(ExecServerException.disconnected(text, null), true);
        }
    }

    @Override
    public @Nullable OutgoingMessage pull() {
        return null;
    }

    @Override
    public void closed(@Nullable Throwable reason) {
        // The reason's message is the whole text (spec C10).
        String text = reason == null ? null : String.valueOf(reason.getMessage());
        end(ExecServerException.disconnected(text, reason), false);
    }

    /** The call that this answers; null if there is none (spec C27). */
    private @Nullable PendingCall take(RequestId id) {
        if (!(id instanceof RequestId.Number(long number))) {
            return null;
        }
        synchronized (lock) {
            return pending.remove(number);
        }
    }

    private void end(ExecServerException cause, boolean violation) {
        List<PendingCall> unanswered;
        synchronized (lock) {
            if (end != null) {
                return;
            }
            end = cause;
            unanswered = new ArrayList<>(pending.values());
            pending.clear();
        }
        Connection open = connection;
        if (open != null) {
            open.close();
        }
        owner.ended(this, cause, unanswered, violation);
    }
}
