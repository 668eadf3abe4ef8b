package dev.outpost.transport.websocket;

import dev.outpost.transport.MessageBuffer;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link WebSocketConnector} connects, and its limits. Start from {@link #builder}.
 *
 * @param url {@code ws://HOST[:PORT][/PATH][?QUERY]}, the same with {@code wss://}, or {@code unix://PATH}. Not checked
 *     here: a bad one is a failure of connecting (spec E29). Its query may hold a signature and is never logged (C78)
 * @param bearerToken sent as {@code Authorization: Bearer}; null for no such header (spec C1)
 * @param connectTimeout for looking up the name, TCP, TLS and upgrade together (spec C2), at least 0: then connecting
 *     times out at once
 * @param proxies for {@code ws://} and {@code wss://} (spec C5)
 * @param tls for {@code wss://}; null for the default of this Java. The server's name is always checked
 * @param maxMessageBytes largest incoming message, 1 to {@value MessageBuffer#MAX_LIMIT}; the handler is told of a larger
 *     one, and the connection lives
 * @param lowWaterBytes outgoing bytes below which the connection is written to again
 * @param highWaterBytes outgoing bytes that may wait in the socket's buffer before messages wait in their queue
 * @param pingInterval time between pings to the server
 * @param pongTimeout a server that shows no life for this long after a ping is given up
 */
public record ConnectorConfig(
        String url,
        @Nullable String bearerToken,
        Duration connectTimeout,
        ProxySettings proxies,
        @Nullable SSLContext tls,
        int maxMessageBytes,
        int lowWaterBytes,
        int highWaterBytes,
        Duration pingInterval,
        Duration pongTimeout) {
    /** The connect timeout where none is configured (spec 06 §1). */
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** The largest incoming message where none is configured: 256 MiB. */
    public static final int DEFAULT_MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

    /** Checks the ranges. */
    public ConnectorConfig {
        Objects.requireNonNull(url, "url is null");
        Objects.requireNonNull(proxies, "proxies is null");
        if (bearerToken != null && !bearerToken.matches("[\\x21-\\x7e]+")) {
            throw new IllegalArgumentException(
                    "the bearer token must be one or more visible ASCII characters, without white space");
        }
        atLeast(0, connectTimeout.toMillis(), "connectTimeout in ms");
        atLeast(1, maxMessageBytes, "maxMessageBytes");
        atLeast(1, lowWaterBytes, "lowWaterBytes");
        atLeast(lowWaterBytes, highWaterBytes, "highWaterBytes");
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

    /** Without the token and the query. */
    @Override
    public String toString() {
        return "ConnectorConfig[" + ServerUrl.withoutQuery(url) + "]";
    }

    /** A builder with every other setting at its default. */
    public static Builder builder(String url) {
        return new Builder(url);
    }

    /** Collects settings; those not set keep their defaults. For one thread. */
    public static final class Builder {
        private final String url;
        private @Nullable String bearerToken;
        private Duration connectTimeout = DEFAULT_CONNECT_TIMEOUT;
        private ProxySettings proxies = ProxySettings.NONE;
        private @Nullable SSLContext tls;
        private int maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES;
        private int lowWaterBytes = 256 * 1024;
        private int highWaterBytes = 1024 * 1024;
        private Duration pingInterval = Duration.ofSeconds(15);
        private Duration pongTimeout = Duration.ofSeconds(30);

        private Builder(String url) {
            this.url = url;
        }

        /** Default: none. */
        public Builder bearerToken(@Nullable String value) {
            bearerToken = value;
            return this;
        }

        /** Default: 10 s. */
        public Builder connectTimeout(Duration value) {
            connectTimeout = value;
            return this;
        }

        /** Default: none. */
        public Builder proxies(ProxySettings value) {
            proxies = value;
            return this;
        }

        /** Default: what this Java trusts. */
        public Builder tls(@Nullable SSLContext value) {
            tls = value;
            return this;
        }

        /** Default: 256 MiB. */
        public Builder maxMessageBytes(int value) {
            maxMessageBytes = value;
            return this;
        }

        /** Default: 256 KiB and 1 MiB. */
        public Builder waterMarks(int lowBytes, int highBytes) {
            lowWaterBytes = lowBytes;
            highWaterBytes = highBytes;
            return this;
        }

        /** Default: 15 s and 30 s. */
        public Builder pings(Duration interval, Duration timeout) {
            pingInterval = interval;
            pongTimeout = timeout;
            return this;
        }

        /** Checks and returns the settings. */
        public ConnectorConfig build() {
            return new ConnectorConfig(
                    url,
                    bearerToken,
                    connectTimeout,
                    proxies,
                    tls,
                    maxMessageBytes,
                    lowWaterBytes,
                    highWaterBytes,
                    pingInterval,
                    pongTimeout);
        }
    }
}
