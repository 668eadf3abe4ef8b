package dev.outpost.client.connect;

import dev.outpost.executor.HostPath;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A program that is an exec-server on its standard streams (spec C11).
 *
 * @param program looked up in PATH if it has no slash
 * @param arguments passed as they are, no shell
 * @param variables laid over the inherited environment; their values are never shown
 * @param cwd where it starts; null for the directory of this process
 */
public record ServerCommand(
        String program,
        List<String> arguments,
        Map<String, String> variables,
        @Nullable HostPath cwd) {
    /** Copies the collections. */
    public ServerCommand {
        Objects.requireNonNull(program, "program is null");
        arguments = List.copyOf(arguments);
        variables = Map.copyOf(variables);
    }

    /** The program only: arguments and variables may hold secrets. */
    @Override
    public String toString() {
        return "ServerCommand[" + program + "]";
    }
}
