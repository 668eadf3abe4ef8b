package dev.outpost.client;

import dev.outpost.transport.Connection;
import dev.outpost.transport.ConnectionHandler;
import dev.outpost.transport.OutgoingMessage;
import dev.outpost.transport.stdio.StdioConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** A connection of lines over a socket, which it closes at its end: what stdio is between processes. */
public final class LineConnection {
    private static final int MAX_MESSAGE = 256 << 20;

    private LineConnection() {}

    /** Starts one end. */
    public static Connection start(Socket socket, ConnectionHandler handler) throws IOException {
        socket.setTcpNoDelay(true);
        return StdioConnection.start(
                socket.getInputStream(), socket.getOutputStream(), MAX_MESSAGE, new Closing(socket, handler));
    }

    private record Closing(Socket socket, ConnectionHandler handler) implements ConnectionHandler {
        @Override
        public void opened(Connection connection) {
            handler.opened(connection);
        }

        @Override
        public void message(byte[] bytes, int length) {
            handler.message(bytes, length);
        }

        @Override
        public void oversized(byte[] prefix, int length, long limit) {
            handler.oversized(prefix, length, limit);
        }

        @Override
        public @Nullable OutgoingMessage pull() {
            return handler.pull();
        }

        @Override
        public void closed(@Nullable Throwable reason) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            handler.closed(reason);
        }
    }
}
