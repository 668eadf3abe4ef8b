package dev.outpost.environment.config;

import dev.outpost.client.connect.ServerCommand;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An entry of the file that follows all rules, with defaults filled in. */
record ConfiguredEnvironment(
        String id,
        Target target,
        Duration connectTimeout,
        Duration initializeTimeout,
        @Nullable Token token,
        boolean recovery,
        @Nullable Duration callDeadline) {
    /** What is connected to. */
    sealed interface Target {}

    /** A server that runs already. */
    record Url(String url) implements Target {}

    /** A server to be started. */
    record Command(ServerCommand command) implements Target {}

    /** Where the bearer token is. */
    sealed interface Token {}

    /** In a file. */
    record TokenFile(Path path) implements Token {}

    /** In a variable. */
    record TokenVariable(String name) implements Token {}
}
