package dev.outpost.testkit.wire;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an exec-server. Sending is safe from any thread; receiving is for one thread. What arrives is kept in
 * order in a queue of {@value #QUEUE} entries; when it is full the connection stops reading, so the server feels a slow
 * reader.
 */
public interface WireConnection extends AutoCloseable {
    /** How many messages may wait to be received. */
    int QUEUE = 1024;

    /**
     * Sends one message; blocks while the server doesn't read.
     *
     * @throws IOException if the connection has ended
     */
    void send(String message) throws IOException;

    /**
     * Sends bytes as they are, whatever they are: no frame is put around them, no line end behind them.
     *
     * @throws IOException if the connection has ended
     */
    void sendBytes(byte[] bytes) throws IOException;

    /**
     * Waits for the next thing that the server sent. After {@link Received.Ended} nothing comes any more.
     *
     * @return null if nothing came in time
     */
    @Nullable Received receive(Duration timeout) throws InterruptedException;

    /** Ends the connection without ceremony. Idempotent. */
    @Override
    void close();
}
