package dev.outpost.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.ServerLaunch;
import dev.outpost.testkit.ServerProcess;
import dev.outpost.testkit.wire.CuttableProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each example as its user runs it, against a real server. */
class ExamplesTest {
    @TempDir
    private Path scratch;

    private ServerLaunch launch() {
        return ServerLaunch.outpost(Map.of("PATH", "/usr/bin:/bin", "HOME", scratch.toString()), scratch);
    }

    private String run(Class<?> example, Map<String, String> variables, String... arguments) throws Exception {
        return Example.run(example, variables, scratch, arguments);
    }

    @Test
    void runCommandPrintsWhatTheCommandPrints() throws Exception {
        try (ServerProcess server = launch().webSocket()) {
            String printed = run(RunCommand.class, Map.of(), server.url().toString(), "sh", "-c", "echo hello; exit 3");
            assertThat(printed).isEqualTo("hello\nexit code 3\nall output is here\n");
        }
    }

    @Test
    void localOrRemoteAsksEveryEnvironmentAndSaysWhichFailed() throws Exception {
        try (ServerProcess server = launch().webSocket()) {
            Files.writeString(scratch.resolve("environments.toml"), """
                    [[environments]]
                    id = "build-box"
                    url = "%s"

                    [[environments]]
                    id = "switched-off"
                    program = "/does/not/exist"
                    """.formatted(server.url()));
            String printed = run(LocalOrRemote.class, Map.of("OUTPOST_HOME", scratch.toString()));
            String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            List<String> lines = printed.lines().toList();
            assertThat(lines).hasSize(3);
            assertThat(lines.subList(0, 2)).containsExactly("local: " + name, "build-box: " + name);
            assertThat(lines.get(2))
                    .startsWith("switched-off failed: environment `switched-off` is not available: failed to spawn ");
        }
    }

    @Test
    void copyFileCopiesItAndListsTheDirectory() throws Exception {
        Path file = Files.write(scratch.resolve("data.bin"), new byte[] {0, 1, (byte) 0xff});
        Path target = scratch.resolve("new/target");
        try (ServerProcess server = launch().webSocket()) {
            String printed = run(CopyFile.class, Map.of(), server.url().toString(), file.toString(), target.toString());
            assertThat(printed).isEqualTo("data.bin\n");
            assertThat(Files.mismatch(file, target.resolve("data.bin"))).isEqualTo(-1);
        }
    }

    @Test
    void lostConnectionIsNotNoticedByTheProgram() throws Exception {
        try (ServerProcess server = launch().webSocket();
                CuttableProxy proxy = new CuttableProxy(server.url())) {
            proxy.cutOnce(1_000_000);
            String printed =
                    run(LostConnection.class, Map.of(), proxy.url().toString(), "head", "-c", "5000000", "/dev/zero");
            assertThat(printed).isEqualTo("Code[code=0]\n5000000 bytes, all of them\n");
            assertThat(proxy.cuts()).isEqualTo(1);
        }
    }

    @Test
    void ownServerEndsWithTheEnvironment() throws Exception {
        String printed =
                run(OwnServer.class, Map.of(), launch().commandLine("stdio").toArray(String[]::new));
        assertThat(printed).isEqualTo("HELLO FROM HERE\n");
    }
}
