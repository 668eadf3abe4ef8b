package dev.outpost.transport.websocket;

import dev.outpost.transport.ConnectException;
import dev.outpost.transport.Connection;
import dev.outpost.transport.ConnectionHandler;
import dev.outpost.transport.Connector;
import dev.outpost.transport.Durations;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a server over WebSocket: TCP with or without TLS, directly or through a proxy, or a Unix socket (spec 06
 * §2). Each connection offers no extension and no subprotocol, sends no header beyond those of the upgrade but a
 * configured token, and follows no redirect (C1, C3). It ends without a closing handshake (C8).
 *
 * <p>The reason given to {@link ConnectionHandler#closed} has the whole text of spec C10 as its message. A Close frame is
 * an end without a reason (C7).
 */
public final class WebSocketConnector implements Connector {
    private final ConnectorConfig config;
    private final ClientEventLoops eventLoops;
    private final String label;

    /**
     * @param eventLoops where connections live; owned by the caller, who closes it after the last connection
     */
    public WebSocketConnector(ConnectorConfig config, ClientEventLoops eventLoops) {
        this.config = config;
        this.eventLoops = eventLoops;
        this.label = "exec-server websocket " + config.url();
    }

    /**
     * Why nothing can ever be reached under a URL, in the words of the reference (spec E47); null if it looks usable. The
     * port is not checked.
     */
    public static @Nullable String defectOf(String url) {
        try {
            ServerUrl.parse(url);
            return null;
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public Connection connect(ConnectionHandler handler) throws ConnectException {
        eventLoops.requireOtherThread();
        long deadline = System.nanoTime() + config.connectTimeout().toNanos();
        try {
            return connect(handler, deadline);
        } catch (TimeoutException e) {
            throw new ConnectException(
                    ConnectException.Kind.TIMED_OUT,
                    "timed out connecting to " + quoted() + " after " + Durations.format(config.connectTimeout()),
                    e);
        } catch (ExecutionException e) {
            throw refused(Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw refused(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refused(new IOException("the waiting thread was interrupted", e));
        }
    }

    private ConnectException refused(Throwable cause) {
        return new ConnectException(
                ConnectException.Kind.REFUSED,
                "failed to connect to " + quoted() + ": " + SocketFailure.describe(cause),
                cause);
    }

    private String quoted() {
        return "exec-server websocket `" + config.url() + "`";
    }

    /** Tries one address after the other until one is reached, whatever becomes of that. */
    private Connection connect(ConnectionHandler handler, long deadline)
            throws IOException, ExecutionException, InterruptedException, TimeoutException {
        ServerUrl server = ServerUrl.parse(config.url());
        Proxy proxy = Proxy.of(config.proxies(), server);
        Iterator<SocketAddress> addresses = addresses(server, proxy, deadline).iterator();
        while (true) {
            ConnectAttempt attempt = new ConnectAttempt(label, server, proxy, config, handler);
            try {
                return await(attempt, attempt.begin(eventLoops, addresses.next()), deadline);
            } catch (ExecutionException e) {
                if (attempt.reached() || !addresses.hasNext()) {
                    throw e;
                }
            }
        }
    }

    private static Connection await(ConnectAttempt attempt, CompletableFuture<Connection> outcome, long deadline)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            return outcome.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (attempt.abandon()) {
                throw e;
            }
            return outcome.join();
        } catch (InterruptedException e) {
            if (attempt.abandon()) {
                throw e;
            }
            Thread.currentThread().interrupt();
            return outcome.join();
        }
    }

    private static List<SocketAddress> addresses(ServerUrl server, @Nullable Proxy proxy, long deadline)
            throws IOException, ExecutionException, InterruptedException, TimeoutException {
        if (server.socket() != null) {
            return List.of(UnixDomainSocketAddress.of(server.socket()));
        }
        String host = proxy == null ? server.host() : proxy.host();
        int port = proxy == null ? server.port() : proxy.port();
        InetAddress literal = ProxySettings.literal(host);
        List<InetAddress> found = literal == null ? lookUp(host, deadline) : List.of(literal);
        return found.stream()
                .<SocketAddress>map(address -> new InetSocketAddress(address, port))
                .toList();
    }

    /** A lookup can't be interrupted, so it has a thread of its own, which outlives an abandoned one. */
    private static List<InetAddress> lookUp(String host, long deadline)
            throws ExecutionException, InterruptedException, TimeoutException {
        FutureTask<List<InetAddress>> found = new FutureTask<>(() -> List.of(InetAddress.getAllByName(host)));
        Thread.ofVirtual().name("look-up").start(found);
        return found.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
}
