package dev.outpost.cli;

import java.util.Objects;

/** The value of an option is not one of its accepted forms: a usage error, exit code 2. */
final class InvalidOption extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidOption(String option, String value, String accepted) {
        super(Objects.requireNonNull("invalid value '" + value + "' for " + option + ": expected " + accepted));
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
