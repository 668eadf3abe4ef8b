package dev.outpost.client;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a client behaves. Connecting itself, with its timeout and its pings, is the business of the {@code Connector}.
 *
 * @param clientName what the client calls itself, not interpreted by servers
 * @param initializeTimeout for the handshake as a whole (spec C21); zero times out at once
 * @param recoveryWindow how long a lost connection is tried to be replaced and its session resumed (spec E14); zero: never
 * @param callDeadline how long a call may take, including the wait for a recovery; null for as long as the connection
 *     lives (spec E17)
 * @param maxCallsInFlight calls without an answer at the same time; more are refused
 * @param historyEvents events of a process that are kept for subscribers to come (spec C57), at least 1
 * @param historyBytes output of a process that is kept for subscribers to come (spec C57), at least 1
 * @param bufferBytes output of a process that is kept until somebody has taken it, and, apart from that, output that came
 *     too early; at least {@code historyBytes}. An Outpost server holds the process back before there is more; from
 *     another one what doesn't fit is read again when it is wanted, if the server still has it
 */
public record ClientOptions(
        String clientName,
        Duration initializeTimeout,
        Duration recoveryWindow,
        @Nullable Duration callDeadline,
        int maxCallsInFlight,
        int historyEvents,
        long historyBytes,
        long bufferBytes) {
    /** The library's own: client name {@code codex-core}, 10 s for the handshake, 45 s for a recovery, no deadline. */
    public static final ClientOptions DEFAULT = new ClientOptions(
            "codex-core", Duration.ofSeconds(10), Duration.ofSeconds(45), null, 8192, 256, 1 << 20, 8 << 20);

    /** Checks the ranges. */
    public ClientOptions {
        Objects.requireNonNull(clientName, "clientName is null");
        if (initializeTimeout.isNegative()
                || recoveryWindow.isNegative()
                || (callDeadline != null && callDeadline.isNegative())) {
            throw new IllegalArgumentException(
                    "times must not be negative: " + initializeTimeout + ", " + recoveryWindow + ", " + callDeadline);
        }
        if (maxCallsInFlight < 1 || historyEvents < 1 || historyBytes < 1 || bufferBytes < historyBytes) {
            throw new IllegalArgumentException("out of range: " + maxCallsInFlight + " calls, " + historyEvents
                    + " events, " + historyBytes + " and " + bufferBytes + " bytes");
        }
    }

    /** The same under another name. */
    public ClientOptions withClientName(String name) {
        return new ClientOptions(
                name,
                initializeTimeout,
                recoveryWindow,
                callDeadline,
                maxCallsInFlight,
                historyEvents,
                historyBytes,
                bufferBytes);
    }

    /** The same with another timeout of the handshake. */
    public ClientOptions withInitializeTimeout(Duration timeout) {
        return new ClientOptions(
                clientName,
                timeout,
                recoveryWindow,
                callDeadline,
                maxCallsInFlight,
                historyEvents,
                historyBytes,
                bufferBytes);
    }

    /** The same with another window for recovery; zero turns it off. */
    public ClientOptions withRecoveryWindow(Duration window) {
        return new ClientOptions(
                clientName,
                initializeTimeout,
                window,
                callDeadline,
                maxCallsInFlight,
                historyEvents,
                historyBytes,
                bufferBytes);
    }

    /** The same with a deadline for each call, or without. */
    public ClientOptions withCallDeadline(@Nullable Duration deadline) {
        return new ClientOptions(
                clientName,
                initializeTimeout,
                recoveryWindow,
                deadline,
                maxCallsInFlight,
                historyEvents,
                historyBytes,
                bufferBytes);
    }

    /** The same with another bound of calls without an answer. */
    public ClientOptions withMaxCallsInFlight(int calls) {
        return new ClientOptions(
                clientName,
                initializeTimeout,
                recoveryWindow,
                callDeadline,
                calls,
                historyEvents,
                historyBytes,
                bufferBytes);
    }

    /** The same with other bounds of what is kept of each process. */
    public ClientOptions withHistory(int events, long bytes, long buffer) {
        return new ClientOptions(
                clientName, initializeTimeout, recoveryWindow, callDeadline, maxCallsInFlight, events, bytes, buffer);
    }
}
