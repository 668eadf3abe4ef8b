package dev.outpost.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.wire.CuttableProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;

/** What a real client makes of a lost connection and of a lost server. */
class RecoveryTest {
    private static final String DISCONNECTED = "exec-server transport disconnected";

    @TempDir(factory = Scratch.class)
    private Path scratch;

    @EveryPairing
    void connectionDropped(Pairing pairing) throws Exception {
        try (var scene = new Scene(pairing, scratch);
                var network = new CuttableProxy(scene.url())) {
            scene.startClient(network.url(), Scene.FULL_ACCESS);
            ToolOutput started = startWaiting(scene);

            network.cut();
            Files.writeString(scene.workspace().resolve("gate"), "meanwhile\n", StandardOpenOption.WRITE);
            scene.awaitFile("ended");
            network.restore(scene.url());

            String polled = poll(scene, started);
            String again = run(scene, "echo again");
            String patched = addFile(scene);
            switch (pairing.client()) {
                case V131 -> {
                    assertThat(polled).contains(DISCONNECTED);
                    assertThat(again).contains(DISCONNECTED);
                    assertThat(patched).contains("Failed to write file");
                    assertThat(scene.workspace().resolve("added")).doesNotExist();
                }
                case V169 -> {
                    assertThat(polled).contains("meanwhile", "exited with code 6");
                    assertThat(again).contains("again", "exited with code 0");
                    assertThat(patched).contains("Success");
                    assertThat(scene.workspace().resolve("added")).hasContent("new\n");
                }
            }
            scene.finish();
        }
    }

    @EveryPairing
    void serverRestarted(Pairing pairing) throws Exception {
        try (var scene = new Scene(pairing, scratch);
                var network = new CuttableProxy(scene.url())) {
            scene.startClient(network.url(), Scene.FULL_ACCESS);
            ToolOutput started = startWaiting(scene);
            long pid = Long.parseLong(
                    Files.readString(scene.workspace().resolve("pid")).strip());

            network.cut();
            scene.replaceServer();
            Awaitility.await("the process ends with its server")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> ProcessHandle.of(pid).isEmpty());
            network.restore(scene.url());

            String polled = poll(scene, started);
            String again = run(scene, "echo again");
            String patched = addFile(scene);
            assertThat(polled).doesNotContain("exited with code 6");
            switch (pairing.client()) {
                case V131 -> {
                    assertThat(again).contains(DISCONNECTED);
                    assertThat(patched).contains("Failed to write file");
                }
                case V169 -> {
                    assertThat(again).contains("again", "exited with code 0");
                    assertThat(patched).contains("Success");
                    assertThat(scene.workspace().resolve("added")).hasContent("new\n");
                }
            }
            scene.finish();
        }
    }

    /** Starts a process that says something more when its gate opens, and then ends with code 6. */
    private static ToolOutput startWaiting(Scene scene) throws InterruptedException {
        ToolOutput started = scene.model()
                .call(
                        "exec_command",
                        Map.of(
                                "cmd",
                                "echo $$ > pid; mkfifo gate; echo before; read x < gate; echo $x; touch ended; exit 6",
                                "yield_time_ms",
                                500));
        scene.awaitFile("gate");
        return started;
    }

    private static String poll(Scene scene, ToolOutput process) throws InterruptedException {
        return scene.model()
                .call("write_stdin", Map.of("session_id", process.sessionId(), "chars", "", "yield_time_ms", 10_000))
                .text();
    }

    private static String run(Scene scene, String command) throws InterruptedException {
        return scene.model()
                .call("exec_command", Map.of("cmd", command, "yield_time_ms", 10_000))
                .text();
    }

    private static String addFile(Scene scene) throws InterruptedException {
        return scene.model()
                .callFreeform("apply_patch", "*** Begin Patch\n*** Add File: added\n+new\n*** End Patch\n")
                .text();
    }
}
