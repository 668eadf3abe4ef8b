package dev.outpost.local.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outpost.linux.Signals;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.ProcessProfiles;
import dev.outpost.testkit.contract.Processes;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a sandbox when its server is killed. */
class KilledSandboxTest {
    private static final String OWN = Long.toString(ProcessHandle.current().pid());

    @TempDir
    private Path scratch;

    @Test
    @Spec({"F48", "P67"})
    void nothingStandsInForWhatIsMissingAnyMore() throws Exception {
        ProcessProfiles.assumeBubblewrap();
        Path workspace = Files.createDirectory(scratch.toRealPath().resolve("a work  space "));
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        GuardedServer.class.getName(),
                        OWN,
                        workspace.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String sleeps = "3[01]0[0-9]." + OWN;
        try (BufferedReader output = new BufferedReader(new InputStreamReader(server.getInputStream(), UTF_8))) {
            assertThat(output.readLine()).isEqualTo("ready");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !Processes.running("sleep", "3100." + OWN).isEmpty());
            assertThat(workspace.resolve(".git")).isEmptyDirectory();
            assertThat(workspace.resolve(".codex")).isEmptyDirectory();
            Files.writeString(workspace.resolve(".agents/own"), "put there from outside");
            server.destroyForcibly();
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(Processes.running("sleep", sleeps)).isEmpty();
                assertThat(workspace.resolve(".git")).doesNotExist();
                assertThat(workspace.resolve(".codex")).doesNotExist();
            });
            assertThat(workspace.resolve(".agents/own")).exists();
        } finally {
            server.destroyForcibly().waitFor();
            Processes.running("sleep", sleeps).forEach(pid -> Signals.kill(pid.intValue(), Signals.SIGKILL));
        }
    }
}
