package dev.outpost.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.ProcessProfiles;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Commands that a client wants sandboxed, whether it says so (0.169) or wraps them in a helper of its own machine (0.131):
 * they run, and the kernel refuses what the mode doesn't allow.
 */
@Spec({"A4", "A60", "N3", "N78", "N79", "N80"})
class SandboxedCommandTest {
    @TempDir(factory = Scratch.class)
    private Path scratch;

    @BeforeEach
    void requireBubblewrap() throws Exception {
        ProcessProfiles.assumeBubblewrap();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.outpost.interop.Pairing#all")
    void workspaceWrite(Pairing pairing) throws Exception {
        try (var scene = new Scene(pairing, scratch);
                ServerSocket elsewhere = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Path workspace = scene.workspace();
            scene.startClient(scene.url(), "workspace-write");

            assertThat(command(scene, "echo 1 > inside && cat inside && echo $MARK && cat /etc/passwd | wc -l"))
                    .contains("exited with code 0", "1\n")
                    .contains("server");
            assertThat(workspace.resolve("inside")).hasContent("1\n");

            assertThat(command(scene, "echo 1 > ../outside; echo status=$?"))
                    .contains("Read-only file system")
                    .doesNotContain("status=0");
            assertThat(workspace.resolveSibling("outside")).doesNotExist();

            assertThat(command(scene, "ls -a .git && echo 1 > .git/config; mkdir .codex; touch .agents; echo end"))
                    .contains("end");
            assertThat(workspace.resolve(".git/config")).doesNotExist();
            Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(workspace.resolve(".codex")).doesNotExist();
                assertThat(workspace.resolve(".agents")).doesNotExist();
            });

            assertThat(command(
                            scene,
                            "exec 3<>/dev/tcp/127.0.0.1/" + elsewhere.getLocalPort() + " && echo CONNECTED; echo end"))
                    .contains("end")
                    .doesNotContain("CONNECTED\n");
            scene.finish();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.outpost.interop.Pairing#all")
    void readOnly(Pairing pairing) throws Exception {
        try (var scene = new Scene(pairing, scratch)) {
            scene.startClient(scene.url(), "read-only");
            Files.writeString(scene.workspace().resolve("there"), "content\n");

            assertThat(command(scene, "cat there; echo 1 > inside; echo 1 > ../outside; rm there; echo end"))
                    .contains("content", "Read-only file system", "end");
            assertThat(scene.workspace().resolve("inside")).doesNotExist();
            assertThat(scene.workspace().resolveSibling("outside")).doesNotExist();
            assertThat(scene.workspace().resolve("there")).exists();
            scene.finish();
        }
    }

    private static String command(Scene scene, String command) throws InterruptedException {
        return scene.model()
                .call("exec_command", Map.of("cmd", command, "yield_time_ms", 20_000))
                .text();
    }
}
