package dev.outpost.environment;

import dev.outpost.executor.EnvironmentInfo;
import dev.outpost.protocol.path.Dialect;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the server of an environment.
 *
 * @param info what it said of itself; null if it said nothing, as Codex 0.131
 * @param dialect the form of paths it takes; null while that is unknown
 */
public record ServerDescription(
        @Nullable EnvironmentInfo info, @Nullable Dialect dialect) {
    /** Nothing. */
    public static final ServerDescription UNKNOWN = new ServerDescription(null, null);
}
