package dev.outpost.server;

import java.time.Duration;

/**
 * Limits of a server. Every one is a bound, and what happens at it is said beside it.
 *
 * @param sessionTimeToLive how long a detached session waits for its client before its processes are ended (spec N14g);
 *     not negative
 * @param catchUp how long a client that resumed a session may take to read what it missed of a process before
 *     notifications of that process go on, so that new output doesn't push the missed output out; not negative. A client
 *     that set an {@code outputWindow} may take as long as it needs
 * @param maxSessions sessions at one time, attached or detached; at it a new one takes the place of a detached one that
 *     never had a process, and without such a one {@code initialize} is refused
 * @param maxRequestsInFlight requests of one connection without a written answer; reading from it pauses at it
 * @param maxParkedReads reads of one connection that wait for output, which don't count as in flight; refused above it
 * @param maxBytesInFlight bytes of their messages; reading from it pauses above it, so one larger message still passes
 * @param maxParallelFileReads file reads of one connection that run side by side; others wait
 * @param largeMessageBytes messages above this are decoded on a decoder thread, so that they don't hold up other
 *     connections on the same thread
 * @param fileThreads threads for file operations of all connections; others wait when all are busy
 * @param decoderThreads threads for decoding large messages; others wait when all are busy
 */
public record ServerConfig(
        Duration sessionTimeToLive,
        Duration catchUp,
        int maxSessions,
        int maxRequestsInFlight,
        int maxParkedReads,
        long maxBytesInFlight,
        int maxParallelFileReads,
        int largeMessageBytes,
        int fileThreads,
        int decoderThreads) {
    /** What is right for a machine of any size. */
    public static final ServerConfig DEFAULT = new ServerConfig(
            Duration.ofSeconds(60), Duration.ofSeconds(10), 4096, 256, 4096, 64L << 20, 16, 1 << 20, 64, 2);

    /** Refuses limits under which nothing could work. */
    public ServerConfig {
        notNegative("sessionTimeToLive", sessionTimeToLive);
        notNegative("catchUp", catchUp);
        atLeastOne("maxSessions", maxSessions);
        atLeastOne("maxRequestsInFlight", maxRequestsInFlight);
        atLeastOne("maxParkedReads", maxParkedReads);
        atLeastOne("maxBytesInFlight", maxBytesInFlight);
        atLeastOne("maxParallelFileReads", maxParallelFileReads);
        atLeastOne("largeMessageBytes", largeMessageBytes);
        atLeastOne("fileThreads", fileThreads);
        atLeastOne("decoderThreads", decoderThreads);
    }

    /** The same with another time to live. */
    public ServerConfig withSessionTimeToLive(Duration timeToLive) {
        return new ServerConfig(
                timeToLive,
                catchUp,
                maxSessions,
                maxRequestsInFlight,
                maxParkedReads,
                maxBytesInFlight,
                maxParallelFileReads,
                largeMessageBytes,
                fileThreads,
                decoderThreads);
    }

    private static void notNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + " must not be negative: " + value);
        }
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1: " + value);
        }
    }
}
