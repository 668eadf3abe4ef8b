package dev.outpost.executor;

import java.util.List;
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
 */
public record EnvironmentInfo(
        String shellName,
        HostPath shellPath,
        String executorVersion,
        String platformOs,
        @Nullable HostPath cwd,
        @Nullable HostPath userHome,
        HostPath temporaryDirectory,
        List<HostPath> temporaryDirectories) {
    /** Copies the list. */
    public EnvironmentInfo {
        temporaryDirectories = List.copyOf(temporaryDirectories);
    }
}
