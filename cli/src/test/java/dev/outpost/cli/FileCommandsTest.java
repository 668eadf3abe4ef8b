package dev.outpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.ServerLaunch;
import dev.outpost.testkit.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code outpost ls, cat, cp, rm} between this machine and a real server. */
class FileCommandsTest {
    private static final int MORE_THAN_A_MESSAGE = (8 << 20) + 12_345;

    @TempDir
    private Path scratch;

    private Path there;
    private Path here;
    private ServerProcess server;
    private String url;

    @BeforeEach
    void startServer() throws Exception {
        there = Files.createDirectory(scratch.resolve("there"));
        here = Files.createDirectory(scratch.resolve("here"));
        server = ServerLaunch.outpost(Map.of("PATH", "/usr/bin:/bin", "HOME", there.toString()), scratch)
                .webSocket();
        url = server.url().toString();
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private Program.Ended run(String... arguments) throws Exception {
        ProcessBuilder command = Program.command(arguments).directory(here.toFile());
        command.environment().put("CODEX_HOME", scratch.toString());
        try (Program program = Program.start(scratch, command)) {
            program.endInput();
            return program.awaitEnd();
        }
    }

    private static Path random(Path file, int size) throws Exception {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return Files.write(file, bytes);
    }

    @Test
    void copiesFilesOfAnySizeBothWays() throws Exception {
        for (int size : new int[] {0, 1000, MORE_THAN_A_MESSAGE}) {
            Path original = random(here.resolve("original"), size);
            assertThat(run("cp", "original", url + ":copy")).isEqualTo(new Program.Ended(0, "", ""));
            assertThat(Files.mismatch(original, there.resolve("copy"))).isEqualTo(-1);
            assertThat(run("cp", url + ":copy", "./back:1")).isEqualTo(new Program.Ended(0, "", ""));
            assertThat(Files.mismatch(original, here.resolve("back:1"))).isEqualTo(-1);
        }
    }

    @Test
    void copiesTreesIntoDirectoriesThatAreThere() throws Exception {
        Files.createDirectories(here.resolve("tree/below"));
        Files.writeString(here.resolve("tree/a"), "A");
        Files.writeString(here.resolve("tree/below/b"), "B");
        Files.createSymbolicLink(here.resolve("tree/below/up"), Path.of(".."));
        assertThat(run("cp", "tree", url + ":").exitCode()).isEqualTo(1);
        Program.Ended copied = run("cp", "-r", "tree", url + ":");
        assertThat(there.resolve("tree/a")).hasContent("A");
        assertThat(there.resolve("tree/below/b")).hasContent("B");
        assertThat(there.resolve("tree/below/up")).doesNotExist();
        assertThat(copied.exitCode()).isEqualTo(1);
        assertThat(copied.stderr()).contains("tree/below/up is a link to a directory and was left out");
        assertThat(run("cp", "-r", url + ":tree/below", url + ":moved").exitCode())
                .isZero();
        assertThat(there.resolve("moved/b")).hasContent("B");
    }

    @Test
    void aSourceThatIsNotThereLeavesTheDestinationAlone() throws Exception {
        Files.writeString(there.resolve("precious"), "kept");
        Program.Ended ended = run("cp", "absent", url + ":precious");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.stderr()).contains(here.toRealPath() + "/absent: there is no such file or directory");
        assertThat(there.resolve("precious")).hasContent("kept");
    }

    @Test
    void listsPrintsAndRemoves() throws Exception {
        Files.createDirectory(there.resolve("dir"));
        Files.writeString(there.resolve("file"), "text");
        assertThat(run("ls", url + ":").stdout()).isEqualTo("dir/\nfile\n");
        assertThat(run("ls", "-e", url, "--json").stdout())
                .isEqualTo("[{\"name\":\"dir\",\"directory\":true,\"file\":false},"
                        + "{\"name\":\"file\",\"directory\":false,\"file\":true}]\n");
        assertThat(run("cat", "-e", url, "file", "file").stdout()).isEqualTo("texttext");
        assertThat(run("cat", url + ":dir").exitCode()).isEqualTo(1);
        assertThat(run("rm", url + ":dir").exitCode()).isEqualTo(1);
        assertThat(run("rm", "-r", url + ":").exitCode()).isEqualTo(1);
        assertThat(run("rm", "-r", url + ":dir", url + ":file").exitCode()).isZero();
        assertThat(there).isEmptyDirectory();
        assertThat(run("rm", url + ":file").exitCode()).isEqualTo(1);
        assertThat(run("rm", "-f", url + ":file").exitCode()).isZero();
    }
}
