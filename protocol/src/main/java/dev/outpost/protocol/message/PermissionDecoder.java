package dev.outpost.protocol.message;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.FileSystemPolicy;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget.PathTarget;
import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.path.Dialect;
import dev.outpost.protocol.path.PathForms;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/**
 * Reads permission profiles (spec F24–F39, N74–N76). Members that belong to one variant only are read when the variant
 * is known, since another one ignores them whatever they are.
 */
final class PermissionDecoder {
    private static final Field<Boolean> ENABLED = Field.optional("enabled", Decoders::bool);
    private static final Shape LEGACY_NETWORK = new Shape("struct LegacyNetwork", 0, ENABLED);

    private static final Field<ProfileType> PROFILE_TYPE = Field.required(
            "type", Decoders.oneOf(List.of("managed", "disabled", "external"), List.of(ProfileType.values())));
    private static final Field<JsonSlice> FILE_SYSTEM = Field.optional("file_system", Decoders::slice);
    private static final Field<JsonSlice> NETWORK = Field.optional("network", Decoders::slice);
    private static final Shape PROFILE =
            new Shape("internally tagged enum PermissionProfile", 0, PROFILE_TYPE, FILE_SYSTEM, NETWORK);
    private static final Decoder<NetworkPolicy> NETWORK_POLICY =
            Decoders.oneOf(List.of("restricted", "enabled"), List.of(NetworkPolicy.values()));

    private static final Field<Boolean> IS_RESTRICTED =
            Field.required("type", Decoders.oneOf(List.of("restricted", "unrestricted"), List.of(true, false)));
    private static final Field<JsonSlice> ENTRIES = Field.optional("entries", Decoders::slice);
    private static final Field<JsonSlice> DEPTH = Field.optional("glob_scan_max_depth", Decoders::slice);
    private static final Shape FILE_SYSTEM_POLICY =
            new Shape("internally tagged enum FileSystemPolicy", 0, IS_RESTRICTED, ENTRIES, DEPTH);
    private static final Shape LEGACY_ENTRIES = new Shape("struct LegacyFileSystem", 0, ENTRIES, DEPTH);

    private final Dialect dialect;
    private final PolicyEntryDecoder entries;
    private final Field<List<HostPath>> read;
    private final Field<List<HostPath>> write;
    private final Shape legacyRoots;

    PermissionDecoder(Dialect dialect) {
        this.dialect = dialect;
        entries = new PolicyEntryDecoder(dialect);
        Decoder<List<HostPath>> paths =
                in -> Decoders.list(in, path -> PathForms.parseInSandbox(Decoders.pathString(path), dialect));
        read = Field.optional("read", paths);
        write = Field.optional("write", paths);
        legacyRoots = new Shape("struct LegacyFileSystem", 0, read, write);
    }

    /** Reads a profile in any form that the dialect knows. */
    PermissionProfile decode(JsonReader in) throws RpcException {
        JsonSlice profile = in.slice();
        return switch (dialect) {
            case URIS -> tagged(profile);
            case PATHS -> taggedOrLegacy(profile);
        };
    }

    /** 0.131 reports no reasons here (spec F29). */
    private PermissionProfile taggedOrLegacy(JsonSlice profile) throws RpcException {
        try {
            return hasMember(profile, "type") ? tagged(profile) : legacy(profile);
        } catch (RpcException _) {
            throw Mismatch.invalid("data did not match any variant of untagged enum PermissionProfileDe");
        }
    }

    private PermissionProfile tagged(JsonSlice profile) throws RpcException {
        Values values = PROFILE.decode(profile);
        return switch (values.get(PROFILE_TYPE)) {
            case DISABLED -> new PermissionProfile.Disabled();
            case EXTERNAL -> new PermissionProfile.External(read(values, NETWORK, NETWORK_POLICY));
            case MANAGED ->
                new PermissionProfile.Managed(
                        read(values, FILE_SYSTEM, this::fileSystem), read(values, NETWORK, NETWORK_POLICY));
        };
    }

    private FileSystemPolicy fileSystem(JsonReader in) throws RpcException {
        Values values = FILE_SYSTEM_POLICY.decode(in);
        if (!values.get(IS_RESTRICTED)) {
            return new FileSystemPolicy.Unrestricted();
        }
        return new FileSystemPolicy.Restricted(read(values, ENTRIES, this::entries), depth(values));
    }

    /** The untagged form: unknown members are errors, since nothing else tells it apart (spec F28). */
    private PermissionProfile legacy(JsonSlice profile) throws RpcException {
        requireOnly(profile, Set.of("network", "file_system"));
        Values values = new Shape("struct LegacyProfile", 0, NETWORK, FILE_SYSTEM).decode(profile);
        boolean enabled = values.find(NETWORK) != null
                && Boolean.TRUE.equals(
                        read(values, NETWORK, LEGACY_NETWORK::decode).find(ENABLED));
        JsonSlice files = values.find(FILE_SYSTEM);
        return new PermissionProfile.Managed(
                files == null ? new FileSystemPolicy.Restricted(List.of(), OptionalInt.empty()) : legacyFiles(files),
                enabled ? NetworkPolicy.ENABLED : NetworkPolicy.RESTRICTED);
    }

    private FileSystemPolicy legacyFiles(JsonSlice files) throws RpcException {
        if (hasMember(files, "read") || hasMember(files, "write")) {
            requireOnly(files, Set.of("read", "write"));
            Values roots = legacyRoots.decode(files);
            List<PolicyEntry> granted = new ArrayList<>();
            grant(granted, roots.find(read), Access.READ);
            grant(granted, roots.find(write), Access.WRITE);
            return new FileSystemPolicy.Restricted(granted, OptionalInt.empty());
        }
        requireOnly(files, Set.of("entries", "glob_scan_max_depth"));
        Values values = LEGACY_ENTRIES.decode(files);
        return new FileSystemPolicy.Restricted(
                values.find(ENTRIES) == null ? List.of() : read(values, ENTRIES, this::entries), depth(values));
    }

    private List<PolicyEntry> entries(JsonReader in) throws RpcException {
        return Decoders.list(in, entries::decode);
    }

    private static void grant(List<PolicyEntry> entries, @Nullable List<HostPath> paths, Access access) {
        if (paths != null) {
            paths.forEach(path -> entries.add(new PolicyEntry(new PathTarget(path), access, false)));
        }
    }

    private static OptionalInt depth(Values values) throws RpcException {
        if (values.find(DEPTH) == null) {
            return OptionalInt.empty();
        }
        long depth = read(values, DEPTH, in -> Decoders.unsigned(in, "a nonzero usize"));
        if (depth == 0) {
            throw Mismatch.invalidValue("integer `0`", "a nonzero usize");
        }
        return OptionalInt.of((int) Math.min(depth, Integer.MAX_VALUE));
    }

    /** Reads a member that the variant requires. */
    private static <T> T read(Values values, Field<JsonSlice> field, Decoder<T> decoder) throws RpcException {
        JsonSlice slice = values.find(field);
        if (slice == null) {
            throw Mismatch.missing(field.name());
        }
        try (JsonReader in = JsonReader.at(slice)) {
            return decoder.decode(in);
        }
    }

    private static boolean hasMember(JsonSlice value, String name) {
        return memberNames(value).contains(name);
    }

    private static void requireOnly(JsonSlice value, Set<String> known) throws RpcException {
        for (String name : memberNames(value)) {
            if (!known.contains(name)) {
                throw Mismatch.invalid("unknown field `" + name + "`");
            }
        }
    }

    /** The names of an object's members; none for anything else. */
    private static Set<String> memberNames(JsonSlice value) {
        Set<String> names = new HashSet<>();
        try (JsonReader in = JsonReader.at(value)) {
            if (in.token() == JsonToken.START_OBJECT) {
                while (in.next() == JsonToken.PROPERTY_NAME) {
                    names.add(in.text());
                    in.next();
                    in.leaveTo(1);
                }
            }
        }
        return names;
    }

    private enum ProfileType {
        MANAGED,
        DISABLED,
        EXTERNAL,
    }
}
