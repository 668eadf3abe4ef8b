package dev.outpost.cli.command;

import dev.outpost.environment.Environment;
import dev.outpost.environment.ServerDescription;
import dev.outpost.executor.EnvironmentInfo;
import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.Extension;
import dev.outpost.executor.HostPath;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * An environment that a command works in.
 *
 * @param id the name the user knows it by
 */
record Target(String id, Environment environment, Here here) {
    private static final HostPath ROOT = HostPath.of("/");
    private static final HostPath SHELL = HostPath.of("/bin/sh");

    /**
     * What it says of itself; null if it says nothing, as Codex 0.131. Connects if it has to.
     *
     * @throws CommandFailure if it can't be reached
     */
    @Nullable EnvironmentInfo info() throws CommandFailure {
        return environment.isRemote() ? description().info() : here.info().get();
    }

    /** What is known of its server; connects if it has to. */
    ServerDescription description() throws CommandFailure {
        try {
            return environment.describe();
        } catch (ExecutorException unreachable) {
            throw new CommandFailure(CommandFailure.OUTPOST, unreachable.getMessage());
        }
    }

    /** Whether its server can do this. */
    boolean can(Extension extension) throws CommandFailure {
        EnvironmentInfo info = info();
        return info != null && info.extensions().contains(extension);
    }

    /** Where commands start and relative paths begin: here the current directory; elsewhere home, or what is known. */
    HostPath directory() throws CommandFailure {
        EnvironmentInfo info = info();
        if (info == null) {
            return ROOT;
        }
        HostPath first = environment.isRemote() ? info.userHome() : info.cwd();
        HostPath second = environment.isRemote() ? info.cwd() : info.userHome();
        return first != null ? first : second != null ? second : ROOT;
    }

    /** An absolute path, as its file operations take it. */
    HostPath resolve(String path) throws CommandFailure {
        HostPath given = HostPath.of(path);
        return given.isAbsolute()
                ? given.normalized()
                : directory().resolve(given).normalized();
    }

    /** The shell of its user. */
    HostPath shell() throws CommandFailure {
        EnvironmentInfo info = info();
        return info == null ? SHELL : info.shellPath();
    }

    /** The outcome, waited for. */
    static <T> T await(CompletableFuture<T> outcome) throws ExecutorException {
        try {
            return outcome.get();
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof ExecutorException told) {
                throw told;
            }
            throw new IllegalStateException(failure.getCause());
        } catch (InterruptedException unexpected) {
            // Nobody interrupts these threads, so an interrupt is a bug.
            throw new IllegalStateException(unexpected);
        }
    }
}
