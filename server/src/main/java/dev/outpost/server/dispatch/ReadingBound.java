package dev.outpost.server.dispatch;

import dev.outpost.transport.Connection;

/**
 * Bounds what one connection can have in flight: a request counts from its arrival until its answer was written, with
 * the bytes of its message. At the bound reading pauses until an answer was written, so a client that doesn't read its
 * answers, or sends faster than it is served, holds up only itself. Safe from any thread.
 */
final class ReadingBound {
    private final Connection connection;
    private final int maxRequests;
    private final long maxBytes;

    private int requests;
    private long bytes;
    private boolean decoding;
    private boolean paused;

    ReadingBound(Connection connection, int maxRequests, long maxBytes) {
        this.connection = connection;
        this.maxRequests = maxRequests;
        this.maxBytes = maxBytes;
    }

    /** A request has arrived in a message of this many bytes. */
    synchronized void begin(int messageBytes) {
        requests++;
        bytes += messageBytes;
        update();
    }

    /** Its answer was written, or never will be. */
    synchronized void end(int messageBytes) {
        requests--;
        bytes -= messageBytes;
        update();
    }

    /** Pauses reading while a large message is decoded elsewhere, so that no later message overtakes it. */
    synchronized void decoding(boolean inProgress) {
        decoding = inProgress;
        update();
    }

    /** The lock is held, so that the connection is told in the right order; it never blocks. */
    private void update() {
        boolean full = decoding || requests >= maxRequests || bytes > maxBytes;
        if (full != paused) {
            paused = full;
            if (full) {
                connection.pauseReading();
            } else {
                connection.resumeReading();
            }
        }
    }
}
