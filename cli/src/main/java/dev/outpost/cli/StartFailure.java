package dev.outpost.cli;

import java.util.Objects;

/** Why the server can't start, as one sentence for the operator: {@code Error: …} on stderr and exit code 1 (spec W7). */
final class StartFailure extends Exception {
    private static final long serialVersionUID = 1L;

    StartFailure(String message) {
        super(Objects.requireNonNull(message, "message is null"));
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
