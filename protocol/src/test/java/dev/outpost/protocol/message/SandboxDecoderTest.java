package dev.outpost.protocol.message;

import static dev.outpost.protocol.message.Parameters.assertInvalid;
import static dev.outpost.protocol.message.Parameters.json;
import static org.assertj.core.api.Assertions.assertThat;

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
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.path.Dialect;
import dev.outpost.testkit.Spec;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxDecoderTest {
    private static final String NO_VARIANT = "data did not match any variant of untagged enum PermissionProfileDe";
    private static final String CWD_TYPE = "invalid type: integer `5`, expected path string";
    private static final String DISABLED = "{\"type\":\"disabled\"}";

    @Nested
    @Spec({"F17", "F18", "F20"})
    class Contexts {
        @ParameterizedTest
        @EnumSource
        @Spec({"F19", "F21", "F22", "W35"})
        void absentNullAndUnknown(Dialect dialect) throws RpcException {
            for (String more : new String[] {"", ",\"cwd\":null", ",\"future\":[1]", ",\"useLegacyLandlock\":false"}) {
                assertThat(decode(dialect, context(DISABLED, more)))
                        .isEqualTo(new SandboxContext(new PermissionProfile.Disabled(), null, List.of(), false));
            }
        }

        /** Texts are remembered: alike ones must not be taken for each other, also when others came between. */
        @ParameterizedTest
        @EnumSource
        void textsThatWereSeenBefore(Dialect dialect) throws RpcException {
            for (int round = 0; round < 3; round++) {
                for (int length : new int[] {1, 2, 3, 10_000, 100_000}) {
                    for (String place : new String[] {"/a", "/b"}) {
                        String root = place + "b".repeat(length);
                        String cwd = dialect == Dialect.URIS ? "file://" + root : root;
                        assertThat(decode(dialect, context(DISABLED, ",\"cwd\":\"" + cwd + "\""))
                                        .cwd())
                                .isEqualTo(HostPath.of(root));
                    }
                }
                assertInvalid(SandboxDecoder.of(dialect)::decode, context(DISABLED, ",\"cwd\":5"), CWD_TYPE);
            }
        }

        @ParameterizedTest
        @EnumSource
        @Spec({"F23", "F19", "F20", "F22", "W68"})
        void failures(Dialect dialect) {
            assertInvalid(SandboxDecoder.of(dialect)::decode, "{}", "missing field `permissions`");
            assertInvalid(
                    SandboxDecoder.of(dialect)::decode,
                    "{\"permissions\":" + DISABLED + "}",
                    "missing field `windowsSandboxLevel`");
            assertInvalid(
                    SandboxDecoder.of(dialect)::decode,
                    "\"x\"",
                    "invalid type: string \"x\", expected struct FileSystemSandboxContext");
            assertInvalid(
                    SandboxDecoder.of(dialect)::decode,
                    context(DISABLED, ",\"useLegacyLandlock\":null"),
                    "invalid type: null, expected a boolean");
            assertInvalid(SandboxDecoder.of(dialect)::decode, context(DISABLED, ",\"cwd\":5"), CWD_TYPE);
        }

        @Test
        @Spec({"F19", "F20", "F21", "F22"})
        void plainPaths() throws RpcException {
            SandboxContext context = decode(
                    Dialect.PATHS,
                    "{\"permissions\":" + DISABLED
                            + ",\"cwd\":\"/w/../x\",\"windowsSandboxLevel\":\"restricted-token\","
                            + "\"windowsSandboxPrivateDesktop\":true,\"useLegacyLandlock\":true}");
            assertThat(context)
                    .isEqualTo(
                            new SandboxContext(new PermissionProfile.Disabled(), HostPath.of("/x"), List.of(), true));
            SandboxDecoder decoder = SandboxDecoder.of(Dialect.PATHS);
            assertInvalid(
                    decoder::decode,
                    context(DISABLED, ",\"cwd\":\"x\""),
                    "AbsolutePathBuf deserialized without a base path");
            assertInvalid(
                    decoder::decode,
                    context(DISABLED, ",\"windowsSandboxLevel\":\"mxc\""),
                    "unknown variant `mxc`, expected one of `disabled`, `restricted-token`, `elevated`");
            assertInvalid(
                    decoder::decode,
                    context(DISABLED, ",\"windowsSandboxPrivateDesktop\":null"),
                    "invalid type: null, expected a boolean");
        }

        @Test
        @Spec({"N71", "N72", "N73"})
        void uris() throws RpcException {
            SandboxContext context = decode(
                    Dialect.URIS,
                    context(
                            DISABLED,
                            ",\"cwd\":\"file:///w\",\"workspaceRoots\":[\"file:///w\",\"file:///%76\"],"
                                    + "\"windowsSandboxProxySettingsMode\":\"reconcile\",\"userHomeDir\":\"file:///h\""));
            assertThat(context)
                    .isEqualTo(new SandboxContext(
                            new PermissionProfile.Disabled(),
                            HostPath.of("/w"),
                            List.of(HostPath.of("/w"), HostPath.of("/v")),
                            false));
            SandboxDecoder decoder = SandboxDecoder.of(Dialect.URIS);
            assertInvalid(
                    decoder::decode, context(DISABLED, ",\"cwd\":\"/x\""), "invalid URI: relative URL without a base");
            assertInvalid(
                    decoder::decode,
                    context(DISABLED, ",\"workspaceRoots\":[\"file://h/x\"]"),
                    "invalid sandbox permission path URI: 'file://h/x' is invalid on 'linux'");
            assertInvalid(
                    decoder::decode,
                    context(DISABLED, ",\"workspaceRoots\":null"),
                    "invalid type: null, expected a sequence");
        }

        @Test
        @Spec("N72")
        void aPolicyContextReplacesWhatPathsAreRelativeTo() throws RpcException {
            String outer = ",\"cwd\":\"file:///a\",\"workspaceRoots\":[\"file:///a\"]";
            SandboxContext same = decode(Dialect.URIS, context(DISABLED, outer + ",\"policyContext\":null"));
            assertThat(same.cwd()).isEqualTo(HostPath.of("/a"));
            assertThat(same.workspaceRoots()).containsExactly(HostPath.of("/a"));
            SandboxContext replaced = decode(
                    Dialect.URIS,
                    context(
                            DISABLED,
                            outer + ",\"policyContext\":{\"cwd\":\"file:///b\",\"workspaceRoots\":[\"file:///c\"]}"));
            assertThat(replaced.cwd()).isEqualTo(HostPath.of("/b"));
            assertThat(replaced.workspaceRoots()).containsExactly(HostPath.of("/c"));
            SandboxContext emptied = decode(Dialect.URIS, context(DISABLED, outer + ",\"policyContext\":{}"));
            assertThat(emptied.cwd()).isNull();
            assertThat(emptied.workspaceRoots()).isEmpty();
        }
    }

    @Nested
    class Profiles {
        @ParameterizedTest
        @EnumSource
        @Spec({"F24", "F25", "F26", "F27"})
        void tagged(Dialect dialect) throws RpcException {
            assertThat(profile(dialect, DISABLED)).isEqualTo(new PermissionProfile.Disabled());
            assertThat(profile(dialect, "{\"type\":\"disabled\",\"network\":5}"))
                    .isEqualTo(new PermissionProfile.Disabled());
            assertThat(profile(dialect, "{\"network\":\"enabled\",\"type\":\"external\"}"))
                    .isEqualTo(new PermissionProfile.External(NetworkPolicy.ENABLED));
            assertThat(
                            profile(
                                    dialect,
                                    "{\"type\":\"managed\",\"file_system\":{\"type\":\"unrestricted\",\"x\":1},\"network\":\"restricted\"}"))
                    .isEqualTo(new PermissionProfile.Managed(
                            new FileSystemPolicy.Unrestricted(), NetworkPolicy.RESTRICTED));
            assertThat(profile(dialect, managed("\"entries\":[]")))
                    .isEqualTo(restricted(NetworkPolicy.RESTRICTED, OptionalInt.empty()));
        }

        @ParameterizedTest
        @EnumSource
        @Spec("F24")
        void depth(Dialect dialect) throws RpcException {
            assertThat(profile(dialect, managed("\"entries\":[],\"glob_scan_max_depth\":3")))
                    .isEqualTo(restricted(NetworkPolicy.RESTRICTED, OptionalInt.of(3)));
            assertThat(profile(dialect, managed("\"entries\":[],\"glob_scan_max_depth\":null")))
                    .isEqualTo(restricted(NetworkPolicy.RESTRICTED, OptionalInt.empty()));
            assertThat(profile(dialect, managed("\"entries\":[],\"glob_scan_max_depth\":18446744073709551615")))
                    .isEqualTo(restricted(NetworkPolicy.RESTRICTED, OptionalInt.of(Integer.MAX_VALUE)));
        }

        @ParameterizedTest
        @Spec({"F29", "F30", "F38", "N74", "N76", "N14b"})
        @CsvSource(
                delimiter = '|',
                value = {
                    "null | invalid type: null, expected internally tagged enum PermissionProfile",
                    "{\"type\":\"x\"} | unknown variant `x`, expected one of `managed`, `disabled`, `external`",
                    "{\"type\":\"external\"} | missing field `network`",
                    "{\"type\":\"managed\",\"network\":\"enabled\"} | missing field `file_system`",
                    "{\"type\":\"managed\",\"fileSystem\":{\"type\":\"unrestricted\"},\"network\":\"enabled\"}"
                            + " | missing field `file_system`",
                    "{\"type\":\"managed\",\"file_system\":{\"type\":\"unrestricted\"}} | missing field `network`",
                    "{\"type\":\"managed\",\"file_system\":{\"type\":\"unrestricted\"},\"network\":\"x\"}"
                            + " | unknown variant `x`, expected `restricted` or `enabled`",
                    "{\"type\":\"managed\",\"file_system\":{\"type\":\"x\"},\"network\":\"enabled\"}"
                            + " | unknown variant `x`, expected `restricted` or `unrestricted`",
                    "{\"type\":\"managed\",\"file_system\":{\"type\":\"restricted\"},\"network\":\"enabled\"}"
                            + " | missing field `entries`",
                    "{\"type\":\"managed\",\"file_system\":{\"type\":\"restricted\",\"entries\":[],"
                            + "\"glob_scan_max_depth\":0},\"network\":\"enabled\"}"
                            + " | invalid value: integer `0`, expected a nonzero usize",
                })
        void failures(String profile, String newerText) {
            assertInvalid(SandboxDecoder.of(Dialect.PATHS)::decode, context(profile, ""), NO_VARIANT);
            assertInvalid(SandboxDecoder.of(Dialect.URIS)::decode, context(profile, ""), newerText);
        }

        @ParameterizedTest
        @Spec({"F28", "N76", "N14b"})
        @ValueSource(
                strings = {
                    "{}",
                    "{\"network\":null,\"file_system\":null}",
                    "{\"network\":{}}",
                    "{\"network\":{\"enabled\":false,\"x\":1},\"file_system\":{}}",
                    "{\"network\":{\"enabled\":null},\"file_system\":{\"read\":null,\"write\":null}}",
                    "{\"file_system\":{\"entries\":[],\"glob_scan_max_depth\":null}}",
                    "{\"file_system\":{\"entries\":null}}"
                })
        void legacyWithoutGrants(String profile) throws RpcException {
            assertThat(profile(Dialect.PATHS, profile))
                    .isEqualTo(restricted(NetworkPolicy.RESTRICTED, OptionalInt.empty()));
            assertInvalid(SandboxDecoder.of(Dialect.URIS)::decode, context(profile, ""), "missing field `type`");
        }

        @Test
        @Spec("F28")
        void legacyWithGrants() throws RpcException {
            assertThat(profile(
                            Dialect.PATHS,
                            "{\"network\":{\"enabled\":true},\"file_system\":{\"write\":[\"/w\"],\"read\":[\"/r/\"]}}"))
                    .isEqualTo(restricted(
                            NetworkPolicy.ENABLED,
                            OptionalInt.empty(),
                            new PolicyEntry(new PathTarget(HostPath.of("/r")), Access.READ, false),
                            new PolicyEntry(new PathTarget(HostPath.of("/w")), Access.WRITE, false)));
            assertThat(profile(
                            Dialect.PATHS,
                            "{\"file_system\":{\"entries\":[{\"path\":{\"type\":\"path\",\"path\":\"/n\"},"
                                    + "\"access\":\"none\"}],\"glob_scan_max_depth\":2}}"))
                    .isEqualTo(restricted(
                            NetworkPolicy.RESTRICTED,
                            OptionalInt.of(2),
                            new PolicyEntry(new PathTarget(HostPath.of("/n")), Access.NONE, false)));
        }

        @ParameterizedTest
        @Spec({"F28", "F29"})
        @ValueSource(
                strings = {
                    "{\"x\":1}",
                    "{\"file_system\":{\"read\":[\"/r\"],\"x\":1}}",
                    "{\"file_system\":{\"read\":[\"r\"]}}",
                    "{\"file_system\":{\"read\":[\"/r\"],\"entries\":[]}}",
                    "{\"file_system\":{\"entries\":[],\"x\":1}}",
                    "{\"file_system\":{\"entries\":[],\"glob_scan_max_depth\":0}}",
                    "{\"file_system\":5}",
                    "{\"network\":5}",
                    "5"
                })
        void wrongLegacy(String profile) {
            assertInvalid(SandboxDecoder.of(Dialect.PATHS)::decode, context(profile, ""), NO_VARIANT);
        }
    }

    @Nested
    @Spec("F30")
    class Entries {
        @Test
        @Spec({"F31", "N14b", "N71"})
        void paths() throws RpcException {
            assertThat(entry(Dialect.PATHS, path("/x/../y/"), "write"))
                    .isEqualTo(new PolicyEntry(new PathTarget(HostPath.of("/y")), Access.WRITE, false));
            assertThat(entry(Dialect.URIS, path("file:///%79"), "write"))
                    .isEqualTo(new PolicyEntry(new PathTarget(HostPath.of("/y")), Access.WRITE, false));
            for (String wrong : new String[] {"y", "file:///y", ""}) {
                assertWrong(Dialect.PATHS, path(wrong), "read", NO_VARIANT);
            }
            assertWrong(Dialect.URIS, path("/y"), "read", "invalid URI: relative URL without a base");
            assertWrong(
                    Dialect.URIS,
                    path("file://h/y"),
                    "read",
                    "invalid sandbox permission path URI: 'file://h/y' is invalid on 'linux'");
        }

        @ParameterizedTest
        @EnumSource
        @Spec("F32")
        void globs(Dialect dialect) throws RpcException {
            assertThat(entry(dialect, "{\"pattern\":\"**/.env\",\"type\":\"glob_pattern\"}", "none"))
                    .isEqualTo(new PolicyEntry(new GlobTarget("**/.env"), Access.NONE, false));
        }

        @ParameterizedTest
        @Spec({"F33", "F34", "F36", "F37"})
        @CsvSource({"root, ROOT", "minimal, MINIMAL", "tmpdir, TMPDIR", "slash_tmp, SLASH_TMP"})
        void places(String word, Kind kind) throws RpcException {
            for (Dialect dialect : Dialect.values()) {
                assertThat(target(dialect, special("\"kind\":\"" + word + "\"")))
                        .isEqualTo(new SpecialTarget(kind, null));
            }
        }

        @ParameterizedTest
        @EnumSource
        @Spec({"F35", "F38", "F39"})
        void placesWithSubpath(Dialect dialect) throws RpcException {
            for (String word : new String[] {"project_roots", "current_working_directory"}) {
                assertThat(target(dialect, special("\"kind\":\"" + word + "\"")))
                        .isEqualTo(new SpecialTarget(Kind.PROJECT_ROOTS, null));
                assertThat(target(dialect, special("\"kind\":\"" + word + "\",\"subpath\":null")))
                        .isEqualTo(new SpecialTarget(Kind.PROJECT_ROOTS, null));
                assertThat(target(dialect, special("\"subpath\":\".git\",\"kind\":\"" + word + "\"")))
                        .isEqualTo(new SpecialTarget(Kind.PROJECT_ROOTS, ".git"));
            }
            assertThat(target(dialect, special("\"kind\":\"unknown\",\"path\":\"x\",\"subpath\":\"s\"")))
                    .isEqualTo(new SpecialTarget(Kind.UNKNOWN, "s"));
        }

        @ParameterizedTest
        @Spec({"F29", "F38"})
        @CsvSource(
                delimiter = '|',
                value = {
                    "{\"type\":\"zz\"} | unknown variant `zz`, expected one of `path`, `glob_pattern`, `special`",
                    "{\"type\":\"path\"} | missing field `path`",
                    "{\"type\":\"glob_pattern\"} | missing field `pattern`",
                    "{\"type\":\"special\"} | missing field `value`",
                    "{\"type\":\"special\",\"value\":{\"kind\":\"unknown\"}} | missing field `path`",
                    "{\"type\":\"special\",\"value\":{\"kind\":\"home\"}} | unknown variant `home`, expected one of `root`,"
                            + " `minimal`, `current_working_directory`, `project_roots`, `tmpdir`, `slash_tmp`, `unknown`",
                    "\"/x\" | invalid type: string \"/x\", expected internally tagged enum FileSystemPath",
                })
        void wrongTargets(String target, String newerText) {
            assertWrong(Dialect.PATHS, target, "read", NO_VARIANT);
            assertWrong(Dialect.URIS, target, "read", newerText);
        }

        @ParameterizedTest
        @Spec({"N74", "N14b"})
        @CsvSource({"read, READ, READ", "write, WRITE, WRITE", "none, NONE, NONE", "deny, , NONE"})
        void access(String word, Access older, Access newer) throws RpcException {
            String root = special("\"kind\":\"root\"");
            assertThat(entry(Dialect.URIS, root, word).access()).isEqualTo(newer);
            if (older == null) {
                assertWrong(Dialect.PATHS, root, word, NO_VARIANT);
            } else {
                assertThat(entry(Dialect.PATHS, root, word).access()).isEqualTo(older);
            }
            assertWrong(Dialect.PATHS, root, "x", NO_VARIANT);
            assertWrong(
                    Dialect.URIS, root, "x", "unknown variant `x`, expected one of `read`, `write`, `deny`, `none`");
        }

        @Test
        @Spec("N75")
        void missingPathBehavior() throws RpcException {
            assertThat(entry(Dialect.URIS, path("file:///x"), "read\",\"missing_path_behavior\":\"skip")
                            .skipIfMissing())
                    .isTrue();
            assertThat(entry(Dialect.URIS, path("file:///x"), "read\",\"future\":\"skip")
                            .skipIfMissing())
                    .isFalse();
            assertThat(entry(Dialect.PATHS, path("/x"), "read\",\"missing_path_behavior\":\"skip")
                            .skipIfMissing())
                    .isFalse();
            assertWrong(
                    Dialect.URIS,
                    path("file:///x"),
                    "read\",\"missing_path_behavior\":\"x",
                    "unknown variant `x`, expected `skip`");
            String nothing = "{\"path\":" + path("file:///x") + ",\"access\":\"read\",\"missing_path_behavior\":null}";
            assertThat(decode(Dialect.URIS, context(managed("\"entries\":[" + nothing + "]"), "")))
                    .isNotNull();
        }

        private void assertWrong(Dialect dialect, String target, String access, String message) {
            assertInvalid(
                    SandboxDecoder.of(dialect)::decode,
                    context(managed("\"entries\":[" + entryJson(target, access) + "]"), ""),
                    message);
        }

        private PolicyTarget target(Dialect dialect, String target) throws RpcException {
            return entry(dialect, target, "read").target();
        }

        private PolicyEntry entry(Dialect dialect, String target, String access) throws RpcException {
            PermissionProfile profile = profile(dialect, managed("\"entries\":[" + entryJson(target, access) + "]"));
            FileSystemPolicy files = ((PermissionProfile.Managed) profile).fileSystem();
            return ((FileSystemPolicy.Restricted) files).entries().getFirst();
        }
    }

    private static String entryJson(String target, String access) {
        return "{\"path\":" + target + ",\"access\":\"" + access + "\"}";
    }

    private static String path(String path) {
        return "{\"type\":\"path\",\"path\":\"" + path + "\"}";
    }

    private static String special(String members) {
        return "{\"type\":\"special\",\"value\":{" + members + "}}";
    }

    private static String managed(String files) {
        return "{\"type\":\"managed\",\"file_system\":{\"type\":\"restricted\"," + files
                + "},\"network\":\"restricted\"}";
    }

    private static String context(String permissions, String more) {
        return "{\"permissions\":" + permissions + ",\"windowsSandboxLevel\":\"disabled\"" + more + "}";
    }

    private static PermissionProfile restricted(NetworkPolicy network, OptionalInt depth, PolicyEntry... entries) {
        return new PermissionProfile.Managed(new FileSystemPolicy.Restricted(List.of(entries), depth), network);
    }

    private static PermissionProfile profile(Dialect dialect, String profile) throws RpcException {
        return decode(dialect, context(profile, "")).permissions();
    }

    private static SandboxContext decode(Dialect dialect, String context) throws RpcException {
        return SandboxDecoder.of(dialect).decode(json(context));
    }
}
