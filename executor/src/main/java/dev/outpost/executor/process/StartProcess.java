package dev.outpost.executor.process;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.SandboxContext;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A process to start (spec W81–W88).
 *
 * @param id its name in the session
 * @param argv program and arguments; an empty list is refused by the backend, not here (spec P10)
 * @param cwd where it starts, verbatim; relative means relative to the executor's own
 * @param environmentPolicy what it inherits; null means nothing at all (spec P71)
 * @param environment variables laid over that
 * @param tty whether it gets a terminal
 * @param pipeStdin whether stdin is a pipe that can be written; without it and without a terminal it is /dev/null
 * @param arg0 what to call it instead of {@code argv[0]}, or null (spec P63)
 * @param sandbox what it may do, or null for everything its user may
 * @param terminalSize the size its terminal begins with; without effect if it gets none
 */
public record StartProcess(
        ProcessId id,
        List<String> argv,
        HostPath cwd,
        @Nullable EnvironmentPolicy environmentPolicy,
        Map<String, String> environment,
        boolean tty,
        boolean pipeStdin,
        @Nullable String arg0,
        @Nullable SandboxContext sandbox,
        TerminalSize terminalSize) {
    /** Copies the collections. */
    public StartProcess {
        Objects.requireNonNull(id, "id is null");
        Objects.requireNonNull(cwd, "cwd is null");
        Objects.requireNonNull(terminalSize, "terminalSize is null");
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
    }

    /** With a terminal, if any, of {@link TerminalSize#DEFAULT}. */
    public StartProcess(
            ProcessId id,
            List<String> argv,
            HostPath cwd,
            @Nullable EnvironmentPolicy environmentPolicy,
            Map<String, String> environment,
            boolean tty,
            boolean pipeStdin,
            @Nullable String arg0,
            @Nullable SandboxContext sandbox) {
        this(id, argv, cwd, environmentPolicy, environment, tty, pipeStdin, arg0, sandbox, TerminalSize.DEFAULT);
    }
}
