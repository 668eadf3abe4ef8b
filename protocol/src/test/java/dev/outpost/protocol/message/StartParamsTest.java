package dev.outpost.protocol.message;

import static dev.outpost.protocol.message.Parameters.assertInvalid;
import static dev.outpost.protocol.message.Parameters.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.process.EnvironmentPolicy;
import dev.outpost.executor.process.EnvironmentPolicy.Inherit;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import dev.outpost.executor.process.TerminalSize;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.path.Dialect;
import dev.outpost.testkit.Spec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Spec({"W81", "W82", "W83", "W84", "W85", "W86", "W87", "W88"})
class StartParamsTest {
    private static final String REQUIRED =
            "\"processId\":\"p\",\"argv\":[\"true\"],\"env\":{\"A\":\"1\"},\"tty\":false";
    private static final StartProcess PLAIN = new StartProcess(
            new ProcessId("p"), List.of("true"), HostPath.of("/"), null, Map.of("A", "1"), false, false, null, null);

    @ParameterizedTest
    @Spec({"W35", "P71", "N5", "N14a", "N39"})
    @ValueSource(
            strings = {
                "\"x\":1",
                "\"envPolicy\":null",
                "\"pipeStdin\":false",
                "\"arg0\":null",
                "\"sandbox\":null",
                "\"enforceManagedNetwork\":false",
                "\"managedNetwork\":null",
                "\"managedNetwork\":{\"loopbackPorts\":[1],\"allowLocalBinding\":true}",
                "\"networkProxy\":null",
                "\"shellSnapshot\":null",
                "\"size\":{\"rows\":24,\"cols\":80}",
                "\"metadata\":{\"threadId\":\"t\",\"toolCallId\":\"c\"}",
                "\"metadata\":null",
                "\"credentialProviders\":[{}]",
                "\"credentialProviders\":5"
            })
    void absentNullAndUnknownAreTheSame(String more) throws RpcException {
        assertThat(StartParams.decode(json("{" + REQUIRED + ",\"cwd\":\"/\"," + more + "}")))
                .isEqualTo(new StartParams(PLAIN, Dialect.PATHS));
        assertThat(StartParams.decode(json("{" + REQUIRED + ",\"cwd\":\"file:///\"," + more + "}")))
                .isEqualTo(new StartParams(PLAIN, Dialect.URIS));
    }

    @Test
    void sizeOfTheTerminal() throws RpcException {
        String start = "{" + REQUIRED + ",\"cwd\":\"/\",\"size\":";
        assertThat(StartParams.decode(json(start + "{\"rows\":1,\"cols\":65535}}"))
                        .process()
                        .terminalSize())
                .isEqualTo(new TerminalSize(1, 65_535));
        assertInvalid(
                StartParams::decode,
                start + "{\"rows\":0,\"cols\":80}}",
                "invalid value: integer `0`, expected 1 to 65535");
        assertInvalid(
                StartParams::decode,
                start + "{\"rows\":24,\"cols\":65536}}",
                "invalid value: integer `65536`, expected 1 to 65535");
        assertInvalid(StartParams::decode, start + "{\"rows\":24}}", "missing field `cols`");
    }

    @Test
    void everything() throws RpcException {
        StartParams start = StartParams.decode(json("""
                        {"arg0":"zero","pipeStdin":true,"tty":true,"env":{"A":"1","B":"","A":"2"},
                         "envPolicy":{"includeOnly":["i*"],"set":{"S":"s"},"exclude":["e?"],"ignoreDefaultExcludes":true,"inherit":"core"},
                         "cwd":"some/dir/../x","argv":["a","","\\u00e9"],"processId":""}
                        """));
        assertThat(start)
                .isEqualTo(new StartParams(
                        new StartProcess(
                                new ProcessId(""),
                                List.of("a", "", "\u00e9"),
                                HostPath.of("some/dir/../x"),
                                new EnvironmentPolicy(
                                        Inherit.CORE, true, List.of("e?"), Map.of("S", "s"), List.of("i*")),
                                Map.of("A", "2", "B", ""),
                                true,
                                true,
                                "zero",
                                null),
                        Dialect.PATHS));
    }

    @Test
    @Spec("W34")
    void byPosition() throws RpcException {
        assertThat(StartParams.decode(json("[\"p\",[\"true\"],\"/\",null,{\"A\":\"1\"},false]")))
                .isEqualTo(new StartParams(PLAIN, Dialect.PATHS));
    }

    @ParameterizedTest
    @CsvSource({"core, CORE", "all, ALL", "none, NONE"})
    void inherit(String word, Inherit inherit) throws RpcException {
        EnvironmentPolicy policy = StartParams.decode(json("{" + REQUIRED
                        + ",\"cwd\":\"/\",\"envPolicy\":{\"inherit\":\"" + word
                        + "\",\"ignoreDefaultExcludes\":false,\"exclude\":[],\"set\":{},\"includeOnly\":[]}}"))
                .process()
                .environmentPolicy();
        assertThat(policy).isEqualTo(new EnvironmentPolicy(inherit, false, List.of(), Map.of(), List.of()));
    }

    @Test
    @Spec("P10")
    void anEmptyArgvIsLeftToTheBackend() throws RpcException {
        assertThat(StartParams.decode(json("{\"processId\":\"p\",\"argv\":[],\"cwd\":\"/\",\"env\":{},\"tty\":false}"))
                        .process()
                        .argv())
                .isEmpty();
    }

    @Test
    @Spec({"N39", "N14b"})
    void aSandboxIsReadInTheDialectOfTheCwd() throws RpcException {
        String uris = "\"sandbox\":{\"permissions\":{\"type\":\"disabled\"},\"cwd\":\"file:///w\","
                + "\"windowsSandboxLevel\":\"disabled\"}";
        SandboxContext sandbox =
                new SandboxContext(new PermissionProfile.Disabled(), HostPath.of("/w"), List.of(), false);
        assertThat(StartParams.decode(json("{" + uris + "," + REQUIRED + ",\"cwd\":\"file:///\"}"))
                        .process()
                        .sandbox())
                .isEqualTo(sandbox);
        assertInvalid(
                StartParams::decode,
                "{" + uris + "," + REQUIRED + ",\"cwd\":\"/\"}",
                "AbsolutePathBuf deserialized without a base path");
        assertThat(StartParams.decode(json("{" + uris.replace("file://", "") + "," + REQUIRED + ",\"cwd\":\"/\"}"))
                        .process()
                        .sandbox())
                .isEqualTo(sandbox);
    }

    @ParameterizedTest
    @Spec({"N3", "N69", "N79", "N93"})
    @CsvSource(
            delimiter = '|',
            value = {
                "\"enforceManagedNetwork\":true | enforceManagedNetwork: true | networkProxyLaunch",
                "\"networkProxy\":{} | networkProxy | networkProxyLaunch",
                "\"shellSnapshot\":{\"scopeId\":\"s\"} | shellSnapshot | shellSnapshotV2",
            })
    void whatCannotBeDoneIsRefused(String member, String what, String capability) {
        assertInvalid(
                StartParams::decode,
                "{" + REQUIRED + ",\"cwd\":\"file:///\"," + member + "}",
                "process/start with " + what + " is not supported by this server (capability " + capability
                        + " is not announced); leave it out");
    }

    @ParameterizedTest
    @Spec({"W65", "W68"})
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"argv\":[\"true\"],\"cwd\":\"/\"} | missing field `processId`",
                "{\"processId\":\"p\"} | missing field `argv`",
                "{\"processId\":\"p\",\"argv\":[]} | missing field `cwd`",
                "{\"processId\":\"p\",\"argv\":[],\"cwd\":\"/\"} | missing field `env`",
                "{\"processId\":\"p\",\"argv\":[],\"cwd\":\"/\",\"env\":{}} | missing field `tty`",
                "{\"processId\":5} | invalid type: integer `5`, expected a string",
                "{\"argv\":\"true\"} | invalid type: string \"true\", expected a sequence",
                "{\"argv\":[1]} | invalid type: integer `1`, expected a string",
                "{\"cwd\":5} | invalid type: integer `5`, expected path string",
                "{\"env\":[]} | invalid type: sequence, expected a map",
                "{\"env\":{\"A\":1}} | invalid type: integer `1`, expected a string",
                "{\"tty\":null} | invalid type: null, expected a boolean",
                "{\"pipeStdin\":null} | invalid type: null, expected a boolean",
                "{\"arg0\":5} | invalid type: integer `5`, expected a string",
                "{\"enforceManagedNetwork\":5} | invalid type: integer `5`, expected a boolean",
                "{\"envPolicy\":5} | invalid type: integer `5`, expected struct ExecEnvPolicy",
                "{\"envPolicy\":[]} | invalid length 0, expected struct ExecEnvPolicy with 5 elements",
                "{\"envPolicy\":{}} | missing field `inherit`",
                "{\"envPolicy\":{\"inherit\":\"all\"}} | missing field `ignoreDefaultExcludes`",
                "{\"envPolicy\":{\"inherit\":\"Core\"}} | unknown variant `Core`, expected one of `core`, `all`, `none`",
                "{\"envPolicy\":{\"exclude\":null}} | invalid type: null, expected a sequence",
                "null | invalid type: null, expected struct ExecParams",
            })
    void failures(String params, String message) {
        assertInvalid(StartParams::decode, params, message);
    }

    @Test
    @Spec("N22")
    void aCwdOnAnotherHost() {
        assertInvalid(
                StartParams::decode,
                "{" + REQUIRED + ",\"cwd\":\"file://h/x\"}",
                "cwd URI `file://h/x` is not valid on this exec-server host: 'file://h/x' is invalid on 'linux'");
    }
}
