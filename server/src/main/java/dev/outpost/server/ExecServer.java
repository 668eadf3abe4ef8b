package dev.outpost.server;

import dev.outpost.executor.LazyLogger;
import dev.outpost.server.dispatch.ClientConnection;
import dev.outpost.server.dispatch.ConnectionLimits;
import dev.outpost.server.dispatch.MethodTable;
import dev.outpost.server.dispatch.WorkerPool;
import dev.outpost.server.session.Sessions;
import dev.outpost.transport.Connection;
import dev.outpost.transport.ConnectionHandler;
import dev.outpost.transport.OutgoingMessage;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An executor on the wire: translates between connections and the {@code executor} interfaces (spec 01). A listener, or
 * stdio, gives it connections through {@link #newConnection}.
 *
 * <p>Owns its sessions with their processes, the threads {@code fs-N} (file operations), {@code decoder-N} (large
 * messages) and {@code session-clock} (expiry). Safe from any thread.
 */
public final class ExecServer implements AutoCloseable {
    private static final System.Logger LOG = LazyLogger.of(ExecServer.class);

    private final Sessions sessions;
    private final MethodTable methods;
    private final ConnectionLimits limits;
    private final WorkerPool fileWorkers;
    private final WorkerPool decoders;
    private final Map<ClientConnection, Connection> connections = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** A server without connections. */
    public ExecServer(ServerConfig config, ExecutorServices services) {
        this(config, services, System::nanoTime);
    }

    /** With a clock of its own, in nanoseconds, that never jumps; the sessions' expiry goes by it. */
    ExecServer(ServerConfig config, ExecutorServices services, LongSupplier nanoTime) {
        sessions = new Sessions(
                services.processes(), config.sessionTimeToLive(), config.catchUp(), config.maxSessions(), nanoTime);
        methods = new MethodTable(sessions, services.files(), services.info());
        limits = new ConnectionLimits(
                config.maxRequestsInFlight(),
                config.maxParkedReads(),
                config.maxBytesInFlight(),
                config.maxParallelFileReads(),
                config.largeMessageBytes());
        fileWorkers = new WorkerPool("fs", config.fileThreads());
        decoders = new WorkerPool("decoder", config.decoderThreads());
        Thread.ofPlatform().daemon().name("session-clock").start(sessions::runClock);
    }

    /** The handler of one new connection. */
    public ConnectionHandler newConnection() {
        return new Handler();
    }

    /** Connections that were opened and have not ended. */
    public int openConnections() {
        return connections.size();
    }

    /**
     * Ends all connections, sessions and processes. Blocks until the processes got their signals, but not until a
     * file operation ends. Idempotent.
     */
    @Override
    public void close() {
        closed = true;
        connections.forEach((client, connection) -> {
            connection.close();
            client.end();
        });
        sessions.close();
        fileWorkers.close();
        decoders.close();
    }

    /** Gives the connection, known only once it is opened, to its {@link ClientConnection}. */
    private final class Handler implements ConnectionHandler {
        private volatile @Nullable ClientConnection client;

        @Override
        public void opened(Connection connection) {
            var opened = new ClientConnection(connection, methods, sessions, limits, fileWorkers, decoders);
            client = opened;
            connections.put(opened, connection);
            if (closed) {
                connection.close();
            }
        }

        @Override
        public void message(byte[] bytes, int length) {
            client().message(bytes, length);
        }

        @Override
        public void oversized(byte[] prefix, int length, long limit) {
            client().oversized(prefix, length, limit);
        }

        @Override
        public @Nullable OutgoingMessage pull() {
            return client().pull();
        }

        @Override
        public void closed(@Nullable Throwable reason) {
            if (reason != null) {
                LOG.log(System.Logger.Level.DEBUG, "a connection has ended", reason);
            }
            client().end();
            connections.remove(client());
        }

        private ClientConnection client() {
            return Objects.requireNonNull(client, "the connection is not opened yet");
        }
    }
}
