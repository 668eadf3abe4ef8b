package dev.outpost.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.ServerLaunch;
import dev.outpost.testkit.ServerProcess;
import dev.outpost.testkit.training.Workload;
import dev.outpost.testkit.wire.RpcClient;
import dev.outpost.testkit.wire.WebSocketConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive, unpacked in another folder than it was made in. */
class DistributionIT {
    @TempDir
    private static Path elsewhere;

    @TempDir
    private Path scratch;

    @BeforeAll
    static void unpack() throws Exception {
        Path folder = Files.createDirectories(elsewhere.resolve("some other place"));
        String archive = Objects.requireNonNull(System.getProperty("outpost.archive"));
        Process tar = new ProcessBuilder("tar", "-xzf", archive, "-C", folder.toString())
                .inheritIO()
                .start();
        assertThat(tar.waitFor()).isZero();
    }

    /** With start-up caches that can't be used the JVM doesn't start. */
    private ServerLaunch launch() {
        Path launcher = elsewhere.resolve("some other place/outpost-dist/bin/outpost");
        return new ServerLaunch(
                List.of(launcher.toString(), "exec-server"),
                Map.of("PATH", "/usr/bin:/bin", "OUTPOST_JAVA_OPTIONS", "-XX:AOTMode=on"),
                scratch);
    }

    @Test
    void servesWebSocketWithItsCache() throws Exception {
        try (ServerProcess server = launch().webSocket();
                RpcClient client = new RpcClient(WebSocketConnection.connect(server.url()))) {
            new Workload(client, Files.createDirectory(scratch.resolve("files")), true).run();
            assertThat(server.errors()).isEmpty();
        }
    }

    @Test
    void servesStdioWithItsCache() throws Exception {
        try (ServerProcess server = launch().stdio();
                RpcClient client = new RpcClient(server.stdio())) {
            new Workload(client, Files.createDirectory(scratch.resolve("files")), true).run();
            assertThat(server.errors()).isEmpty();
        }
    }
}
