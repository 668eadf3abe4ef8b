package dev.outpost.client;

import dev.outpost.executor.EnvironmentInfo;
import dev.outpost.executor.LazyLogger;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.message.EnvironmentInfoResult;
import dev.outpost.protocol.message.OutpostCapabilities;
import dev.outpost.protocol.message.ProcessNotification;
import dev.outpost.transport.Connector;
import dev.outpost.transport.Durations;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A session on an exec-server, over one connection at a time (spec 06). What it offers as {@code executor} interfaces is
 * in {@code client.remote}.
 *
 * <p><b>Recovery</b> (spec C46, E14). When the connection is lost, the client connects again, with increasing pauses, and
 * resumes its session, until {@link ClientOptions#recoveryWindow} is over. Meanwhile calls wait. Of the calls that were
 * under way those that may be repeated are sent again; the others fail, since their effect is unknown. When recovery is
 * off, impossible or given up, everything fails, now and later, with the text of the first cause: this client never comes
 * back, and whoever wants to go on connects a new one.
 *
 * <p><b>Threads.</b> Safe from any thread; nothing blocks but {@link #connect}. Answers and notifications come on the
 * connection's thread. There is one thread of its own, {@code exec-client-recovery}, and only during a recovery.
 */
public final class ExecServerClient implements AutoCloseable {
    private static final System.Logger LOG = LazyLogger.of(ExecServerClient.class);

    private final Connector connector;
    private final ClientOptions options;
    private final DialectMemory dialects;
    private final List<SessionListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger callsInFlight = new AtomicInteger();
    private final CompletableFuture<ExecServerException> closed = new CompletableFuture<>();
    private final ServerConnection.Owner owner = new Connections();

    private final Object lock = new Object();
    // Everything below is guarded by the lock, and what is volatile may be read without it.
    private final ArrayDeque<PendingCall> parked = new ArrayDeque<>();
    private volatile @Nullable ServerConnection current;
    private volatile @Nullable ExecServerException end;
    private @Nullable Recovery recovery;
    private long connectedAt;
    private volatile String sessionId = "";
    private volatile @Nullable EnvironmentInfoResult environment;

    private ExecServerClient(Connector connector, ClientOptions options, DialectMemory dialects) {
        this.connector = connector;
        this.options = options;
        this.dialects = dialects;
    }

    /** Connects and opens a new session; see {@link #connect(Connector, ClientOptions, DialectMemory, String)}. */
    public static ExecServerClient connect(Connector connector, ClientOptions options) throws ExecServerException {
        return connect(connector, options, new DialectMemory(), null);
    }

    /**
     * Connects and does the handshake. Blocks for at most the connect timeout and the initialize timeout together.
     *
     * @param dialects what is known of the server, and will be
     * @param resumeSessionId a session to take over, whose processes go on (spec C23); null for a new one
     */
    public static ExecServerClient connect(
            Connector connector, ClientOptions options, DialectMemory dialects, @Nullable String resumeSessionId)
            throws ExecServerException {
        var client = new ExecServerClient(connector, options, dialects);
        ServerConnection connection = client.handshake(resumeSessionId);
        if (!client.install(connection)) {
            throw ExecServerException.closed();
        }
        return client;
    }

    /** The session's id, an opaque string (spec C25). */
    public String sessionId() {
        return sessionId;
    }

    /** What the server said of itself in the last handshake; null if it did not, as older ones. */
    public @Nullable EnvironmentInfo environmentInfo() {
        EnvironmentInfoResult told = environment;
        return told == null ? null : told.info();
    }

    /** What the server can beyond the protocol, in the last handshake; null if it is no Outpost. */
    public @Nullable OutpostCapabilities outpost() {
        EnvironmentInfoResult told = environment;
        return told == null ? null : told.outpost();
    }

    /** What is known of the server's form of paths. */
    public DialectMemory dialects() {
        return dialects;
    }

    /** What the server is called in texts; may contain its URL. */
    public String label() {
        return connector.label();
    }

    /** The options it was made with. */
    public ClientOptions options() {
        return options;
    }

    /** Whether there is a connection now; false also during a recovery. */
    public boolean isConnected() {
        return current != null;
    }

    /** Why every call fails from now on; null as long as calls are made or wait for a recovery. */
    public @Nullable ExecServerException end() {
        return end;
    }

    /** Completes, with the cause, when this client is of no use any more. */
    public CompletableFuture<ExecServerException> closed() {
        return closed.copy();
    }

    /** Tells it of everything that happens from now on, also of the end if that was before. */
    public void listen(SessionListener listener) {
        ExecServerException cause;
        synchronized (lock) {
            cause = end;
            if (cause == null) {
                listeners.add(listener);
            }
        }
        if (cause != null) {
            listener.ended(cause);
        }
    }

    /** Tells it of nothing more; a call that is under way may still end. */
    public void unlisten(SessionListener listener) {
        listeners.remove(listener);
    }

    /**
     * Makes a call, now or when the connection is there again.
     *
     * @return completes with the result, not decoded, or fails with {@link ExecServerException}. To cancel it sends
     *     nothing to the server (spec C34)
     */
    public CompletableFuture<JsonSlice> call(CallRequest request) {
        var call = new PendingCall(request);
        if (callsInFlight.incrementAndGet() > options.maxCallsInFlight()) {
            callsInFlight.decrementAndGet();
            call.fail(ExecServerException.tooManyCalls(options.maxCallsInFlight()));
            return call.answer();
        }
        var _ = call.answer().whenComplete((_, _) -> callsInFlight.decrementAndGet());
        submit(call);
        Duration deadline = options.callDeadline();
        return deadline == null ? call.answer() : within(deadline, call);
    }

    private void submit(PendingCall call) {
        ExecServerException cause;
        synchronized (lock) {
            cause = end;
            if (cause == null) {
                ServerConnection connection = current;
                if (connection == null || !connection.send(call)) {
                    // During a recovery, or its beginning is only a moment away.
                    parked.add(call);
                }
            }
        }
        if (cause != null) {
            call.fail(cause);
        }
    }

    private static CompletableFuture<JsonSlice> within(Duration deadline, PendingCall call) {
        CompletableFuture<Void> timer =
                new CompletableFuture<Void>().completeOnTimeout(null, deadline.toMillis(), TimeUnit.MILLISECONDS);
        var _ = timer.thenRun(
                () -> call.fail(ExecServerException.callTimedOut(call.request().method(), deadline)));
        var _ = call.answer().whenComplete((_, _) -> timer.cancel(false));
        return call.answer();
    }

    /**
     * Ends the connection; whatever is under way fails, and so does everything later. The session stays on the server
     * until that forgets it. Idempotent.
     */
    @Override
    public void close() {
        latch(ExecServerException.closed());
    }

    // Connecting.

    /** Opens a connection and goes through spec C20. */
    private ServerConnection handshake(@Nullable String resume) throws ExecServerException {
        var connection = new ServerConnection(connector.label(), owner);
        Handshake.Outcome outcome = Handshake.perform(connector, connection, options, resume);
        synchronized (lock) {
            sessionId = outcome.sessionId();
            environment = outcome.environment();
        }
        dialects.handshake(outcome.environment() != null);
        return connection;
    }

    /** Makes it the connection that calls go to, beginning with those that waited; false if it has ended meanwhile. */
    private boolean install(ServerConnection connection) {
        synchronized (lock) {
            if (connection.hasEnded() || end != null) {
                return false;
            }
            current = connection;
            recovery = null;
            connectedAt = System.nanoTime();
            while (!parked.isEmpty()) {
                PendingCall call = parked.getFirst();
                if (!call.answer().isDone() && !connection.send(call)) {
                    break; // It has just ended; the next recovery goes on from here.
                }
                parked.removeFirst();
            }
            return true;
        }
    }

    private void lost(
            ServerConnection connection, ExecServerException cause, List<PendingCall> unanswered, boolean violation) {
        List<PendingCall> failed = new ArrayList<>();
        boolean recovering;
        synchronized (lock) {
            if (connection != current) {
                // Nothing but its handshake was under way (spec C41).
                failed.addAll(unanswered);
                recovering = true;
            } else {
                current = null;
                recovering = !violation && !options.recoveryWindow().isZero();
                for (PendingCall call : unanswered.reversed()) {
                    if (recovering && call.request().repeatable()) {
                        parked.addFirst(call);
                    } else {
                        failed.add(call);
                    }
                }
                if (recovering) {
                    recovery = new Recovery(cause, System.nanoTime() - connectedAt);
                    recovery.start();
                }
            }
        }
        if (!recovering) {
            latch(cause); // First, so that whoever is told of a failed call finds that there is no recovery.
        }
        ExecServerException text = connection.isInHandshake() ? ExecServerException.closed() : cause;
        failed.reversed().forEach(call -> call.fail(text));
    }

    /** Ends everything for good; the first cause wins (spec C40). */
    private void latch(ExecServerException cause) {
        List<PendingCall> waiting;
        ServerConnection connection;
        synchronized (lock) {
            if (end != null) {
                return;
            }
            end = cause;
            waiting = new ArrayList<>(parked);
            parked.clear();
            connection = current;
            current = null;
            if (recovery != null && recovery != Thread.currentThread()) {
                recovery.interrupt();
            }
            recovery = null;
        }
        if (connection != null) {
            connection.close(cause);
        }
        waiting.forEach(call -> call.fail(cause));
        listeners.forEach(listener -> listener.ended(cause));
        listeners.clear();
        closed.complete(cause);
    }

    /** What comes from whichever connection there is. */
    private final class Connections implements ServerConnection.Owner {
        @Override
        public void notified(ProcessNotification notification) {
            for (SessionListener listener : listeners) {
                listener.notified(notification);
            }
        }

        @Override
        public void ended(
                ServerConnection connection,
                ExecServerException cause,
                List<PendingCall> unanswered,
                boolean violation) {
            lost(connection, cause, unanswered, violation);
        }
    }

    /** The thread that brings the session back. */
    private final class Recovery extends Thread {
        private static final long SHORTEST_PAUSE = 50;
        private static final long LONGEST_PAUSE = 2000;
        /** A connection that lived no longer than this, in nanoseconds, is not replaced without a pause. */
        private static final long SHORT_LIFE = 500_000_000;

        private final ExecServerException loss;
        private final boolean pauseFirst;
        private final long begin = System.nanoTime();

        Recovery(ExecServerException loss, long lifeNanos) {
            super("exec-client-recovery");
            setDaemon(true);
            this.loss = loss;
            this.pauseFirst = lifeNanos < SHORT_LIFE;
        }

        @Override
        public void run() {
            try {
                recover();
            } catch (InterruptedException closed) {
                // The client was closed, and everything that waits has been told.
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "the recovery of an exec-server session failed", e);
                giveUp("internal error", e);
            }
        }

        private void recover() throws InterruptedException {
            long pause = SHORTEST_PAUSE;
            if (pauseFirst) {
                Thread.sleep(pause);
            }
            while (end == null) {
                ExecServerException failure;
                try {
                    ServerConnection connection = handshake(sessionId);
                    if (install(connection)) {
                        listeners.forEach(SessionListener::resumed);
                        return;
                    }
                    connection.close(ExecServerException.closed());
                    failure = ExecServerException.closed();
                } catch (ExecServerException e) {
                    failure = e;
                }
                long left = options.recoveryWindow().toMillis() - (System.nanoTime() - begin) / 1_000_000;
                if (!isWorthAnotherTry(failure)) {
                    giveUp(failure.getMessage(), failure);
                    return;
                }
                if (left <= 0) {
                    String window = Durations.format(options.recoveryWindow());
                    giveUp("recovery timed out after " + window + ": " + failure.getMessage(), failure);
                    return;
                }
                Thread.sleep(Math.min(pause, left));
                pause = Math.min(pause * 2, LONGEST_PAUSE);
            }
        }

        private boolean isWorthAnotherTry(ExecServerException failure) {
            return switch (failure.kind()) {
                case WEBSOCKET_CONNECT, WEBSOCKET_CONNECT_TIMEOUT, INITIALIZE_TIMED_OUT, CLOSED, DISCONNECTED -> true;
                case SERVER -> Handshake.isBusy(failure) || failure.isTransportClosed();
                case SPAWN, JSON, PROTOCOL, CALL_TIMED_OUT, TOO_MANY_CALLS -> false;
            };
        }

        private void giveUp(String reason, Throwable cause) {
            latch(ExecServerException.disconnectedWith(
                    Objects.requireNonNull(loss.getMessage()) + "; failed to resume exec-server session: " + reason,
                    cause));
        }
    }
}
