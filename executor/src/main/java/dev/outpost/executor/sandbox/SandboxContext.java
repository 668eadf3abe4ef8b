package dev.outpost.executor.sandbox;

import dev.outpost.executor.HostPath;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A permission profile and what its entries are relative to (spec F17–F22, N70–N73).
 *
 * @param cwd base of project roots and relative globs; absolute and normalised, or null
 * @param workspaceRoots what project roots expand to, if not empty
 * @param useLegacyLandlock whether the caller asked for the reference's older enforcement
 */
public record SandboxContext(
        PermissionProfile permissions,
        @Nullable HostPath cwd,
        List<HostPath> workspaceRoots,
        boolean useLegacyLandlock) {
    /** Copies the list. */
    public SandboxContext {
        Objects.requireNonNull(permissions, "permissions is null");
        workspaceRoots = List.copyOf(workspaceRoots);
    }
}
