package dev.outpost.executor;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an environment says of itself (spec N52).
 *
 * @param shellName base name of the shell that commands should be run with, such as {@code bash}
 * @param shellPath its absolute path
 * @param executorVersion version of the software that answers
 * @param platformOs {@code linux}, as Rust's {@code std::env::consts::OS} spells it
 * @param cwd where the executor was started, or null if that is unknown
 * @param userHome home directory of the executor's user, or null if there is none
 * @param temporaryDirectory where temporary files go
 * @param temporaryDirectories further such directories, may be empty
 * @param extensions what the executor can do beyond Codex's protocol
 */
public record EnvironmentInfo(
        String shellName,
        HostPath shellPath,
        String executorVersion,
        String platformOs,
        @Nullable HostPath cwd,
        @Nullable HostPath userHome,
        HostPath temporaryDirectory,
        List<HostPath> temporaryDirectories,
        Set<Extension> extensions) {
    /** Copies the collections. */
    public EnvironmentInfo {
        temporaryDirectories = List.copyOf(temporaryDirectories);
        extensions = Set.copyOf(extensions);
    }
}
