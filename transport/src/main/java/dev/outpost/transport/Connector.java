package dev.outpost.transport;

/** Opens connections to one server, as often as it is asked to. Safe from any thread. */
public interface Connector {
    /**
     * Opens a connection. Blocks until it is open or the connect timeout is over; {@link ConnectionHandler#opened} has
     * run when it returns.
     *
     * @throws ConnectException if there is no connection; then no method of the handler was called
     */
    Connection connect(ConnectionHandler handler) throws ConnectException;

    /** What the server is called in error texts, for example {@code exec-server websocket ws://build-box:7777} (spec C10, C13). */
    String label();
}
