package dev.outpost.testkit.contract;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.process.EnvironmentPolicy;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import dev.outpost.executor.process.TerminalSize;
import dev.outpost.executor.sandbox.SandboxContext;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a test starts: a {@link StartProcess} with defaults, changed step by step. Immutable. */
public record Recipe(
        String id,
        List<String> argv,
        String cwd,
        @Nullable EnvironmentPolicy policy,
        Map<String, String> environment,
        boolean tty,
        boolean pipeStdin,
        @Nullable String arg0,
        @Nullable SandboxContext sandbox,
        TerminalSize size) {
    /** The PATH that processes get unless a test says otherwise. */
    public static final String PATH = "/usr/local/bin:/usr/bin:/bin";

    /** A program with arguments, on pipes, in {@code /}, without stdin. */
    public static Recipe of(String... argv) {
        return new Recipe(
                "p", List.of(argv), "/", null, Map.of("PATH", PATH), false, false, null, null, TerminalSize.DEFAULT);
    }

    /** A script for {@code /bin/sh}. */
    public static Recipe sh(String script) {
        return of("/bin/sh", "-c", script);
    }

    /** With another id than {@code p}. */
    public Recipe id(String other) {
        return new Recipe(other, argv, cwd, policy, environment, tty, pipeStdin, arg0, sandbox, size);
    }

    /** In another directory. */
    public Recipe cwd(String other) {
        return new Recipe(id, argv, other, policy, environment, tty, pipeStdin, arg0, sandbox, size);
    }

    /** With an environment policy. */
    public Recipe policy(EnvironmentPolicy other) {
        return new Recipe(id, argv, cwd, other, environment, tty, pipeStdin, arg0, sandbox, size);
    }

    /** With exactly this overlay. */
    public Recipe environment(Map<String, String> other) {
        return new Recipe(id, argv, cwd, policy, other, tty, pipeStdin, arg0, sandbox, size);
    }

    /** On a terminal. */
    public Recipe onTerminal() {
        return new Recipe(id, argv, cwd, policy, environment, true, pipeStdin, arg0, sandbox, size);
    }

    /** On a terminal of this size. */
    public Recipe onTerminal(TerminalSize other) {
        return new Recipe(id, argv, cwd, policy, environment, true, pipeStdin, arg0, sandbox, other);
    }

    /** On a terminal or not. */
    public Recipe onTerminal(boolean terminal) {
        return new Recipe(id, argv, cwd, policy, environment, terminal, pipeStdin, arg0, sandbox, size);
    }

    /** With a pipe as stdin. */
    public Recipe withStdin() {
        return new Recipe(id, argv, cwd, policy, environment, tty, true, arg0, sandbox, size);
    }

    /** Under another name. */
    public Recipe arg0(String other) {
        return new Recipe(id, argv, cwd, policy, environment, tty, pipeStdin, other, sandbox, size);
    }

    /** In a sandbox. */
    public Recipe sandbox(SandboxContext other) {
        return new Recipe(id, argv, cwd, policy, environment, tty, pipeStdin, arg0, other, size);
    }

    /** The request. */
    public StartProcess request() {
        return new StartProcess(
                new ProcessId(id), argv, HostPath.of(cwd), policy, environment, tty, pipeStdin, arg0, sandbox, size);
    }
}
