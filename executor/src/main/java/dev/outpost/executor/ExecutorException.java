package dev.outpost.executor;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one failure of the executor interfaces. The message is meant for the caller and goes over the wire as it is, so
 * it never holds a stack trace or anything secret; the cause is for the log and never leaves the machine.
 */
public final class ExecutorException extends Exception {
    private static final long serialVersionUID = 1L;

    private final FailureKind kind;

    /** A failure without a cause worth logging. */
    public ExecutorException(FailureKind kind, String message) {
        this(kind, message, null);
    }

    /** A failure with the cause for the log. */
    public ExecutorException(FailureKind kind, String message, @Nullable Throwable cause) {
        super(Objects.requireNonNull(message, "message is null"), cause);
        this.kind = Objects.requireNonNull(kind, "kind is null");
    }

    /** What a caller can do about it. */
    public FailureKind kind() {
        return kind;
    }

    /** The text for the caller; never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
