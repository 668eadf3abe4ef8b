package dev.outpost.client;

import dev.outpost.transport.ConnectException;
import dev.outpost.transport.Connection;
import dev.outpost.transport.ConnectionHandler;
import dev.outpost.transport.Connector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/** Opens {@link LineConnection}s to a port of this machine, asked for anew each time. */
public final class LineConnector implements Connector {
    private final IntSupplier port;
    private final AtomicInteger attempts = new AtomicInteger();

    /** To this port. */
    public LineConnector(IntSupplier port) {
        this.port = port;
    }

    @Override
    public Connection connect(ConnectionHandler handler) throws ConnectException {
        attempts.incrementAndGet();
        try {
            return LineConnection.start(new Socket(InetAddress.getLoopbackAddress(), port.getAsInt()), handler);
        } catch (IOException e) {
            throw new ConnectException(
                    ConnectException.Kind.REFUSED,
                    "failed to connect to exec-server websocket `ws://test`: IO error: " + e.getMessage(),
                    e);
        }
    }

    @Override
    public String label() {
        return "exec-server stdio command";
    }

    /** How often it was asked. */
    public int attempts() {
        return attempts.get();
    }
}
