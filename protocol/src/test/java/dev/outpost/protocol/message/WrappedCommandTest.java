package dev.outpost.protocol.message;

import static dev.outpost.protocol.message.Parameters.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.process.StartProcess;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.FileSystemPolicy.Restricted;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.PolicyTarget.SpecialTarget;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.testkit.Spec;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Spec("A60")
class WrappedCommandTest {
    private static final String HELPER = "/nowhere/tmp/arg0/codex-arg0X/codex-linux-sandbox";
    private static final String PROFILE = "{\"type\":\"managed\",\"file_system\":{\"type\":\"restricted\",\"entries\":["
            + "{\"path\":{\"type\":\"special\",\"value\":{\"kind\":\"root\"}},\"access\":\"read\"}]},"
            + "\"network\":\"restricted\"}";
    private static final PermissionProfile READ_ONLY = new PermissionProfile.Managed(
            new Restricted(
                    List.of(new PolicyEntry(new SpecialTarget(Kind.ROOT, null), Access.READ, false)),
                    OptionalInt.empty()),
            NetworkPolicy.RESTRICTED);

    @Test
    void isWhatTheClientMeans() throws RpcException {
        StartProcess start = decode(
                HELPER,
                HELPER,
                "--sandbox-policy-cwd",
                "/project/./x/..",
                "--command-cwd",
                "/project/sub",
                "--permission-profile",
                PROFILE,
                "--",
                "/bin/bash",
                "-lc",
                "echo -- \"$0\"");

        assertThat(start.argv()).containsExactly("/bin/bash", "-lc", "echo -- \"$0\"");
        assertThat(start.arg0()).isNull();
        assertThat(start.cwd()).isEqualTo(HostPath.of("/project/sub"));
        var sandbox = Objects.requireNonNull(start.sandbox());
        assertThat(sandbox.permissions()).isEqualTo(READ_ONLY);
        assertThat(sandbox.cwd()).isEqualTo(HostPath.of("/project"));
        assertThat(sandbox.workspaceRoots()).isEmpty();
        assertThat(sandbox.useLegacyLandlock()).isFalse();
    }

    @Test
    void aNameAloneTells() throws RpcException {
        for (String arg0 : new String[] {"codex-linux-sandbox", "/a/codex-linux-sandbox"}) {
            StartProcess start = decode(
                    arg0,
                    "/usr/bin/anything",
                    "--permission-profile=" + PROFILE,
                    "--use-legacy-landlock",
                    "--sandbox-policy-cwd=/p",
                    "--",
                    "ls");
            assertThat(start.argv()).containsExactly("ls");
            assertThat(start.cwd()).as("without a cwd of its own").isEqualTo(HostPath.of("/elsewhere"));
            assertThat(Objects.requireNonNull(start.sandbox()).useLegacyLandlock())
                    .isTrue();
        }
        assertThat(decode(null, "/a/codex-linux-sandbox.sh", "--", "ls").sandbox())
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            codex-linux-sandbox | there is no -- before the command
            codex-linux-sandbox ls | there is no -- before the command
            codex-linux-sandbox -- | there is no command behind --
            codex-linux-sandbox --sandbox-policy-cwd /p -- ls | --permission-profile is missing
            codex-linux-sandbox --permission-profile {"type":"disabled"} -- ls | --sandbox-policy-cwd is missing
            codex-linux-sandbox --permission-profile -- ls | --permission-profile has no value
            codex-linux-sandbox --sandbox-policy-cwd p --permission-profile {"type":"disabled"} -- ls | --sandbox-policy-cwd is not an absolute path
            codex-linux-sandbox --sandbox-policy-cwd /p --sandbox-policy-cwd /q -- ls | --sandbox-policy-cwd is there twice
            codex-linux-sandbox --allow-network-for-proxy -- ls | this server does not know what `--allow-network-for-proxy` means for the sandbox
            codex-linux-sandbox ls -- ls | this server does not know what `ls` means for the sandbox
            codex-linux-sandbox --sandbox-policy-cwd /p --permission-profile {"type":"disabled" -- ls | --permission-profile: malformed JSON
            codex-linux-sandbox --sandbox-policy-cwd /p --permission-profile {"type":"disabled"}{} -- ls | --permission-profile: more than one JSON value
            codex-linux-sandbox --sandbox-policy-cwd /p --permission-profile "" -- ls | --permission-profile:
            codex-linux-sandbox --sandbox-policy-cwd /p --permission-profile {"type":"new"} -- ls | --permission-profile: data did not match any variant of untagged enum PermissionProfileDe
            """)
    void whatCannotBeReadNeverRuns(String words, String reason) {
        String[] argv = words.replace("\"\"", "").split(" ");
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(RpcException.class, () -> decode(null, argv)))
                .hasMessageStartingWith("the command is wrapped in codex-linux-sandbox, which this server carries out"
                        + " itself, and the wrapper can't be read: " + reason);
    }

    @Test
    void aRequestWithItsOwnSandboxRunsTheHelperInside() throws RpcException {
        String sandbox = "{\"permissions\":{\"type\":\"disabled\"},\"windowsSandboxLevel\":\"disabled\"}";
        StartProcess start = StartParams.decode(json("{\"processId\":\"p\",\"argv\":[\"codex-linux-sandbox\"],"
                        + "\"cwd\":\"file:///\",\"env\":{},\"tty\":false,\"sandbox\":" + sandbox + "}"))
                .process();
        assertThat(start.argv()).containsExactly("codex-linux-sandbox");
    }

    private static StartProcess decode(@org.jspecify.annotations.Nullable String arg0, String... argv)
            throws RpcException {
        JsonOutput out = new JsonOutput();
        out.raw("{\"processId\":\"p\",\"cwd\":\"/elsewhere\",\"env\":{},\"tty\":false,\"arg0\":")
                .stringOrNull(arg0);
        out.raw(",\"argv\":");
        String separator = "[";
        for (String word : argv) {
            out.raw(separator).string(word);
            separator = ",";
        }
        out.raw("]}");
        return StartParams.decode(json(new String(out.array(), 0, out.size(), UTF_8)))
                .process();
    }
}
