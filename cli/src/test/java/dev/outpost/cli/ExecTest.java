package dev.outpost.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.outpost.testkit.ServerLaunch;
import dev.outpost.testkit.ServerProcess;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code outpost exec} and {@code outpost shell} against this machine and a real server. */
class ExecTest {
    private static final long END_SECONDS = 60;
    private static final int SIGINT = 2;
    private static final String LOCAL = "local";
    private static final String REMOTE = "remote";

    @TempDir
    private Path scratch;

    private ServerProcess server;
    private String url;

    @BeforeEach
    void startServer() throws Exception {
        server = ServerLaunch.outpost(
                        Map.of("PATH", "/usr/bin:/bin", "HOME", scratch.toString(), "SHELL", "/bin/sh"), scratch)
                .webSocket();
        url = server.url().toString();
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private ProcessBuilder exec(String environment, String... arguments) {
        String[] all = Stream.concat(
                        Stream.of("exec", "-e", environment.equals(REMOTE) ? url : environment), Stream.of(arguments))
                .toArray(String[]::new);
        ProcessBuilder command = Program.command(all);
        command.environment().put("CODEX_HOME", scratch.toString());
        return command;
    }

    private int run(ProcessBuilder command, File stdin, File stdout) throws Exception {
        File stderr = File.createTempFile("exec-", ".stderr", scratch.toFile());
        Process process = command.redirectInput(stdin)
                .redirectOutput(stdout)
                .redirectError(stderr)
                .start();
        try {
            assertThat(process.waitFor(END_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(stderr).isEmpty();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, REMOTE})
    void carriesBytesBothWaysUnchanged(String environment) throws Exception {
        byte[] bytes = new byte[5_000_011];
        new Random(7).nextBytes(bytes);
        Path in = Files.write(scratch.resolve("in"), bytes);
        Path out = scratch.resolve("out");
        assertThat(run(exec(environment, "--", "cat"), in.toFile(), out.toFile()))
                .isZero();
        assertThat(Files.mismatch(in, out)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, REMOTE})
    void keepsTheStreamsApartAndPassesTheExitCodeOn(String environment) throws Exception {
        try (Program program = Program.start(
                scratch,
                exec(environment, "--env", "NAME=a b", "--", "sh", "-c", "echo \"$NAME\"; echo err >&2; exit 9"))) {
            program.endInput();
            assertThat(program.awaitEnd()).isEqualTo(new Program.Ended(9, "a b\n", "err\n"));
        }
    }

    @Test
    void startsInTheDirectoryThatIsAskedForElseAtHome() throws Exception {
        try (Program program = Program.start(scratch, exec(REMOTE, "--", "pwd"))) {
            assertThat(program.awaitEnd().stdout()).isEqualTo(scratch.toRealPath() + "\n");
        }
        try (Program program = Program.start(scratch, exec(REMOTE, "--cwd", "/usr", "--", "pwd"))) {
            assertThat(program.awaitEnd().stdout()).isEqualTo("/usr\n");
        }
        try (Program program = Program.start(
                scratch, exec(LOCAL, "--", "pwd").directory(Path.of("/usr/bin").toFile()))) {
            assertThat(program.awaitEnd().stdout()).isEqualTo("/usr/bin\n");
        }
    }

    /** The reader of our stdout is gone after one line, as with head. */
    @Test
    void endsTheCommandWhenNobodyReadsItsOutput() throws Exception {
        Process process = exec(REMOTE, "--", "yes").start();
        try {
            assertThat(process.inputReader().readLine()).isEqualTo("y");
            process.getInputStream().close();
            assertThat(process.waitFor(END_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(141);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void theFirstInterruptIsTheCommandsTheSecondEndsIt() throws Exception {
        String script = "trap 'echo caught' INT; echo ready; while :; do sleep 0.05; done";
        try (Program program = Program.start(scratch, exec(REMOTE, "--", "sh", "-c", script))) {
            assertThat(program.readLine()).isEqualTo("ready");
            assumeThat(program.ignores(SIGINT))
                    .as("SIGINT is ignored here, as in a background job of a script; what it does is not tested")
                    .isFalse();
            program.signal("INT");
            assertThat(program.readLine()).isEqualTo("caught");
            program.signal("INT");
            assertThat(program.awaitEnd().exitCode()).isEqualTo(137);
        }
    }

    @Test
    void aLostConnectionIsNotTheCommandsEnd() throws Exception {
        Path home = Files.createDirectory(scratch.resolve("home"));
        Files.writeString(
                home.resolve("environments.toml"),
                "[[environments]]\nid = \"box\"\nurl = \"" + url + "\"\nrecovery = false\n");
        ProcessBuilder command = exec("box", "--", "sh", "-c", "echo up; exec sleep 600");
        command.environment().put("OUTPOST_HOME", home.toString());
        try (Program program = Program.start(scratch, command)) {
            assertThat(program.readLine()).isEqualTo("up");
            server.kill();
            Program.Ended ended = program.awaitEnd();
            assertThat(ended.exitCode()).isEqualTo(255);
            assertThat(ended.stderr()).startsWith("Error: ");
        }
    }

    /** script(1) gives the program a terminal of its own, as a person has one. */
    @ParameterizedTest
    @ValueSource(strings = {LOCAL, REMOTE})
    void aTerminalIsPassedOnAndGivenBack(String environment) throws Exception {
        String line = String.join(
                " ",
                exec(environment, "-t", "--", "sh", "-c", "'tty; stty size; read -r x; echo got=$x; exit 5'")
                        .command());
        String session = "stty rows 33 cols 101; before=$(stty -g); " + line
                + "; echo code=$?; [ \"$before\" = \"$(stty -g)\" ]" + " && echo restored";
        ProcessBuilder command = new ProcessBuilder("script", "-qefc", session, "/dev/null");
        command.environment().put("CODEX_HOME", scratch.toString());
        command.environment().put("SHELL", "/bin/sh");
        try (Program program = Program.start(scratch, command)) {
            assertThat(program.readLine()).startsWith("/dev/pts/");
            assertThat(program.readLine()).isEqualTo("33 101");
            program.writeLine("typed");
            Program.Ended ended = program.awaitEnd();
            assertThat(ended.stdout()).contains("got=typed", "code=5", "restored");
        }
    }

    @Test
    void aShellWithoutATerminalReadsItsCommandsFromStdin() throws Exception {
        ProcessBuilder command = Program.command("shell", "-e", url);
        command.environment().put("CODEX_HOME", scratch.toString());
        try (Program program = Program.start(scratch, command)) {
            program.writeLine("echo $((6*7)); exit 3");
            program.endInput();
            assertThat(program.awaitEnd()).isEqualTo(new Program.Ended(3, "42\n", ""));
        }
    }
}
