package dev.outpost.executor.process;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.SandboxContext;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A process to start (spec W81–W88). Start from {@link #builder}.
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

    /**
     * A builder of a process with pipes that inherits all variables of the executor and has no stdin.
     *
     * @param id its name in the session
     * @param cwd where it starts
     * @param argv program and arguments; no shell is involved
     */
    public static Builder builder(ProcessId id, HostPath cwd, List<String> argv) {
        return new Builder(id, cwd, argv);
    }

    /** Collects what a process is started with. For one thread. */
    public static final class Builder {
        private final ProcessId id;
        private final HostPath cwd;
        private final List<String> argv;
        private @Nullable EnvironmentPolicy policy = EnvironmentPolicy.INHERIT_ALL;
        private Map<String, String> environment = Map.of();
        private @Nullable TerminalSize terminal;
        private boolean pipeStdin;
        private @Nullable SandboxContext sandbox;

        private Builder(ProcessId id, HostPath cwd, List<String> argv) {
            this.id = id;
            this.cwd = cwd;
            this.argv = argv;
        }

        /** What it inherits of the executor's variables; null for nothing. */
        public Builder environmentPolicy(@Nullable EnvironmentPolicy value) {
            policy = value;
            return this;
        }

        /** Variables that are laid over what it inherits. */
        public Builder environment(Map<String, String> value) {
            environment = value;
            return this;
        }

        /** Gives it a terminal instead of pipes; {@link ExecProcess#write} are its keys. */
        public Builder terminal(TerminalSize size) {
            terminal = size;
            return this;
        }

        /** Gives it a pipe as stdin, for {@link ExecProcess#write} and {@link ExecProcess#closeStdin}. */
        public Builder pipeStdin() {
            pipeStdin = true;
            return this;
        }

        /** What it may do; null for everything that the executor's user may. */
        public Builder sandbox(@Nullable SandboxContext value) {
            sandbox = value;
            return this;
        }

        /** The process to start. */
        public StartProcess build() {
            TerminalSize size = terminal;
            return new StartProcess(
                    id,
                    argv,
                    cwd,
                    policy,
                    environment,
                    size != null,
                    pipeStdin,
                    null,
                    sandbox,
                    size == null ? TerminalSize.DEFAULT : size);
        }
    }
}
