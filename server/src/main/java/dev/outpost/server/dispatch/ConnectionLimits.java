package dev.outpost.server.dispatch;

/**
 * What one connection may use.
 *
 * @param requestsInFlight requests that arrived and whose answers were not written yet, at least 1; at the bound reading
 *     pauses
 * @param parkedReads reads that wait for output; above it they are refused
 * @param bytesInFlight bytes of their messages; above it reading pauses, so that one larger message still passes
 * @param parallelFileReads file reads that run side by side, at least 1; others wait
 * @param largeMessageBytes above this a message is decoded away from the connection's thread
 */
public record ConnectionLimits(
        int requestsInFlight, int parkedReads, long bytesInFlight, int parallelFileReads, int largeMessageBytes) {}
