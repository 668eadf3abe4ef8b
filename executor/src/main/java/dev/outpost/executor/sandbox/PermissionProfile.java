package dev.outpost.executor.sandbox;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.FileSystemPolicy.Restricted;
import dev.outpost.executor.sandbox.PolicyTarget.GlobTarget;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.PolicyTarget.PathTarget;
import dev.outpost.executor.sandbox.PolicyTarget.SpecialTarget;
import java.util.List;

/** What an operation or process may do, in all its variants (spec F24–F28). */
public sealed interface PermissionProfile {
    /** Outpost enforces it. */
    record Managed(FileSystemPolicy fileSystem, NetworkPolicy network) implements PermissionProfile {}

    /** Nothing is restricted. */
    record Disabled() implements PermissionProfile {}

    /** The caller says that the machine is the sandbox already. */
    record External(NetworkPolicy network) implements PermissionProfile {}

    /** Whether file operations under this profile have to be sandboxed: restricted and not full write (spec F40–F43). */
    default boolean restrictsFiles() {
        return switch (this) {
            case Disabled _, External _ -> false;
            case Managed(FileSystemPolicy fileSystem, NetworkPolicy _) ->
                switch (fileSystem) {
                    case FileSystemPolicy.Unrestricted _ -> false;
                    case Restricted restricted -> !grantsFullWrite(restricted.entries());
                };
        };
    }

    /** Whether a process under this profile has to be sandboxed: its files or its network are restricted. */
    default boolean restrictsProcesses() {
        boolean network = switch (this) {
            case Disabled _ -> false;
            case External _ -> false;
            case Managed managed -> managed.network() == NetworkPolicy.RESTRICTED;
        };
        return network || restrictsFiles();
    }

    private static boolean grantsFullWrite(List<PolicyEntry> entries) {
        boolean rootWrite = entries.stream().anyMatch(e -> e.access() == Access.WRITE && isRoot(e.target()));
        return rootWrite && entries.stream().noneMatch(e -> narrows(e, entries));
    }

    /** Whether an entry takes something away from {@code root:write} (spec F42). */
    private static boolean narrows(PolicyEntry entry, List<PolicyEntry> all) {
        if (entry.access() == Access.WRITE) {
            return false;
        }
        return switch (entry.target()) {
            case GlobTarget _ -> true;
            case PathTarget _ -> !overridden(entry, all);
            case SpecialTarget(Kind kind, var _) ->
                switch (kind) {
                    case ROOT -> entry.access() == Access.NONE;
                    case MINIMAL, UNKNOWN -> false;
                    case PROJECT_ROOTS, TMPDIR, SLASH_TMP -> !overridden(entry, all);
                };
        };
    }

    private static boolean overridden(PolicyEntry entry, List<PolicyEntry> all) {
        return entry.access() == Access.READ
                && all.stream()
                        .anyMatch(
                                other -> other.access() == Access.WRITE && sameTarget(other.target(), entry.target()));
    }

    private static boolean sameTarget(PolicyTarget a, PolicyTarget b) {
        return canonical(a).equals(canonical(b));
    }

    private static PolicyTarget canonical(PolicyTarget target) {
        if (target instanceof SpecialTarget(Kind kind, var _)) {
            return switch (kind) {
                case ROOT -> new PathTarget(HostPath.of("/"));
                case SLASH_TMP -> new PathTarget(HostPath.of("/tmp"));
                case MINIMAL, PROJECT_ROOTS, TMPDIR, UNKNOWN -> target;
            };
        }
        return target;
    }

    private static boolean isRoot(PolicyTarget target) {
        return target instanceof SpecialTarget(Kind kind, var _) && kind == Kind.ROOT;
    }
}
