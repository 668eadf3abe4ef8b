package dev.outpost.protocol.message;

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
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.path.Dialect;
import dev.outpost.protocol.path.PathForms;
import dev.outpost.protocol.path.WirePath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes sandbox contexts, the counterpart of {@link SandboxDecoder} (spec F17–F39, N70–N76). 0.131 knows no workspace
 * roots: there the entries about project roots are written as one path for each root, as its own client does.
 */
final class SandboxEncoder {
    private final JsonOutput out;
    private final Dialect dialect;
    private final SandboxContext context;

    private SandboxEncoder(JsonOutput out, Dialect dialect, SandboxContext context) {
        this.out = out;
        this.dialect = dialect;
        this.context = context;
    }

    /** Appends the context, or null. */
    static void write(JsonOutput out, @Nullable SandboxContext context, Dialect dialect) {
        if (context == null) {
            out.raw("null");
        } else {
            new SandboxEncoder(out, dialect, context).write();
        }
    }

    private void write() {
        out.raw("{\"permissions\":");
        profile(context.permissions());
        HostPath cwd = context.cwd();
        if (cwd != null) { // Left out if there is none (spec C28).
            out.raw(",\"cwd\":");
            path(cwd);
        }
        if (dialect == Dialect.URIS) {
            out.raw(",\"workspaceRoots\":[");
            String separator = "";
            for (HostPath root : context.workspaceRoots()) {
                out.raw(separator);
                path(root);
                separator = ",";
            }
            out.raw("]");
        }
        out.raw(",\"windowsSandboxLevel\":\"disabled\",\"useLegacyLandlock\":");
        out.bool(context.useLegacyLandlock()).raw("}");
    }

    private void profile(PermissionProfile profile) {
        switch (profile) {
            case PermissionProfile.Disabled _ -> out.raw("{\"type\":\"disabled\"}");
            case PermissionProfile.External(NetworkPolicy network) -> {
                out.raw("{\"type\":\"external\"");
                network(network);
            }
            case PermissionProfile.Managed(FileSystemPolicy files, NetworkPolicy network) -> {
                out.raw("{\"type\":\"managed\",\"file_system\":");
                fileSystem(files);
                network(network);
            }
        }
    }

    private void network(NetworkPolicy network) {
        out.raw(
                switch (network) {
                    case RESTRICTED -> ",\"network\":\"restricted\"}";
                    case ENABLED -> ",\"network\":\"enabled\"}";
                });
    }

    private void fileSystem(FileSystemPolicy policy) {
        switch (policy) {
            case FileSystemPolicy.Unrestricted _ -> out.raw("{\"type\":\"unrestricted\"}");
            case FileSystemPolicy.Restricted restricted -> {
                out.raw("{\"type\":\"restricted\",\"entries\":[");
                String separator = "";
                for (PolicyEntry entry : restricted.entries()) {
                    for (PolicyTarget target : targets(entry.target())) {
                        out.raw(separator);
                        entry(entry, target);
                        separator = ",";
                    }
                }
                out.raw("]");
                if (restricted.globScanMaxDepth().isPresent()) {
                    out.raw(",\"glob_scan_max_depth\":")
                            .number(restricted.globScanMaxDepth().getAsInt());
                }
                out.raw("}");
            }
        }
    }

    /** What the entry is about in this dialect. */
    private List<PolicyTarget> targets(PolicyTarget target) {
        List<HostPath> roots = context.workspaceRoots();
        if (dialect == Dialect.PATHS
                && !roots.isEmpty()
                && target instanceof SpecialTarget(Kind kind, String subpath)
                && kind == Kind.PROJECT_ROOTS) {
            return roots.stream()
                    .<PolicyTarget>map(root -> new PathTarget(subpath == null ? root : below(root, subpath)))
                    .toList();
        }
        return List.of(target);
    }

    private static HostPath below(HostPath root, String subpath) {
        return root.resolve(HostPath.of(subpath)).normalized();
    }

    private void entry(PolicyEntry entry, PolicyTarget target) {
        out.raw("{\"path\":");
        target(target);
        out.raw(",\"access\":\"").raw(access(entry.access())).raw("\"");
        if (entry.skipIfMissing() && dialect == Dialect.URIS) {
            out.raw(",\"missing_path_behavior\":\"skip\"");
        }
        out.raw("}");
    }

    private String access(Access access) {
        return switch (access) {
            case READ -> "read";
            case WRITE -> "write";
            case NONE ->
                switch (dialect) {
                    case PATHS -> "none";
                    case URIS -> "deny";
                };
        };
    }

    private void target(PolicyTarget target) {
        switch (target) {
            case PathTarget(HostPath path) -> {
                out.raw("{\"type\":\"path\",\"path\":");
                path(path);
                out.raw("}");
            }
            case GlobTarget(String pattern) ->
                out.raw("{\"type\":\"glob_pattern\",\"pattern\":")
                        .string(pattern)
                        .raw("}");
            case SpecialTarget(Kind kind, String subpath) -> {
                out.raw("{\"type\":\"special\",\"value\":{\"kind\":\"")
                        .raw(kind(kind))
                        .raw("\"");
                if (kind == Kind.UNKNOWN) {
                    out.raw(",\"path\":\"\""); // Required, and ignored (spec F38).
                }
                if (subpath != null) {
                    out.raw(",\"subpath\":").string(subpath);
                }
                out.raw("}}");
            }
        }
    }

    private static String kind(Kind kind) {
        return switch (kind) {
            case ROOT -> "root";
            case MINIMAL -> "minimal";
            case PROJECT_ROOTS -> "project_roots";
            case TMPDIR -> "tmpdir";
            case SLASH_TMP -> "slash_tmp";
            case UNKNOWN -> "unknown";
        };
    }

    private void path(HostPath path) {
        out.string(PathForms.format(new WirePath(path, dialect)));
    }
}
