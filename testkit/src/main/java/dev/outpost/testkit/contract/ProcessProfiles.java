package dev.outpost.testkit.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.FileSystemPolicy;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget;
import dev.outpost.executor.sandbox.PolicyTarget.GlobTarget;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.PolicyTarget.PathTarget;
import dev.outpost.executor.sandbox.PolicyTarget.SpecialTarget;
import dev.outpost.executor.sandbox.SandboxContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Profiles as clients send them, and whether this machine can enforce them with namespaces. */
public final class ProcessProfiles {
    /** Everything readable. */
    public static final PolicyEntry ROOT_READ = entry(new SpecialTarget(Kind.ROOT, null), Access.READ);

    private ProcessProfiles() {}

    /** Leaves the test out, with a sentence, if bubblewrap can't confine anything on this machine. */
    public static void assumeBubblewrap() throws IOException, InterruptedException {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/bwrap")),
                "bubblewrap is not installed (Debian package bubblewrap), which confines processes");
        Process attempt = new ProcessBuilder("/usr/bin/bwrap", "--unshare-user", "--ro-bind", "/", "/", "/bin/true")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assumeTrue(
                attempt.waitFor(30, TimeUnit.SECONDS) && attempt.exitValue() == 0,
                "user namespaces are forbidden on this machine, which bubblewrap needs");
    }

    /** A context without network. */
    public static SandboxContext context(@Nullable Path cwd, PolicyEntry... entries) {
        return context(NetworkPolicy.RESTRICTED, cwd, entries);
    }

    /** A context. */
    public static SandboxContext context(NetworkPolicy network, @Nullable Path cwd, PolicyEntry... entries) {
        return new SandboxContext(
                new PermissionProfile.Managed(
                        new FileSystemPolicy.Restricted(List.of(entries), OptionalInt.empty()), network),
                cwd == null ? null : HostPath.of(cwd.toString()),
                List.of(),
                false);
    }

    /** Everything readable, one directory writable; no network. */
    public static SandboxContext workspaceWrite(Path workspace) {
        return context(workspace, ROOT_READ, special(Kind.PROJECT_ROOTS, Access.WRITE));
    }

    /** An entry for a path. */
    public static PolicyEntry path(Path path, Access access) {
        return entry(new PathTarget(HostPath.of(path.toString())), access);
    }

    /** An entry that denies a pattern. */
    public static PolicyEntry deny(String pattern) {
        return entry(new GlobTarget(pattern), Access.NONE);
    }

    /** An entry for a special place. */
    public static PolicyEntry special(Kind kind, Access access) {
        return entry(new SpecialTarget(kind, null), access);
    }

    private static PolicyEntry entry(PolicyTarget target, Access access) {
        return new PolicyEntry(target, access, false);
    }
}
