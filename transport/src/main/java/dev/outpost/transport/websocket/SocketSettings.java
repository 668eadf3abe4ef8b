package dev.outpost.transport.websocket;

import java.time.Duration;

/**
 * What a {@link WebSocketConnection} needs to know of its settings, whichever end it is.
 *
 * @param client whether this is the client's end, which masks its frames and gets unmasked ones
 * @param maxMessageBytes largest incoming message
 * @param maxUnsent how many messages may wait to be sent before nothing is read any more. A server's bound on answers; a
 *     client has none, because two ends that both stop reading would wait for each other for ever
 * @param pingInterval time between pings to the peer
 * @param pongTimeout a peer that shows no life for this long after a ping is dropped
 */
record SocketSettings(boolean client, int maxMessageBytes, int maxUnsent, Duration pingInterval, Duration pongTimeout) {
    static SocketSettings of(ListenerConfig config) {
        return new SocketSettings(
                false,
                config.maxMessageBytes(),
                config.maxUnsentAnswers(),
                config.pingInterval(),
                config.pongTimeout());
    }

    static SocketSettings of(ConnectorConfig config) {
        return new SocketSettings(
                true, config.maxMessageBytes(), Integer.MAX_VALUE, config.pingInterval(), config.pongTimeout());
    }
}
