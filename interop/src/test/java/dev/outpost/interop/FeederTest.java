package dev.outpost.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.ProgramJvm;
import dev.outpost.testkit.ServerProcess;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Piped stdin of {@code outpost exec} and its end, on servers that can't close stdin. */
class FeederTest {
    private static final long END_SECONDS = 60;

    @TempDir
    private Path scratch;

    /** Started by each test, with its command. */
    @SuppressWarnings("NullAway.Init")
    private ServerProcess server;

    @AfterEach
    void stop() {
        server.close();
    }

    private ProcessBuilder exec(Peer peer, String... command) throws Exception {
        server = peer.server(Map.of("PATH", "/usr/bin:/bin", "HOME", scratch.toString()), scratch)
                .webSocket();
        List<String> line = new ArrayList<>(ProgramJvm.shortLived());
        line.addAll(List.of("dev.outpost.cli.Outpost", "exec", "--ignore-user-config"));
        line.addAll(List.of("-e", server.url().toString(), "--cwd", scratch.toString(), "--"));
        line.addAll(List.of(command));
        return new ProcessBuilder(line).redirectError(scratch.resolve("stderr").toFile());
    }

    /** Its output; the exit code has to be this one. */
    private byte[] run(byte[] stdin, int exitCode, ProcessBuilder command) throws Exception {
        Path in = Files.write(scratch.resolve("in"), stdin);
        Path out = scratch.resolve("out");
        Process process =
                command.redirectInput(in.toFile()).redirectOutput(out.toFile()).start();
        try {
            assertThat(process.waitFor(END_SECONDS, TimeUnit.SECONDS))
                    .as("it ends; %s", errors())
                    .isTrue();
            assertThat(process.exitValue()).as(errors()).isEqualTo(exitCode);
            return Files.readAllBytes(out);
        } finally {
            process.destroyForcibly();
        }
    }

    private String errors() throws IOException {
        return Files.readString(scratch.resolve("stderr"));
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @EnumSource
    void noBytesAtAll(Peer peer) throws Exception {
        assertThat(run(new byte[0], 0, exec(peer, "sh", "-c", "wc -c; echo end")))
                .asString()
                .isEqualTo("0\nend\n");
        assertThat(errors()).isEmpty();
    }

    /** Every byte there is, a few that look like the feeder's own lines, and no end of line at the end. */
    @ParameterizedTest
    @EnumSource
    void bytesOfEveryKind(Peer peer) throws Exception {
        byte[] start = "0\n5\n\nexit\n".getBytes(US_ASCII);
        byte[] stdin = Arrays.copyOf(start, start.length + 512);
        for (int i = 0; i < 512; i++) {
            stdin[start.length + i] = (byte) i;
        }
        assertThat(run(stdin, 9, exec(peer, "sh", "-c", "cat; exit 9"))).isEqualTo(stdin);
        assertThat(errors()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void mebibytes(Peer peer) throws Exception {
        byte[] stdin = random((5 << 20) + 13);
        assertThat(run(stdin, 0, exec(peer, "cat"))).isEqualTo(stdin);
        assertThat(errors()).isEmpty();
    }

    /** The rest of the input goes nowhere, and nobody waits for it. */
    @ParameterizedTest
    @EnumSource
    void aCommandThatEndsBeforeItsInput(Peer peer) throws Exception {
        byte[] stdin = random(5 << 20);
        assertThat(run(stdin, 3, exec(peer, "sh", "-c", "head -c 10; exit 3"))).isEqualTo(Arrays.copyOf(stdin, 10));
        assertThat(errors()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aCommandThatReadsNothing(Peer peer) throws Exception {
        assertThat(run(random(5 << 20), 4, exec(peer, "sh", "-c", "echo no; exit 4")))
                .asString()
                .isEqualTo("no\n");
        assertThat(errors()).isEmpty();
    }

    /** As when a program talks with the command: each line is there before the next is written. */
    @ParameterizedTest
    @EnumSource
    void whatIsWrittenArrivesBeforeTheEnd(Peer peer) throws Exception {
        Process process = exec(peer, "sh", "-c", "while read -r line; do echo \"got $line\"; done; echo end")
                .start();
        try (BufferedReader out = process.inputReader()) {
            BufferedWriter in = process.outputWriter();
            for (String line : List.of("one", "two")) {
                in.write(line + "\n");
                in.flush();
                assertThat(out.readLine()).as(errors()).isEqualTo("got " + line);
            }
            in.close();
            assertThat(out.readLine()).isEqualTo("end");
            assertThat(process.waitFor(END_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
