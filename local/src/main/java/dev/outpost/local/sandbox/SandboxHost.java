package dev.outpost.local.sandbox;

import dev.outpost.executor.HostPath;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The machine that policies are compiled for. Immutable, safe from any thread.
 *
 * <p>Nothing of it is a client's: what a path of a policy is relative to comes with the policy.
 */
public final class SandboxHost {
    private final @Nullable HostPath tmpdir;
    private final PolicyDisk disk;

    SandboxHost(@Nullable HostPath tmpdir, PolicyDisk disk) {
        this.tmpdir = tmpdir;
        this.disk = Objects.requireNonNull(disk, "disk is null");
    }

    /**
     * This machine.
     *
     * @param tmpdir the value of {@code TMPDIR} of this process, or null; ignored unless it is an absolute path (spec F36)
     */
    public static SandboxHost local(@Nullable String tmpdir) {
        HostPath path = tmpdir == null ? null : HostPath.of(tmpdir);
        boolean usable = path != null && path.isAbsolute() && !path.hasNul();
        return new SandboxHost(usable && path != null ? path.normalized() : null, new LinuxDisk());
    }

    /** Where temporary files are, or null; normalised. */
    @Nullable HostPath tmpdir() {
        return tmpdir;
    }

    PolicyDisk disk() {
        return disk;
    }
}
