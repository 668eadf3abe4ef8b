package dev.outpost.local.sandbox;

/** A pattern that means nothing. */
final class MalformedGlobException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedGlobException(String pattern, String problem) {
        super("malformed pattern " + pattern + ": " + problem);
    }
}
