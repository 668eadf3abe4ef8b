package dev.outpost.testkit.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The network between clients and a server; it can break: at once, or after so many bytes in either direction, in the
 * middle of a message. Bytes pass as they are. Safe from any thread.
 */
public final class CuttableProxy implements AutoCloseable {
    private enum Direction {
        TO_SERVER,
        TO_CLIENT,
    }

    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    // Everything below is guarded by this.
    private final Set<Socket> live = new HashSet<>();
    private @Nullable InetSocketAddress target;
    /** How many more bytes may pass before a planned cut. */
    private final Map<Direction, Long> untilCut = new EnumMap<>(Direction.class);

    private Runnable planNext = () -> {};
    private int cuts;

    /** In front of a WebSocket server, or whatever listens at the host and port of this URL. */
    public CuttableProxy(URI target) throws IOException {
        this(address(target));
    }

    /** In front of whatever listens there. */
    public CuttableProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    /** Where clients connect to. */
    public URI url() {
        return URI.create("ws://127.0.0.1:" + port());
    }

    /** Its port. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Resets all connections; new ones are reset too, until {@link #restore}. */
    public synchronized void cut() {
        target = null;
        reset();
    }

    /** Lets new connections through, to this server. */
    public synchronized void restore(URI newTarget) {
        target = address(newTarget);
    }

    /**
     * Resets all connections again and again, each time after so many bytes in one direction or the other, whichever comes
     * first, until that has happened so often in all; new ones are let through. Replaces an earlier plan.
     *
     * @param mostToServer how many bytes at most pass to the server before it happens
     * @param mostToClient how many bytes at most pass to clients before it happens
     */
    public synchronized void cutAtRandom(int total, Random random, int mostToServer, int mostToClient) {
        planNext = () -> {
            if (cuts < total) {
                untilCut.put(Direction.TO_SERVER, 1L + random.nextInt(mostToServer));
                untilCut.put(Direction.TO_CLIENT, 1L + random.nextInt(mostToClient));
            }
        };
        untilCut.clear();
        planNext.run();
    }

    /** Resets all connections once, after so many bytes to clients; new ones are let through. Replaces an earlier plan. */
    public synchronized void cutOnce(long bytesToClient) {
        planNext = () -> {};
        untilCut.clear();
        untilCut.put(Direction.TO_CLIENT, bytesToClient);
    }

    /** How many planned cuts there were. */
    public synchronized int cuts() {
        return cuts;
    }

    private static InetSocketAddress address(URI url) {
        return new InetSocketAddress(url.getHost(), url.getPort());
    }

    private void accept() {
        try {
            while (true) {
                connect(listener.accept());
            }
        } catch (IOException e) {
            // closed
        }
    }

    private synchronized void connect(Socket client) {
        if (target == null) {
            reset(client);
            return;
        }
        Socket server = new Socket();
        try {
            server.connect(target);
        } catch (IOException e) {
            reset(server);
            reset(client);
            return;
        }
        live.add(client);
        live.add(server);
        threads.execute(() -> pass(client, server, Direction.TO_SERVER));
        threads.execute(() -> pass(server, client, Direction.TO_CLIENT));
    }

    private void pass(Socket from, Socket to, Direction direction) {
        try {
            from.setTcpNoDelay(true);
            byte[] buffer = new byte[32 * 1024];
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                int allowed = allowed(from, direction, count);
                out.write(buffer, 0, allowed);
                if (allowed < count || isDue(direction)) {
                    plannedCut(from);
                    return;
                }
            }
            to.shutdownOutput();
            if (from.isOutputShutdown()) { // Both directions have ended.
                from.close();
                to.close();
                forget(from, to);
            }
        } catch (IOException e) {
            reset(from);
            reset(to);
            forget(from, to);
        }
    }

    /** How many of these bytes may pass; none of a connection that was cut already. */
    private synchronized int allowed(Socket from, Direction direction, int count) {
        if (!live.contains(from)) {
            return 0;
        }
        Long left = untilCut.get(direction);
        if (left == null) {
            return count;
        }
        int allowed = (int) Math.min(count, left);
        untilCut.put(direction, left - allowed);
        return allowed;
    }

    private synchronized boolean isDue(Direction direction) {
        Long left = untilCut.get(direction);
        return left != null && left == 0;
    }

    private synchronized void plannedCut(Socket from) {
        if (!live.contains(from)) {
            return;
        }
        untilCut.clear();
        cuts++;
        reset();
        planNext.run();
    }

    private synchronized void forget(Socket from, Socket to) {
        live.remove(from);
        live.remove(to);
    }

    private void reset() {
        List<Socket> sockets = new ArrayList<>(live);
        live.clear();
        sockets.forEach(CuttableProxy::reset);
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // it was closed already
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
        threads.close();
    }
}
