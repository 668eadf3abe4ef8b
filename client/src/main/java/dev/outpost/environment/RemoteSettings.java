package dev.outpost.environment;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a remote environment is connected to.
 *
 * @param connectTimeout for opening a WebSocket; not used for a command (spec C2, C12)
 * @param initializeTimeout for the handshake (spec C21)
 * @param token gives the bearer token of each connection; null for none (spec C1)
 * @param recovery whether a lost connection is replaced and its session resumed (spec E14); never for a command
 * @param callDeadline how long a call may take; null for as long as the connection lives (spec E17)
 */
public record RemoteSettings(
        Duration connectTimeout,
        Duration initializeTimeout,
        @Nullable TokenSource token,
        boolean recovery,
        @Nullable Duration callDeadline) {
    /** 10 s for each timeout, no token, recovery, no deadline (spec E9). */
    public static final RemoteSettings DEFAULT =
            new RemoteSettings(Duration.ofSeconds(10), Duration.ofSeconds(10), null, true, null);

    /** Checks that the times are there and not negative. */
    public RemoteSettings {
        Objects.requireNonNull(connectTimeout, "connectTimeout is null");
        Objects.requireNonNull(initializeTimeout, "initializeTimeout is null");
        if (connectTimeout.isNegative()
                || initializeTimeout.isNegative()
                || (callDeadline != null && callDeadline.isNegative())) {
            throw new IllegalArgumentException(
                    "times must not be negative: " + connectTimeout + ", " + initializeTimeout + ", " + callDeadline);
        }
    }

    /** The same with other timeouts. */
    public RemoteSettings withTimeouts(Duration connect, Duration initialize) {
        return new RemoteSettings(connect, initialize, token, recovery, callDeadline);
    }

    /** The same with a token, or without. */
    public RemoteSettings withToken(@Nullable TokenSource source) {
        return new RemoteSettings(connectTimeout, initializeTimeout, source, recovery, callDeadline);
    }

    /** The same with recovery or without. */
    public RemoteSettings withRecovery(boolean wanted) {
        return new RemoteSettings(connectTimeout, initializeTimeout, token, wanted, callDeadline);
    }

    /** The same with a deadline for each call, or without. */
    public RemoteSettings withCallDeadline(@Nullable Duration deadline) {
        return new RemoteSettings(connectTimeout, initializeTimeout, token, recovery, deadline);
    }
}
