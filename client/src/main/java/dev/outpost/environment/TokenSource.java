package dev.outpost.environment;

import java.io.IOException;

/** Where a bearer token is kept. Asked before each connection, so that a token may be renewed while the program runs. */
public interface TokenSource {
    /**
     * The token now.
     *
     * @throws IOException if there is none; the message names the place and never the token
     */
    String read() throws IOException;
}
