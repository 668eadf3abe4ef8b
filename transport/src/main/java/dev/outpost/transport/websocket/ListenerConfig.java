package dev.outpost.transport.websocket;

import dev.outpost.transport.MessageBuffer;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.Set;

/**
 * How a {@link WebSocketListener} listens, and its limits. Start from {@link #builder}.
 *
 * @param address an IP address and port (0 for any), or the path of a Unix socket
 * @param allowedOrigins values of the {@code Origin} header that are let in; compared literally (spec N14e)
 * @param threads event loop threads, at least 1
 * @param maxConnections WebSocket connections at a time; one more is answered with 503. A further {@value
 *     #SPARE_SOCKETS} sockets may be open for other HTTP requests; beyond them a new socket is closed at once
 * @param maxMessageBytes largest incoming message, 1 to {@value MessageBuffer#MAX_LIMIT} (spec N14d)
 * @param maxInboundBytes memory for incomplete incoming messages over all connections, apart from the first 128 KiB of
 *     each; a message that finds it used up is treated as oversized
 * @param maxUnsentAnswers how many messages may wait to be sent on a connection before its requests are not read any
 *     more, at least 1
 * @param lowWaterBytes outgoing bytes below which a connection is written to again
 * @param highWaterBytes outgoing bytes that may wait on a connection, apart from the message part that crosses the mark
 * @param maxHeaderBytes limit of the request line and of all header fields of an HTTP request
 * @param handshakeTimeout how long a socket may be open, or idle after an HTTP answer, without becoming a WebSocket
 * @param pingInterval time between pings to the peer (spec N29)
 * @param pongTimeout a peer that shows no life for this long after a ping is dropped (spec N29)
 */
public record ListenerConfig(
        SocketAddress address,
        Set<String> allowedOrigins,
        int threads,
        int maxConnections,
        int maxMessageBytes,
        long maxInboundBytes,
        int maxUnsentAnswers,
        int lowWaterBytes,
        int highWaterBytes,
        int maxHeaderBytes,
        Duration handshakeTimeout,
        Duration pingInterval,
        Duration pongTimeout) {
    static final int SPARE_SOCKETS = 64;

    /** Checks the ranges. */
    public ListenerConfig {
        allowedOrigins = Set.copyOf(allowedOrigins);
        if (!(address instanceof UnixDomainSocketAddress)
                && !(address instanceof InetSocketAddress internet && !internet.isUnresolved())) {
            throw new IllegalArgumentException("cannot listen on " + address + ": neither IP:PORT nor a Unix socket");
        }
        atLeast(1, threads, "threads");
        atLeast(1, maxConnections, "maxConnections");
        atLeast(1, maxMessageBytes, "maxMessageBytes");
        atLeast(0, maxInboundBytes, "maxInboundBytes");
        atLeast(1, maxUnsentAnswers, "maxUnsentAnswers");
        atLeast(1, lowWaterBytes, "lowWaterBytes");
        atLeast(lowWaterBytes, highWaterBytes, "highWaterBytes");
        atLeast(1, maxHeaderBytes, "maxHeaderBytes");
        atLeast(1, handshakeTimeout.toMillis(), "handshakeTimeout in ms");
        atLeast(1, pingInterval.toMillis(), "pingInterval in ms");
        atLeast(1, pongTimeout.toMillis(), "pongTimeout in ms");
        if (maxMessageBytes > MessageBuffer.MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "maxMessageBytes is " + maxMessageBytes + ": must be at most " + MessageBuffer.MAX_LIMIT);
        }
    }

    private static void atLeast(long least, long value, String name) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + ": must be at least " + least);
        }
    }

    /** A builder with every other setting at its default. */
    public static Builder builder(SocketAddress address) {
        return new Builder(address);
    }

    /** Collects settings; those not set keep their defaults. For one thread. */
    public static final class Builder {
        private final SocketAddress address;
        private Set<String> allowedOrigins = Set.of();
        private int threads = 2;
        private int maxConnections = 4096;
        private int maxMessageBytes = 256 * 1024 * 1024;
        private long maxInboundBytes = 1024L * 1024 * 1024;
        private int maxUnsentAnswers = 128;
        private int lowWaterBytes = 256 * 1024;
        private int highWaterBytes = 1024 * 1024;
        private int maxHeaderBytes = 16 * 1024;
        private Duration handshakeTimeout = Duration.ofSeconds(10);
        private Duration pingInterval = Duration.ofSeconds(30);
        private Duration pongTimeout = Duration.ofSeconds(60);

        private Builder(SocketAddress address) {
            this.address = address;
        }

        /** Default: none. */
        public Builder allowedOrigins(Set<String> value) {
            allowedOrigins = value;
            return this;
        }

        /** Default: 2. */
        public Builder threads(int value) {
            threads = value;
            return this;
        }

        /** Default: 4096. */
        public Builder maxConnections(int value) {
            maxConnections = value;
            return this;
        }

        /** Default: 256 MiB. */
        public Builder maxMessageBytes(int value) {
            maxMessageBytes = value;
            return this;
        }

        /** Default: 1 GiB. */
        public Builder maxInboundBytes(long value) {
            maxInboundBytes = value;
            return this;
        }

        /** Default: 128. */
        public Builder maxUnsentAnswers(int value) {
            maxUnsentAnswers = value;
            return this;
        }

        /** Default: 256 KiB and 1 MiB. */
        public Builder waterMarks(int lowBytes, int highBytes) {
            lowWaterBytes = lowBytes;
            highWaterBytes = highBytes;
            return this;
        }

        /** Default: 16 KiB. */
        public Builder maxHeaderBytes(int value) {
            maxHeaderBytes = value;
            return this;
        }

        /** Default: 10 s. */
        public Builder handshakeTimeout(Duration value) {
            handshakeTimeout = value;
            return this;
        }

        /** Default: 30 s and 60 s. */
        public Builder pings(Duration interval, Duration timeout) {
            pingInterval = interval;
            pongTimeout = timeout;
            return this;
        }

        /** Checks and returns the settings. */
        public ListenerConfig build() {
            return new ListenerConfig(
                    address,
                    allowedOrigins,
                    threads,
                    maxConnections,
                    maxMessageBytes,
                    maxInboundBytes,
                    maxUnsentAnswers,
                    lowWaterBytes,
                    highWaterBytes,
                    maxHeaderBytes,
                    handshakeTimeout,
                    pingInterval,
                    pongTimeout);
        }
    }
}
