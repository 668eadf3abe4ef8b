package dev.outpost.protocol.message;

import static dev.outpost.protocol.message.Parameters.assertFailure;
import static dev.outpost.protocol.message.Parameters.assertInvalid;
import static dev.outpost.protocol.message.Parameters.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.IncomingMessage;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.message.Parameters.Decoding;
import dev.outpost.protocol.path.Dialect;
import dev.outpost.protocol.path.WirePath;
import dev.outpost.testkit.Spec;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileParamsTest {
    private static final WirePath PLAIN = new WirePath(HostPath.of("/a"), Dialect.PATHS);
    private static final WirePath URI = new WirePath(HostPath.of("/a"), Dialect.URIS);
    private static final SandboxContext DISABLED =
            new SandboxContext(new PermissionProfile.Disabled(), null, List.of(), false);
    private static final String SANDBOX =
            "\"sandbox\":{\"permissions\":{\"type\":\"disabled\"},\"windowsSandboxLevel\":\"disabled\"}";

    /** Each operation, its name in error texts, and what it needs beside the path. */
    static Stream<Arguments> operations() {
        return Stream.of(
                Arguments.of(decoding(ReadFileParams::decode), "FsReadFileParams", ""),
                Arguments.of(decoding(WriteFileParams::decode), "FsWriteFileParams", ",\"dataBase64\":\"\""),
                Arguments.of(decoding(CreateDirectoryParams::decode), "FsCreateDirectoryParams", ""),
                Arguments.of(decoding(MetadataParams::decode), "FsGetMetadataParams", ""),
                Arguments.of(decoding(ReadDirectoryParams::decode), "FsReadDirectoryParams", ""),
                Arguments.of(decoding(RemoveParams::decode), "FsRemoveParams", ""));
    }

    @ParameterizedTest
    @MethodSource("operations")
    @Spec({"W93", "W68", "F1", "F2", "N14", "N15", "N22", "N46", "W45"})
    void pathOfEveryOperation(Decoding decoding, String name, String more) throws RpcException {
        assertThat(decoding.decode(json("{\"path\":\"/x/../a/\"" + more + "}")))
                .extracting("path")
                .isEqualTo(PLAIN);
        assertThat(decoding.decode(json("{\"path\":\"file:///%61\"" + more + "}")))
                .extracting("path")
                .isEqualTo(URI);
        assertInvalid(decoding, "null", "invalid type: null, expected struct " + name);
        assertInvalid(decoding, "5", "invalid type: integer `5`, expected struct " + name);
        assertInvalid(decoding, "{}", "missing field `path`");
        assertInvalid(decoding, "{\"path\":5}", "invalid type: integer `5`, expected path string");
        assertInvalid(decoding, "{\"path\":\"a\"" + more + "}", "AbsolutePathBuf deserialized without a base path");
        assertFailure(
                decoding,
                json("{\"path\":\"file://h/a\"" + more + "}"),
                ErrorCode.INVALID_REQUEST,
                "'file://h/a' is invalid on 'linux'");
    }

    @ParameterizedTest
    @MethodSource("operations")
    @Spec({"W93", "W35", "F17", "N5"})
    void sandboxOfEveryOperation(Decoding decoding, String name, String more) throws RpcException {
        for (String absent : new String[] {"", ",\"sandbox\":null", ",\"future\":{}"}) {
            assertThat(decoding.decode(json("{\"path\":\"/a\"" + absent + more + "}")))
                    .extracting("sandbox")
                    .isNull();
        }
        assertThat(decoding.decode(json("{" + SANDBOX + ",\"path\":\"/a\"" + more + "}")))
                .extracting("sandbox")
                .isEqualTo(DISABLED);
        assertInvalid(
                decoding,
                "{\"path\":\"/a\",\"sandbox\":\"x\"" + more + "}",
                "invalid type: string \"x\", expected struct FileSystemSandboxContext");
    }

    @ParameterizedTest
    @MethodSource("operations")
    @Spec("N46")
    void followSymlinksIsNeverIgnored(Decoding decoding, String name, String more) throws RpcException {
        if (name.equals("FsReadDirectoryParams")) {
            return; // Has no such member.
        }
        for (String follow : new String[] {"true", "null"}) {
            decoding.decode(json("{\"path\":\"/a\",\"followSymlinks\":" + follow + more + "}"));
        }
        assertInvalid(
                decoding,
                "{\"path\":\"/a\",\"followSymlinks\":false" + more + "}",
                "followSymlinks: false is not supported by this server; leave it out");
        assertInvalid(
                decoding,
                "{\"path\":\"/a\",\"followSymlinks\":5" + more + "}",
                "invalid type: integer `5`, expected a boolean");
    }

    @ParameterizedTest
    @Spec({"W96", "W99", "F11", "F14"})
    @ValueSource(strings = {"", ",\"recursive\":null,\"force\":null", ",\"recursive\":true,\"force\":true"})
    void recursiveAndForceAreTrueUnlessSaidOtherwise(String more) throws RpcException {
        assertThat(CreateDirectoryParams.decode(json("{\"path\":\"/a\"" + more + "}")))
                .isEqualTo(new CreateDirectoryParams(PLAIN, true, null));
        assertThat(RemoveParams.decode(json("{\"path\":\"/a\"" + more + "}")))
                .isEqualTo(new RemoveParams(PLAIN, true, true, null));
    }

    @Test
    @Spec({"W96", "W99"})
    void notRecursive() throws RpcException {
        assertThat(CreateDirectoryParams.decode(json("{\"path\":\"file:///a\",\"recursive\":false}")))
                .isEqualTo(new CreateDirectoryParams(URI, false, null));
        assertThat(RemoveParams.decode(json("{\"path\":\"/a\",\"recursive\":false}")))
                .isEqualTo(new RemoveParams(PLAIN, false, true, null));
        assertThat(RemoveParams.decode(json("{\"path\":\"/a\",\"force\":false," + SANDBOX + "}")))
                .isEqualTo(new RemoveParams(PLAIN, true, false, DISABLED));
        assertInvalid(
                RemoveParams::decode, "{\"path\":\"/a\",\"force\":1}", "invalid type: integer `1`, expected a boolean");
    }

    @Test
    @Spec({"W100", "W68"})
    void copy() throws RpcException {
        assertThat(
                        CopyParams.decode(
                                json(
                                        "{\"sourcePath\":\"/a\",\"destinationPath\":\"file:///b\",\"recursive\":false,\"sandbox\":null}")))
                .isEqualTo(new CopyParams(PLAIN, new WirePath(HostPath.of("/b"), Dialect.URIS), false, null));
        assertThat(CopyParams.decode(
                        json("{" + SANDBOX + ",\"recursive\":true,\"destinationPath\":\"/a\",\"sourcePath\":\"/a\"}")))
                .isEqualTo(new CopyParams(PLAIN, PLAIN, true, DISABLED));
        assertInvalid(CopyParams::decode, "null", "invalid type: null, expected struct FsCopyParams");
        assertInvalid(CopyParams::decode, "{}", "missing field `sourcePath`");
        assertInvalid(CopyParams::decode, "{\"sourcePath\":\"/a\"}", "missing field `destinationPath`");
        String paths = "\"sourcePath\":\"/a\",\"destinationPath\":\"/b\"";
        assertInvalid(CopyParams::decode, "{" + paths + "}", "missing field `recursive`");
        assertInvalid(
                CopyParams::decode, "{" + paths + ",\"recursive\":null}", "invalid type: null, expected a boolean");
        assertInvalid(
                CopyParams::decode,
                "{\"sourcePath\":\"/a\",\"destinationPath\":\"b\",\"recursive\":true}",
                "AbsolutePathBuf deserialized without a base path");
    }

    @Test
    @Spec({"W95", "F10"})
    void dataIsDecodedLater() throws RpcException {
        WriteFileParams write =
                WriteFileParams.decode(json("{\"path\":\"/a\",\"dataBase64\":\"aGk=\",\"sandbox\":null}"));
        assertThat(write.data().decode().toByteArray()).isEqualTo("hi".getBytes(UTF_8));
        assertInvalid(WriteFileParams::decode, "{\"path\":\"/a\"}", "missing field `dataBase64`");
        assertInvalid(
                WriteFileParams::decode,
                "{\"path\":\"/a\",\"dataBase64\":5}",
                "invalid type: integer `5`, expected a string");
    }

    @Test
    @Spec({"W63", "F10", "W36"})
    void badDataIsAnInvalidRequest() throws RpcException {
        Payload data = WriteFileParams.decode(json("{\"path\":\"/a\",\"dataBase64\":\"!!\"}"))
                .data();
        RpcException failure = catchThrowableOfType(RpcException.class, data::decode);
        assertThat(failure).hasMessage("fs/writeFile requires valid base64 dataBase64: Invalid symbol 33, offset 0.");
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    @Spec("N14d")
    void largeDataIsDecodedFromTheMessageItself() throws RpcException {
        int length = 32 * 1024 * 1024;
        assertThat(decode(largeWrite(length)).size()).isEqualTo(length / 4 * 3); // Loads classes.
        byte[] message = largeWrite(length);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        FileContent content = decode(message);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(content.toByteArray()).isEqualTo(new byte[length / 4 * 3]);
        assertThat(allocated).isLessThan(1024 * 1024);
    }

    private static FileContent decode(byte[] message) throws RpcException {
        JsonSlice params = ((IncomingMessage.Request) IncomingMessage.parse(message, message.length)).params();
        return WriteFileParams.decode(params).data().decode();
    }

    private static byte[] largeWrite(int base64Length) {
        byte[] head =
                "{\"id\":1,\"method\":\"fs/writeFile\",\"params\":{\"path\":\"/x\",\"dataBase64\":\"".getBytes(UTF_8);
        byte[] message = Arrays.copyOf(head, head.length + base64Length + 3);
        Arrays.fill(message, head.length, message.length - 3, (byte) 'A');
        message[message.length - 3] = '"';
        message[message.length - 2] = '}';
        message[message.length - 1] = '}';
        return message;
    }

    private static Decoding decoding(Decoding decoding) {
        return decoding;
    }
}
