package dev.outpost.environment.config;

import dev.outpost.environment.TokenSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A token in a file, without white space around it. */
record FileToken(Path path) implements TokenSource {
    @Override
    public String read() throws IOException {
        String token;
        try {
            token = Files.readString(path).strip();
        } catch (IOException failure) {
            throw new IOException(
                    "cannot read token_file " + path + ": " + EnvironmentsFile.describe(failure), failure);
        }
        if (token.isEmpty()) {
            throw new IOException("token_file " + path + " is empty");
        }
        return token;
    }
}
