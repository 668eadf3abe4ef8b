package dev.outpost.local.sandbox;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.FileSystemPolicy.Restricted;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile.Managed;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget.GlobTarget;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.PolicyTarget.PathTarget;
import dev.outpost.executor.sandbox.PolicyTarget.SpecialTarget;
import dev.outpost.executor.sandbox.SandboxContext;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Contexts in few words. */
final class Profiles {
    static final PolicyEntry ROOT_READ = special(Kind.ROOT, Access.READ);

    private Profiles() {}

    static PolicyEntry read(String path) {
        return entry(path, Access.READ);
    }

    static PolicyEntry write(String path) {
        return entry(path, Access.WRITE);
    }

    static PolicyEntry none(String path) {
        return entry(path, Access.NONE);
    }

    static PolicyEntry entry(String path, Access access) {
        return new PolicyEntry(new PathTarget(HostPath.of(path)), access, false);
    }

    static PolicyEntry glob(String pattern) {
        return new PolicyEntry(new GlobTarget(pattern), Access.NONE, false);
    }

    static PolicyEntry special(Kind kind, Access access) {
        return new PolicyEntry(new SpecialTarget(kind, null), access, false);
    }

    static PolicyEntry projectRoots(@Nullable String subpath, Access access) {
        return new PolicyEntry(new SpecialTarget(Kind.PROJECT_ROOTS, subpath), access, false);
    }

    static SandboxContext context(PolicyEntry... entries) {
        return context(null, List.of(), entries);
    }

    static SandboxContext context(@Nullable String cwd, List<String> workspaceRoots, PolicyEntry... entries) {
        return new SandboxContext(
                new Managed(new Restricted(List.of(entries), OptionalInt.empty()), NetworkPolicy.RESTRICTED),
                cwd == null ? null : HostPath.of(cwd),
                workspaceRoots.stream().map(HostPath::of).toList(),
                false);
    }
}
