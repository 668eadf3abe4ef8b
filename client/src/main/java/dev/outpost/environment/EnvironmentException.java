package dev.outpost.environment;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Environments can't be made as configured. The message is the whole text for the user. */
public final class EnvironmentException extends Exception {
    private static final long serialVersionUID = 1L;

    private EnvironmentException(String message, @Nullable Throwable cause) {
        super(Objects.requireNonNull(message, "message is null"), cause);
    }

    /** {@code exec-server protocol error: TEXT}, as the reference shows what it calls Protocol (spec 05). */
    public static EnvironmentException protocol(String text) {
        return protocol(text, null);
    }

    /** The same, with the cause for the log. */
    public static EnvironmentException protocol(String text, @Nullable Throwable cause) {
        return new EnvironmentException("exec-server protocol error: " + text, cause);
    }

    /** Shown as it is. */
    static EnvironmentException invalidInput(String text) {
        return new EnvironmentException(text, null);
    }

    /** The text for the user; never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
