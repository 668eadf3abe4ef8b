package dev.outpost.transport;

import org.jspecify.annotations.Nullable;

/**
 * The user of one connection. The connection calls {@link #opened} first, {@link #closed} last and exactly once, and
 * never two of {@link #opened}, {@link #message}, {@link #oversized}, {@link #closed} at the same time. {@link #pull}
 * runs on the thread that writes, which for stdio is another one. None of them may block.
 */
public interface ConnectionHandler {
    /** The connection is there. */
    void opened(Connection connection);

    /**
     * A whole message.
     *
     * @param bytes owned by the handler from now on; the message is {@code length} bytes from index 0. On a WebSocket a
     *     text message was checked to be UTF-8; a binary one was not
     */
    void message(byte[] bytes, int length);

    /**
     * A message above the limit, of which only the beginning was kept; the rest is being skipped and the connection
     * lives (spec N14d).
     *
     * @param prefix what was kept, owned by the handler; {@code length} bytes from index 0
     * @param limit the limit that applied, in bytes: that of a message, or less when the memory for incomplete messages
     *     of all connections is used up
     */
    void oversized(byte[] prefix, int length, long limit);

    /**
     * The next message that was not worth queueing, such as a notification; null if there is none now. Called after
     * {@link Connection#requestPull} and then again and again until it returns null, but only while little is waiting
     * to be sent.
     */
    @Nullable OutgoingMessage pull();

    /**
     * The connection has ended; no method of it has an effect any more.
     *
     * @param reason for the log; null for an ordinary end
     */
    void closed(@Nullable Throwable reason);
}
