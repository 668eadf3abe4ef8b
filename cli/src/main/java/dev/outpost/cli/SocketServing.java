package dev.outpost.cli;

import dev.outpost.server.ExecServer;
import dev.outpost.transport.websocket.ListenerConfig;
import dev.outpost.transport.websocket.WebSocketListener;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Set;

/** Where the options of a listener become its configuration. Apart from {@link Serving} because it loads Netty. */
final class SocketServing {
    private static final long MOST_INBOUND_BYTES = 1L << 30;

    private SocketServing() {}

    /**
     * Listens from now on.
     *
     * @throws StartFailure if the address can't be bound (spec W6)
     */
    static WebSocketListener listen(ExecServer server, ExecServerOptions options, SocketAddress address)
            throws StartFailure {
        // Incomplete messages may take half of the heap, or what one message needs: what doesn't fit is refused
        // politely.
        long half = Runtime.getRuntime().maxMemory() / 2;
        long inbound = Math.max(options.maxMessageBytes(), Math.min(half, MOST_INBOUND_BYTES));
        ListenerConfig config = ListenerConfig.builder(address)
                .allowedOrigins(Set.copyOf(options.allowedOrigins()))
                .maxMessageBytes(Math.toIntExact(options.maxMessageBytes()))
                .maxInboundBytes(inbound)
                .build();
        try {
            return WebSocketListener.start(config, server::newConnection);
        } catch (IOException failure) {
            throw new StartFailure(String.valueOf(failure.getMessage()));
        }
    }
}
