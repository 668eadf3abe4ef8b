package dev.outpost.environment;

import dev.outpost.executor.HostPath;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where this program is on this machine (spec E5).
 *
 * @param executable the program itself, absolute
 * @param sandboxHelper the program that sandboxes others, absolute; null if there is none
 */
public record RuntimePaths(HostPath executable, @Nullable HostPath sandboxHelper) {
    /** Both are known to be right; see {@link #of}. */
    public RuntimePaths {
        Objects.requireNonNull(executable, "executable is null");
        if (!executable.isAbsolute() || (sandboxHelper != null && !sandboxHelper.isAbsolute())) {
            throw new IllegalArgumentException("relative runtime path: " + executable + ", " + sandboxHelper);
        }
    }

    /**
     * Checks what a user configured.
     *
     * @throws EnvironmentException if there is no executable, or one of them is relative
     */
    public static RuntimePaths of(@Nullable HostPath executable, @Nullable HostPath sandboxHelper)
            throws EnvironmentException {
        if (executable == null) {
            throw EnvironmentException.invalidInput("Codex executable path is not configured");
        }
        requireAbsolute("executable", executable);
        if (sandboxHelper != null) {
            requireAbsolute("sandbox helper", sandboxHelper);
        }
        return new RuntimePaths(executable, sandboxHelper);
    }

    private static void requireAbsolute(String what, HostPath path) throws EnvironmentException {
        if (!path.isAbsolute()) {
            throw EnvironmentException.invalidInput("the path of the " + what + " must be absolute, not " + path);
        }
    }
}
