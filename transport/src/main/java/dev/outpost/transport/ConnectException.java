package dev.outpost.transport;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection could not be opened; the message is the whole text for the caller (spec C2, C3, C12). */
public final class ConnectException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What went wrong. */
    public enum Kind {
        /** Not open within the connect timeout (spec C2). */
        TIMED_OUT,
        /** Refused, unresolved, no TLS, or not answered with an upgrade (spec C3). */
        REFUSED,
        /** The command that would have been the server could not be started (spec C12). */
        NOT_SPAWNED,
    }

    /** A failure with its cause for the log. */
    public ConnectException(Kind kind, String message, @Nullable Throwable cause) {
        super(Objects.requireNonNull(message, "message is null"), cause);
        this.kind = Objects.requireNonNull(kind, "kind is null");
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** The text for the caller; never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
