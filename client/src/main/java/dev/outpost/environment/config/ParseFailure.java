package dev.outpost.environment.config;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlPosition;

/** A file is not what it should be; the message is the DETAIL of spec E40. */
final class ParseFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private ParseFailure(String message) {
        super(message);
    }

    static ParseFailure at(@Nullable TomlPosition position, String what) {
        return new ParseFailure(
                position == null
                        ? what
                        : "TOML parse error at line " + position.line() + ", column " + position.column() + ": "
                                + what);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
