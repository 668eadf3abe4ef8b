package dev.outpost.testkit.wire;

/** Something that came from the server. */
public sealed interface Received {
    /**
     * A whole message, in one frame or many.
     *
     * @param text the JSON text
     */
    record Message(String text) implements Received {}

    /**
     * The answer to a ping.
     *
     * @param payload what the ping carried, in base64
     */
    record Pong(String payload) implements Received {}

    /**
     * The server ended the connection; nothing follows.
     *
     * @param how what was seen, for diagnosis
     */
    record Ended(String how) implements Received {}
}
