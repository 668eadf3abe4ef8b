package dev.outpost.protocol.message;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.path.Dialect;
import dev.outpost.protocol.path.PathForms;
import java.util.List;

/** Reads sandbox contexts; one decoder for each dialect (spec F17–F23, N70–N73). */
final class SandboxDecoder {
    private static final SandboxDecoder PATHS = new SandboxDecoder(Dialect.PATHS);
    private static final SandboxDecoder URIS = new SandboxDecoder(Dialect.URIS);

    private final Field<PermissionProfile> permissions;
    private final Field<HostPath> cwd;
    private final Field<List<HostPath>> workspaceRoots;
    private final Field<Boolean> useLegacyLandlock = Field.withDefault("useLegacyLandlock", false, Decoders::bool);
    private final Field<Values> policyContext;
    private final Shape shape;
    private final RecentContexts recent = new RecentContexts();

    private SandboxDecoder(Dialect dialect) {
        Decoder<HostPath> path = in -> PathForms.parseInSandbox(Decoders.pathString(in), dialect);
        permissions = Field.required("permissions", new PermissionDecoder(dialect)::decode);
        cwd = Field.optional("cwd", path);
        workspaceRoots = Field.withDefault("workspaceRoots", List.of(), in -> Decoders.list(in, path));
        policyContext = Field.optional(
                "policyContext", new Shape("struct FileSystemPolicyContext", 2, cwd, workspaceRoots)::decode);
        shape = switch (dialect) {
            case PATHS ->
                new Shape(
                        "struct FileSystemSandboxContext",
                        5,
                        permissions,
                        cwd,
                        windowsSandboxLevel("disabled", "restricted-token", "elevated"),
                        Field.withDefault("windowsSandboxPrivateDesktop", false, Decoders::bool),
                        useLegacyLandlock);
            case URIS ->
                new Shape(
                        "struct FileSystemSandboxContext",
                        5,
                        permissions,
                        cwd,
                        workspaceRoots,
                        windowsSandboxLevel("disabled", "restricted-token", "elevated", "mxc"),
                        useLegacyLandlock,
                        policyContext);
        };
    }

    /** The decoder for the dialect of the operation. */
    static SandboxDecoder of(Dialect dialect) {
        return switch (dialect) {
            case PATHS -> PATHS;
            case URIS -> URIS;
        };
    }

    /** Decodes a context; all failures are {@code INVALID_PARAMS}. */
    SandboxContext decode(JsonSlice context) throws RpcException {
        SandboxContext known = recent.find(context);
        if (known == null) {
            known = decodeAnew(context);
            recent.add(context, known);
        }
        return known;
    }

    private SandboxContext decodeAnew(JsonSlice context) throws RpcException {
        Values values = shape.decode(context);
        boolean uris = this == URIS;
        Values policy = uris ? values.find(policyContext) : null;
        // Where there is a policy context, 0.169 takes everything that paths are relative to from it alone.
        Values base = policy == null ? values : policy;
        return new SandboxContext(
                values.get(permissions),
                base.find(cwd),
                uris ? base.get(workspaceRoots) : List.of(),
                values.get(useLegacyLandlock));
    }

    /** Required, checked, and without meaning here. */
    private static Field<String> windowsSandboxLevel(String... words) {
        return Field.required("windowsSandboxLevel", Decoders.oneOf(List.of(words), List.of(words)));
    }
}
