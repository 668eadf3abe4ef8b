package dev.outpost.client.remote;

import dev.outpost.executor.sandbox.FileSystemPolicy;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget.GlobTarget;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.PolicyTarget.PathTarget;
import dev.outpost.executor.sandbox.PolicyTarget.SpecialTarget;
import dev.outpost.executor.sandbox.SandboxContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What of a sandbox context goes to another machine (spec E83). */
final class RemoteSandbox {
    private RemoteSandbox() {}

    /** The context without paths of this machine that the policy does not depend on; null for null. */
    static @Nullable SandboxContext toSend(@Nullable SandboxContext context) {
        if (context == null || dependsOnCwd(context.permissions())) {
            return context;
        }
        return new SandboxContext(context.permissions(), null, List.of(), context.useLegacyLandlock());
    }

    /** Whether the policy has an entry for project roots, or a relative glob (spec E82). */
    private static boolean dependsOnCwd(PermissionProfile profile) {
        return switch (profile) {
            case PermissionProfile.Disabled _, PermissionProfile.External _ -> false;
            case PermissionProfile.Managed managed ->
                switch (managed.fileSystem()) {
                    case FileSystemPolicy.Unrestricted _ -> false;
                    case FileSystemPolicy.Restricted restricted ->
                        restricted.entries().stream().anyMatch(RemoteSandbox::dependsOnCwd);
                };
        };
    }

    private static boolean dependsOnCwd(PolicyEntry entry) {
        return switch (entry.target()) {
            case PathTarget _ -> false;
            case GlobTarget(String pattern) -> !pattern.startsWith("/");
            case SpecialTarget(Kind kind, var _) -> kind == Kind.PROJECT_ROOTS;
        };
    }
}
