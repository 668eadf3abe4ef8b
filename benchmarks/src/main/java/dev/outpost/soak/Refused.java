package dev.outpost.soak;

import java.io.IOException;

/** The server answered with an error. */
final class Refused extends IOException {
    private static final long serialVersionUID = 1;

    private final long code;

    Refused(String method, long code, String message) {
        super(method + " was refused: " + message + " (" + code + ")");
        this.code = code;
    }

    long code() {
        return code;
    }
}
