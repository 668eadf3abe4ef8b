package dev.outpost.environment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outpost.client.TestExecutor;
import dev.outpost.client.connect.ServerCommand;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.Spec;
import dev.outpost.transport.Connection;
import dev.outpost.transport.ConnectionHandler;
import dev.outpost.transport.OutgoingMessage;
import dev.outpost.transport.websocket.ListenerConfig;
import dev.outpost.transport.websocket.WebSocketListener;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Environments of which the other side is our own server, or a program. */
@ExtendWith(LeakCheck.class)
@Timeout(120)
class RemoteEnvironmentTest {
    private final EnvironmentFactory factory = Factories.plain();
    private final AtomicInteger connections = new AtomicInteger();
    private final TestExecutor executor = new TestExecutor();
    private @Nullable WebSocketListener listener;

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        factory.close();
        stop();
        executor.close();
    }

    private String listen(int port) throws Exception {
        WebSocketListener started = WebSocketListener.start(
                ListenerConfig.builder(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                        .build(),
                () -> {
                    connections.incrementAndGet();
                    return executor.server().newConnection();
                });
        listener = started;
        return started.url();
    }

    private void stop() {
        if (listener != null) {
            listener.close();
        }
    }

    private HostPath file(String name) {
        return HostPath.of(directory.resolve(name).toString());
    }

    @Test
    @Spec({"E7", "E10"})
    void allServicesOfAnEnvironmentShareOneConnectionAndTwoEnvironmentsNone() throws Exception {
        String url = listen(0);
        try (Environment one = factory.ofUrl(url);
                Environment other = factory.ofUrl(url)) {
            assertThat(connections).hasValue(0);
            one.fileSystem().writeFile(file("f"), "x".getBytes(UTF_8), null);
            ExecProcess process =
                    one.execBackend().start(Commands.shell("p", "cat")).join();
            assertThat(one.fileSystem().getMetadata(file("f"), null).size()).isEqualTo(1);
            assertThat(connections).hasValue(1);
            assertThat(other.execBackend().find(process.id())).isNull();
            other.fileSystem().copy(file("f"), file("g"), false, null);
            other.fileSystem().createDirectory(file("d"), false, null);
            assertThat(other.fileSystem().readDirectory(HostPath.of(directory.toString()), null))
                    .hasSize(3);
            other.fileSystem().remove(file("g"), false, false, null);
            assertThat(connections).hasValue(2);
            assertThat(process.terminate().join()).isTrue();
        }
    }

    @Test
    @Spec({"E15"})
    void introducesItselfAsAnEnvironmentWithoutASession() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        WebSocketListener silent = WebSocketListener.start(
                ListenerConfig.builder(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .build(),
                () -> new FirstMessage(received));
        try (silent;
                Environment environment = factory.webSocket(
                        "x",
                        silent.url(),
                        RemoteSettings.DEFAULT.withTimeouts(Duration.ofSeconds(10), Duration.ofMillis(1500)),
                        null)) {
            var starting = environment.execBackend().start(Commands.shell("p", "cat"));
            assertThat(received.poll(30, TimeUnit.SECONDS))
                    .contains("\"method\":\"initialize\"")
                    .contains("\"clientName\":\"codex-environment\"")
                    .contains("\"resumeSessionId\":null");
            assertThatThrownBy(starting::get)
                    .cause()
                    .hasMessage("environment `x` is not available:"
                            + " timed out waiting for exec-server initialize handshake after 1.5s");
        }
    }

    @Test
    @Spec({"E13", "E14"})
    void withoutRecoveryALostConnectionFailsWhatItCarriedAndTheNextCallOpensAnother() throws Exception {
        String url = listen(0);
        int port = listener == null ? 0 : listener.port();
        try (Environment environment = factory.webSocket("x", url, RemoteSettings.DEFAULT.withRecovery(false), null)) {
            ExecProcess process =
                    environment.execBackend().start(Commands.shell("p", "cat")).join();
            stop();
            await().untilAsserted(() -> assertThatThrownBy(
                            () -> process.write("x".getBytes(UTF_8), null).get(30, TimeUnit.SECONDS))
                    .cause()
                    .hasMessageStartingWith("exec-server transport disconnected"));
            assertThatThrownBy(() -> environment.fileSystem().getMetadata(file("f"), null))
                    .hasMessageContaining("Connection refused (os error 111)");
            listen(port);
            environment.fileSystem().writeFile(file("f"), new byte[3], null);
            assertThat(connections).hasValue(2);
            assertThatThrownBy(() -> process.write("x".getBytes(UTF_8), null).get(30, TimeUnit.SECONDS))
                    .cause()
                    .hasMessageStartingWith("exec-server transport disconnected");
        }
    }

    @Test
    @Spec({"E14"})
    void withRecoveryAProcessOutlivesItsConnection() throws Exception {
        String url = listen(0);
        int port = listener == null ? 0 : listener.port();
        try (Environment environment = factory.ofUrl(url)) {
            ExecProcess process = environment
                    .execBackend()
                    .start(Commands.shell("p", "read line; echo \"$line\" > " + directory.resolve("out") + "; cat"))
                    .join();
            stop();
            var writing = process.write("kept\n".getBytes(UTF_8), null);
            listen(port);
            writing.get(45, TimeUnit.SECONDS);
            await().untilAsserted(() -> assertThat(directory.resolve("out")).hasContent("kept"));
            assertThat(process.terminate().join()).isTrue();
        }
    }

    @Test
    @Spec({"C60", "P86"})
    void aDroppedHandleEndsNoProcess() throws Exception {
        try (Environment environment = factory.ofUrl(listen(0))) {
            WeakReference<ExecProcess> dropped = new WeakReference<>(environment
                    .execBackend()
                    .start(Commands.shell("p", "read line; echo \"$line\" > " + directory.resolve("out")))
                    .join());
            await().untilAsserted(() -> {
                System.gc();
                assertThat(dropped.get()).isNull();
            });
            ExecProcess found = Objects.requireNonNull(environment.execBackend().find(new ProcessId("p")))
                    .join();
            found.write("lives\n".getBytes(UTF_8), null).join();
            await().untilAsserted(() -> assertThat(directory.resolve("out")).hasContent("lives"));
        }
    }

    @Test
    @Spec({"C18", "E16"})
    void aDroppedEnvironmentEndsItsCommandAndWhatThatStarted() throws Exception {
        Path pids = directory.resolve("pids");
        startAndDrop(pids);
        List<String> ids = List.of(Files.readString(pids).strip().split(" "));
        assertThat(ids).hasSize(2);
        await().untilAsserted(() -> {
            System.gc();
            assertThat(ids)
                    .allSatisfy(pid ->
                            assertThat(ProcessHandle.of(Long.parseLong(pid))).isEmpty());
        });
    }

    /** In a frame of its own, so that nothing holds the environment afterwards. */
    private void startAndDrop(Path pids) throws Exception {
        // A server of two answers: the handshake, and that there is no such file.
        String script = "sleep 1000 & echo $$ $! > " + pids + ";"
                + " read -r a; echo '{\"id\":1,\"result\":{\"sessionId\":\"s\"}}'; read -r b; read -r c;"
                + " echo '{\"id\":2,\"error\":{\"code\":-32004,\"message\":\"gone\"}}'; cat > /dev/null; wait";
        Environment environment = factory.command(
                "cmd", new ServerCommand("sh", List.of("-c", script), Map.of(), null), RemoteSettings.DEFAULT, null);
        assertThatThrownBy(() -> environment.fileSystem().getMetadata(file("f"), null))
                .hasMessage("gone");
    }

    /** Keeps the first message and never answers. */
    private record FirstMessage(BlockingQueue<String> received) implements ConnectionHandler {
        @Override
        public void opened(Connection connection) {}

        @Override
        public void message(byte[] bytes, int length) {
            received.add(new String(bytes, 0, length, UTF_8));
        }

        @Override
        public void oversized(byte[] prefix, int length, long limit) {}

        @Override
        public @Nullable OutgoingMessage pull() {
            return null;
        }

        @Override
        public void closed(@Nullable Throwable reason) {}
    }
}
