package dev.outpost.protocol.message;

import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget;
import dev.outpost.executor.sandbox.PolicyTarget.GlobTarget;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.PolicyTarget.PathTarget;
import dev.outpost.executor.sandbox.PolicyTarget.SpecialTarget;
import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.path.Dialect;
import dev.outpost.protocol.path.PathForms;
import java.util.List;

/** Reads one line of a file-system policy (spec F30–F38, N74, N75). */
final class PolicyEntryDecoder {
    private static final Field<TargetType> TARGET_TYPE = Field.required(
            "type", Decoders.oneOf(List.of("path", "glob_pattern", "special"), List.of(TargetType.values())));
    private static final Field<String> TARGET_PATH = Field.optional("path", Decoders::pathString);
    private static final Field<String> PATTERN = Field.optional("pattern", Decoders::string);
    private static final Field<PolicyTarget> SPECIAL = Field.optional("value", PolicyEntryDecoder::special);
    private static final Shape TARGET =
            new Shape("internally tagged enum FileSystemPath", 0, TARGET_TYPE, TARGET_PATH, PATTERN, SPECIAL);

    private static final Field<Kind> KIND = Field.required(
            "kind",
            Decoders.oneOf(
                    List.of(
                            "root",
                            "minimal",
                            "current_working_directory",
                            "project_roots",
                            "tmpdir",
                            "slash_tmp",
                            "unknown"),
                    List.of(
                            Kind.ROOT,
                            Kind.MINIMAL,
                            Kind.PROJECT_ROOTS,
                            Kind.PROJECT_ROOTS,
                            Kind.TMPDIR,
                            Kind.SLASH_TMP,
                            Kind.UNKNOWN)));
    private static final Field<String> SUBPATH = Field.optional("subpath", Decoders::string);
    private static final Field<String> UNKNOWN_PATH = Field.optional("path", Decoders::string);
    private static final Shape SPECIAL_VALUE =
            new Shape("internally tagged enum FileSystemSpecialPath", 0, KIND, SUBPATH, UNKNOWN_PATH);

    private final Dialect dialect;
    private final Field<PolicyTarget> path = Field.required("path", this::target);
    private final Field<Access> access;
    private final Field<Boolean> skipIfMissing =
            Field.optional("missing_path_behavior", Decoders.oneOf(List.of("skip"), List.of(true)));
    private final Shape shape;

    PolicyEntryDecoder(Dialect dialect) {
        this.dialect = dialect;
        access = Field.required(
                "access",
                switch (dialect) {
                    case PATHS ->
                        Decoders.oneOf(
                                List.of("read", "write", "none"), List.of(Access.READ, Access.WRITE, Access.NONE));
                    case URIS ->
                        Decoders.oneOf(
                                List.of("read", "write", "deny", "none"),
                                List.of(Access.READ, Access.WRITE, Access.NONE, Access.NONE));
                });
        shape = switch (dialect) {
            case PATHS -> new Shape("struct FileSystemSandboxEntry", 2, path, access);
            case URIS -> new Shape("struct FileSystemSandboxEntry", 2, path, access, skipIfMissing);
        };
    }

    PolicyEntry decode(JsonReader in) throws RpcException {
        Values values = shape.decode(in);
        boolean skip = dialect == Dialect.URIS && values.find(skipIfMissing) != null;
        return new PolicyEntry(values.get(path), values.get(access), skip);
    }

    private PolicyTarget target(JsonReader in) throws RpcException {
        Values values = TARGET.decode(in);
        return switch (values.get(TARGET_TYPE)) {
            case PATH -> new PathTarget(PathForms.parseInSandbox(require(values, TARGET_PATH), dialect));
            case GLOB_PATTERN -> new GlobTarget(require(values, PATTERN));
            case SPECIAL -> require(values, SPECIAL);
        };
    }

    private static PolicyTarget special(JsonReader in) throws RpcException {
        Values values = SPECIAL_VALUE.decode(in);
        Kind kind = values.get(KIND);
        return switch (kind) {
            case PROJECT_ROOTS -> new SpecialTarget(kind, values.find(SUBPATH));
            case UNKNOWN -> {
                require(values, UNKNOWN_PATH);
                yield new SpecialTarget(kind, values.find(SUBPATH));
            }
            case ROOT, MINIMAL, TMPDIR, SLASH_TMP -> new SpecialTarget(kind, null);
        };
    }

    private static <T> T require(Values values, Field<T> field) throws RpcException {
        T value = values.find(field);
        if (value == null) {
            throw Mismatch.missing(field.name());
        }
        return value;
    }

    private enum TargetType {
        PATH,
        GLOB_PATTERN,
        SPECIAL,
    }
}
