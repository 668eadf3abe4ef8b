package dev.outpost.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The network between a client and a server; it can break. Bytes pass as they are. */
final class CuttableProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> live = new HashSet<>();
    private @Nullable URI target;

    CuttableProxy(URI target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    URI url() {
        return URI.create("ws://127.0.0.1:" + listener.getLocalPort());
    }

    /** Resets all connections; new ones are reset too, until {@link #restore}. */
    synchronized void cut() {
        target = null;
        live.forEach(CuttableProxy::reset);
        live.clear();
    }

    /** Lets new connections through. */
    synchronized void restore(URI newTarget) {
        target = newTarget;
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
        Socket server;
        try {
            server = new Socket(target.getHost(), target.getPort());
        } catch (IOException e) {
            reset(client);
            return;
        }
        live.add(client);
        live.add(server);
        threads.execute(() -> pass(client, server));
        threads.execute(() -> pass(server, client));
    }

    private static void pass(Socket from, Socket to) {
        try {
            from.setTcpNoDelay(true);
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            reset(to);
        }
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
