package dev.outpost.client.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.outpost.client.ConnectedTest;
import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.sandbox.FileSystemPolicy;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.path.Dialect;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.Recipe;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** How the client finds out in which form a server takes paths (spec N2, N14a), and what files make of failures. */
class DialectTest extends ConnectedTest {
    private static final HostPath FILE = HostPath.of("/a b");
    private static final String METADATA =
            "{'isDirectory':false,'isFile':true,'isSymlink':false,'createdAtMs':0,'modifiedAtMs':1}";

    private static String path(JsonNode request) {
        return request.get("params").get("path").asString();
    }

    @Test
    @Spec("N38")
    void aServerThatDescribesItselfTakesUris() throws Exception {
        connect(OPTIONS, ",'environmentInfo':{}");
        var metadata = inBackground(() -> new RemoteFileSystem(client).getMetadata(FILE, null));
        JsonNode request = server.expect("fs/getMetadata");
        assertThat(path(request)).isEqualTo("file:///a%20b");
        server.answer(request, METADATA);
        assertThat(metadata.get(30, TimeUnit.SECONDS).size()).isEqualTo(-1);
    }

    @Test
    @Spec({"N2", "N19"})
    void anotherIsAskedOnceWithAPathAndThenRemembered() throws Exception {
        connect();
        RemoteFileSystem files = new RemoteFileSystem(client);
        var first = inBackground(() -> files.getMetadata(FILE, null));
        JsonNode plain = server.expect("fs/getMetadata");
        assertThat(path(plain)).isEqualTo("/a b");
        server.refuse(plain, -32602, "invalid URI: relative URL without a base");
        JsonNode uri = server.expect("fs/getMetadata");
        assertThat(path(uri)).isEqualTo("file:///a%20b");
        server.answer(uri, METADATA);
        first.get(30, TimeUnit.SECONDS);
        assertThat(client.dialects().known()).isEqualTo(Dialect.URIS);
        var second = inBackground(() -> files.getMetadata(FILE, null));
        server.answer(server.expect("fs/getMetadata"), METADATA);
        second.get(30, TimeUnit.SECONDS);
    }

    @Test
    void whatWasRememberedWronglyIsCorrected() throws Exception {
        connect();
        client.dialects().learn(Dialect.URIS);
        var metadata = inBackground(() -> new RemoteFileSystem(client).getMetadata(FILE, null));
        server.refuse(server.expect("fs/getMetadata"), -32602, "AbsolutePathBuf deserialized without a base path");
        JsonNode plain = server.expect("fs/getMetadata");
        assertThat(path(plain)).isEqualTo("/a b");
        server.answer(plain, METADATA);
        metadata.get(30, TimeUnit.SECONDS);
        assertThat(client.dialects().known()).isEqualTo(Dialect.PATHS);
    }

    @Test
    void aServerWithoutSandboxesIsNotGivenAProcessThatNeedsOne() throws Exception {
        connect();
        try (RemoteExecBackend backend = new RemoteExecBackend(client)) {
            SandboxContext readOnly = new SandboxContext(
                    new PermissionProfile.Managed(
                            new FileSystemPolicy.Restricted(List.of(), OptionalInt.empty()), NetworkPolicy.RESTRICTED),
                    HostPath.of("/"),
                    List.of(),
                    false);
            CompletableFuture<ExecProcess> starting =
                    backend.start(Recipe.of("x").sandbox(readOnly).request());
            server.answer(server.expect("fs/getMetadata"), METADATA);
            ExecutionException failure =
                    catchThrowableOfType(ExecutionException.class, () -> starting.get(30, TimeUnit.SECONDS));
            assertThat(failure.getCause())
                    .hasMessageStartingWith("sandbox intent cannot be enforced on this executor: ");
        }
    }

    @Test
    @Spec({"C74", "C76"})
    void failuresOfFiles() throws Exception {
        connect();
        RemoteFileSystem files = new RemoteFileSystem(client);
        record Case(int code, FailureKind kind) {}
        for (Case one : List.of(
                new Case(-32004, FailureKind.NOT_FOUND),
                new Case(-32600, FailureKind.REJECTED),
                new Case(-32603, FailureKind.FAILED),
                new Case(7, FailureKind.FAILED))) {
            var read = inBackground(() -> files.readFile(FILE, null));
            server.refuse(server.expect("fs/readFile"), one.code(), "its own words");
            fails(read, one.kind(), "its own words");
        }
        var broken = inBackground(() -> files.readFile(FILE, null));
        server.answer(server.expect("fs/readFile"), "{'dataBase64':'!'}");
        fails(
                broken,
                FailureKind.FAILED,
                "remote fs/readFile returned invalid base64 dataBase64: Invalid symbol 33, offset 0.");
        var lost = inBackground(() -> files.readFile(FILE, null));
        server.expect("fs/readFile");
        server.hangUp();
        fails(lost, FailureKind.UNAVAILABLE, "exec-server transport closed");
        fails(inBackground(() -> files.readFile(FILE, null)), FailureKind.UNAVAILABLE, "exec-server transport closed");
    }

    private static void fails(Future<?> call, FailureKind kind, String message) {
        ExecutionException failure =
                catchThrowableOfType(ExecutionException.class, () -> call.get(30, TimeUnit.SECONDS));
        assertThat(failure).hasCauseInstanceOf(ExecutorException.class);
        assertThat(failure.getCause()).hasMessage(message);
        assertThat(((ExecutorException) Objects.requireNonNull(failure.getCause())).kind())
                .isEqualTo(kind);
    }

    @Test
    @Spec({"C28", "C74", "C75", "E83"})
    void whatIsSent() throws Exception {
        connect(OPTIONS, ",'environmentInfo':{}");
        RemoteFileSystem files = new RemoteFileSystem(client);
        SandboxContext independent = new SandboxContext(
                new PermissionProfile.Managed(
                        new FileSystemPolicy.Restricted(List.of(), OptionalInt.empty()), NetworkPolicy.RESTRICTED),
                HostPath.of("/of/this/host"),
                List.of(HostPath.of("/of/this/host")),
                false);
        var write = inBackground(() -> {
            files.writeFile(FILE, new byte[] {1, 2, 3, 4}, independent);
            return true;
        });
        assertThat(server.line())
                .isEqualTo("{\"id\":2,\"method\":\"fs/writeFile\",\"params\":{\"path\":\"file:///a%20b\","
                        + "\"dataBase64\":\"AQIDBA==\",\"sandbox\":{\"permissions\":{\"type\":\"managed\","
                        + "\"file_system\":{\"type\":\"restricted\",\"entries\":[]},\"network\":\"restricted\"},"
                        + "\"workspaceRoots\":[],\"windowsSandboxLevel\":\"disabled\",\"useLegacyLandlock\":false}}}");
        server.send("{'id':2,'result':{}}");
        write.get(30, TimeUnit.SECONDS);
        var remove = inBackground(() -> {
            files.remove(FILE, false, false, null);
            return true;
        });
        assertThat(server.receive().get("params").toString())
                .isEqualTo("{\"path\":\"file:///a%20b\",\"recursive\":false,\"force\":false,\"sandbox\":null}");
        server.send("{'id':3,'result':{}}");
        remove.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aFileThatACodexServerWouldNotTakeIsNotSent() throws Exception {
        connect();
        fails(
                inBackground(() -> {
                    new RemoteFileSystem(client).writeFile(FILE, new byte[60 << 20], null);
                    return true;
                }),
                FailureKind.REJECTED,
                "file /a b can't be written as a whole: its 62914560 bytes would make a message above the exec-server's"
                        + " limit of 67108864 bytes; write it through a process in parts");
    }
}
