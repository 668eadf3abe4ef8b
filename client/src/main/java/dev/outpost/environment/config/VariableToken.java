package dev.outpost.environment.config;

import dev.outpost.environment.TokenSource;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A token in a variable of this process. */
final class VariableToken implements TokenSource {
    private final String name;
    private final @Nullable String value;

    VariableToken(String name, @Nullable String value) {
        this.name = name;
        this.value = value;
    }

    @Override
    public String read() throws IOException {
        if (value == null || value.isBlank()) {
            throw new IOException("the variable " + name + ", which token_env names, is not set");
        }
        return value.strip();
    }
}
