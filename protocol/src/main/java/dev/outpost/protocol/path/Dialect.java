package dev.outpost.protocol.path;

/**
 * Which generation of clients a request comes from, read off its paths; what the request creates remembers it (spec
 * N14a).
 */
public enum Dialect {
    /** Plain absolute paths: 0.131. */
    PATHS,
    /** {@code file:} URIs: newer. */
    URIS,
}
