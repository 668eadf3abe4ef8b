package dev.outpost.transport;

/**
 * One connection as its user sees it. All methods are safe from any thread and never block. After the end every method
 * is a no-op.
 */
public interface Connection {
    /**
     * What the peer is called in error texts, for example {@code exec-server websocket 127.0.0.1:4242} or {@code
     * exec-server stdio} (spec W32).
     */
    String peer();

    /** Whether this is a WebSocket; error texts differ (spec W32). */
    boolean isWebSocket();

    /**
     * Queues a message behind those already queued. The queue has no bound of its own: the number of answers is bounded
     * by the number of requests being worked on, and notifications come through {@link ConnectionHandler#pull}. While
     * many wait, no further message is read from the peer. After the end the message is closed and dropped.
     */
    void send(OutgoingMessage message);

    /**
     * Asks for {@link ConnectionHandler#pull} to be called, soon and on the connection's thread, as long as the
     * connection can take more; cheap when asked already.
     */
    void requestPull();

    /** No further {@link ConnectionHandler#message} until {@link #resumeReading}, not even of bytes already received. */
    void pauseReading();

    /** Undoes one or more {@link #pauseReading}. */
    void resumeReading();

    /** Ends the connection without ceremony: what was not sent yet is lost (spec W14). Idempotent. */
    void close();

    /** Ends the connection after the messages queued so far have been sent, or could not be. Idempotent. */
    void closeAfterSending();
}
