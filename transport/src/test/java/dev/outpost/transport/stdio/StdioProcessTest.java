package dev.outpost.transport.stdio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import java.io.BufferedReader;
import java.io.File;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The connection in a process of its own, over its real standard streams. */
@Timeout(60)
class StdioProcessTest {
    @TempDir
    Path directory;

    @Test
    @Spec({"W17", "W20"})
    void servesRealStandardStreamsWithoutLoadingNettyAndExitsWithTheInput() throws Exception {
        Path classes = directory.resolve("classes.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load:file=" + classes,
                        "-cp",
                        System.getProperty("java.class.path"),
                        StdioEcho.class.getName())
                .redirectError(directory.resolve("stderr.txt").toFile())
                .start();
        try (BufferedReader stdout = process.inputReader(UTF_8)) {
            try (Writer stdin = process.outputWriter(UTF_8)) {
                stdin.write("hello €\n");
                stdin.flush();
                assertThat(stdout.readLine()).isEqualTo("hello €");
            }
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(stdout.readLine()).isNull();
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(directory.resolve("stderr.txt")).isEmptyFile();
        assertThat(System.getProperty("java.class.path").split(File.pathSeparator))
                .as("Netty is there to be loaded")
                .anyMatch(entry -> entry.contains("netty-transport"));
        assertThat(Files.readString(classes))
                .contains(StdioConnection.class.getName())
                .doesNotContain("io.netty");
    }
}
