package dev.outpost.environment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.client.connect.ServerCommand;
import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ReadRequest;
import dev.outpost.executor.sandbox.FileSystemPolicy.Restricted;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.Spec;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
@Timeout(120)
class EnvironmentTest {
    private static final RuntimePaths PATHS = new RuntimePaths(HostPath.of("/opt/outpost"), null);

    private final EnvironmentFactory factory = Factories.of(PATHS);

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        factory.close();
    }

    @Test
    @Spec({"E1", "E2", "E3", "E6a"})
    void aLocalEnvironmentRunsProcessesAndHasFilesHere() throws Exception {
        try (Environment local = factory.local()) {
            assertThat(local.isRemote()).isFalse();
            assertThat(local.execServerUrl()).isNull();
            assertThat(local.localRuntimePaths()).isEqualTo(PATHS);
            HostPath file = HostPath.of(directory.resolve("f").toString());
            local.fileSystem().writeFile(file, "hello".getBytes(UTF_8), null);
            assertThat(directory.resolve("f")).hasContent("hello");
            var process = local.execBackend()
                    .start(Commands.shell("one", "cat " + directory.resolve("f")))
                    .join();
            assertThat(local.execBackend().find(process.id())).isNotNull();
            var read = process.read(new ReadRequest(0, 1000, 30_000)).join();
            assertThat(read.chunks()).hasSize(1);
        }
    }

    @Test
    @Spec({"E3", "E4", "E55"})
    void whatIsBehindACommandIsRemoteWithoutAUrl() {
        Environment command = factory.command(
                "box", new ServerCommand("ssh", List.of("box"), Map.of(), null), RemoteSettings.DEFAULT, null);
        assertThat(command.isRemote()).isTrue();
        assertThat(command.execServerUrl()).isNull();
        assertThat(command.localRuntimePaths()).isNull();
        Environment socket = factory.webSocket("box", "ws://box:1", RemoteSettings.DEFAULT, PATHS);
        assertThat(socket.isRemote()).isTrue();
        assertThat(socket.execServerUrl()).isEqualTo("ws://box:1");
        assertThat(socket.localRuntimePaths()).isEqualTo(PATHS);
        assertThat(socket).hasToString("Environment[remote]");
    }

    @Test
    @Spec({"E6", "E69"})
    void servicesAreTheSameInstancesEachTimeAndBothFlagsAreSet() throws Exception {
        for (Environment environment : List.of(factory.local(), factory.ofUrl("ws://box:1"))) {
            try (environment) {
                assertThat(environment.execBackend()).isSameAs(environment.execBackend());
                assertThat(environment.fileSystem()).isSameAs(environment.fileSystem());
                assertThat(environment.execEnabled()).isTrue();
                assertThat(environment.filesystemEnabled()).isTrue();
            }
        }
    }

    @Test
    @Spec({"E5"})
    void runtimePathsAreAbsolute() throws Exception {
        HostPath program = HostPath.of("/opt/outpost");
        assertThat(RuntimePaths.of(program, HostPath.of("/opt/helper")))
                .isEqualTo(new RuntimePaths(program, HostPath.of("/opt/helper")));
        assertThatThrownBy(() -> RuntimePaths.of(null, null))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("Codex executable path is not configured");
        assertThatThrownBy(() -> RuntimePaths.of(HostPath.of("outpost"), null))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("the path of the executable must be absolute, not outpost");
        assertThatThrownBy(() -> RuntimePaths.of(program, HostPath.of("helper")))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("the path of the sandbox helper must be absolute, not helper");
    }

    @Test
    @Spec({"E5"})
    void whatDemandsASandboxIsRefusedHereWithoutMeansOfEnforcement() throws Exception {
        SandboxContext readOnlyNothing = new SandboxContext(
                new PermissionProfile.Managed(new Restricted(List.of(), OptionalInt.empty()), NetworkPolicy.ENABLED),
                null,
                List.of(),
                false);
        SandboxContext disabled = new SandboxContext(new PermissionProfile.Disabled(), null, List.of(), false);
        HostPath path =
                HostPath.of(Files.writeString(directory.resolve("f"), "x").toString());
        HostPath added = HostPath.of(directory.resolve("added").toString());
        try (Environment local = factory.local()) {
            ExecutorFileSystem files = local.fileSystem();
            refuses(() -> files.readFile(path, readOnlyNothing));
            refuses(() -> files.writeFile(path, new byte[0], readOnlyNothing));
            refuses(() -> files.createDirectory(added, true, readOnlyNothing));
            refuses(() -> files.getMetadata(path, readOnlyNothing));
            refuses(() -> files.readDirectory(added, readOnlyNothing));
            refuses(() -> files.remove(path, true, true, readOnlyNothing));
            refuses(() -> files.copy(path, added, true, readOnlyNothing));
            assertThat(directory.resolve("f")).hasContent("x");
            assertThat(directory.resolve("added")).doesNotExist();
            files.copy(path, added, false, disabled);
            assertThat(files.getMetadata(added, disabled).size()).isEqualTo(1);
            files.remove(added, false, false, disabled);
            files.createDirectory(added, false, disabled);
            assertThat(files.readDirectory(added, disabled)).isEmpty();
        }
    }

    private static void refuses(ThrowingCallable operation) {
        assertThatThrownBy(operation)
                .isInstanceOfSatisfying(
                        ExecutorException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(FailureKind.REJECTED))
                .hasMessage("sandboxed filesystem operations require configured runtime paths");
    }

    @Test
    @Spec({"E8", "E9"})
    void aUrlValueMakesTheEnvironmentItNames() throws Exception {
        assertThat(factory.ofUrl(null).isRemote()).isFalse();
        assertThat(factory.ofUrl("  ").isRemote()).isFalse();
        assertThat(factory.ofUrl(" ws://box:1 \n").execServerUrl()).isEqualTo("ws://box:1");
        assertThatThrownBy(() -> factory.ofUrl(" NoNe "))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("exec-server protocol error: disabled mode does not create an Environment");
        assertThat(RemoteSettings.DEFAULT.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(RemoteSettings.DEFAULT.initializeTimeout()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    @Spec({"E10"})
    void makingAnEnvironmentConnectsToNothing() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            LeakCheck before = LeakCheck.before();
            Environment socket = factory.ofUrl("ws://127.0.0.1:" + server.getLocalPort());
            Environment command = factory.command(
                    null,
                    new ServerCommand("touch", List.of(directory.resolve("ran").toString()), Map.of(), null),
                    RemoteSettings.DEFAULT,
                    null);
            Environment local = factory.local();
            before.assertNoLeak();
            assertThat(List.of(socket.execBackend(), command.execBackend(), local.execBackend()))
                    .extracting(backend -> backend.find(Commands.shell("x", "").id()))
                    .containsOnlyNulls();
            server.setSoTimeout(1);
            assertThatThrownBy(server::accept).hasMessageContaining("timed out");
            assertThat(directory.resolve("ran")).doesNotExist();
        }
    }

    @Test
    void anOfflineEnvironmentFailsWithItsNameAndTheReason() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (Environment offline =
                factory.webSocket("build-box", "ws://127.0.0.1:" + port, RemoteSettings.DEFAULT, null)) {
            String text = "environment `build-box` is not available: failed to connect to exec-server websocket"
                    + " `ws://127.0.0.1:" + port + "`: IO error: Connection refused (os error 111)";
            Path file = directory.resolve("written");
            assertThatThrownBy(() -> offline.fileSystem().writeFile(HostPath.of(file.toString()), new byte[1], null))
                    .isInstanceOf(ExecutorException.class)
                    .hasMessage(text);
            assertThatThrownBy(() -> offline.execBackend()
                            .start(Commands.shell("x", "touch " + file))
                            .get())
                    .cause()
                    .isInstanceOf(ExecutorException.class)
                    .hasMessage(text);
            assertThat(file).as("never done here instead").doesNotExist();
        }
    }

    @Test
    void aClosedEnvironmentIsOfNoUse() throws Exception {
        Environment remote = factory.webSocket("box", "ws://127.0.0.1:1", RemoteSettings.DEFAULT, null);
        remote.close();
        remote.close();
        assertThatThrownBy(() -> remote.fileSystem().readFile(HostPath.of("/x"), null))
                .hasMessage("environment `box` has been closed");
        Environment local = factory.local();
        local.close();
        ExecBackend processes = local.execBackend();
        assertThatThrownBy(() -> processes.start(Commands.shell("x", "true")).get())
                .cause()
                .hasMessage("the processes of this environment have been closed");
    }
}
