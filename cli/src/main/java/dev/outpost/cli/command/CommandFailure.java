package dev.outpost.cli.command;

import java.util.Objects;

/** A command can't do what it was asked to: {@code Error: …} on stderr and this exit code. */
final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** What was asked for failed, such as a file that is not there. */
    static final int FAILED = 1;
    /** Outpost itself failed: a broken configuration, an environment that can't be reached. */
    static final int OUTPOST = 125;
    /** The command is there but can't be executed. */
    static final int NOT_EXECUTABLE = 126;
    /** The command is not there. */
    static final int NOT_FOUND = 127;
    /** The connection was lost while the command ran: what became of it is unknown. */
    static final int LOST = 255;

    private final int exitCode;

    CommandFailure(int exitCode, String message) {
        super(Objects.requireNonNull(message, "message is null"));
        this.exitCode = exitCode;
    }

    /** Tells it on stderr; returns the exit code. */
    int report() {
        System.err.println("Error: " + getMessage());
        return exitCode;
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
