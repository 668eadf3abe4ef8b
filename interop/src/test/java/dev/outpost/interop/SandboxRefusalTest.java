package dev.outpost.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** As long as there is no sandbox, what a client wants sandboxed is refused and never run open. */
class SandboxRefusalTest {
    @TempDir(factory = Scratch.class)
    private Path scratch;

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.outpost.interop.Pairing#withOutpost")
    void workspaceWrite(Pairing pairing) throws Exception {
        try (var scene = new Scene(pairing, scratch)) {
            scene.startClient(scene.url(), "workspace-write");
            commandNeverRunsOpen(scene, pairing.client());

            String patch = scene.model()
                    .callFreeform("apply_patch", "*** Begin Patch\n*** Add File: added\n+new\n*** End Patch\n")
                    .text();
            assertThat(patch).contains("Failed to write file"); // neither client passes the server's text on
            assertThat(scene.workspace().resolve("added")).doesNotExist();
            scene.finish();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.outpost.interop.Pairing#withOutpost")
    void readOnly(Pairing pairing) throws Exception {
        try (var scene = new Scene(pairing, scratch)) {
            scene.startClient(scene.url(), "read-only");
            commandNeverRunsOpen(scene, pairing.client());
            assertThat(scene.workspace().resolve("inside")).doesNotExist();
            scene.finish();
        }
    }

    private static void commandNeverRunsOpen(Scene scene, Peer client) throws InterruptedException {
        String output = scene.model()
                .call("exec_command", Map.of("cmd", "echo 1 > inside; echo 1 > ../outside", "yield_time_ms", 10_000))
                .text();
        assertThat(scene.workspace().resolveSibling("outside")).doesNotExist();
        switch (client) {
            // It wraps the command in its own sandbox, which can run here because client and server share the disk.
            case V131 -> assertThat(output).doesNotContain("exited with code 0");
            case V169 -> assertThat(output).contains("sandbox intent cannot be enforced on this executor");
        }
    }
}
