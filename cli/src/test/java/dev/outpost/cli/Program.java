package dev.outpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.ProgramJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The real program in a process of its own, with what it prints. Closing kills it. */
final class Program implements AutoCloseable {
    private static final long END_SECONDS = 60;

    private final Process process;
    private final BufferedReader stdout;
    private final Path stderr;

    private Program(Process process, Path stderr) {
        this.process = process;
        this.stdout = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        this.stderr = stderr;
    }

    /** How it ended. */
    record Ended(int exitCode, String stdout, String stderr) {}

    /** This build, as {@link ProgramJvm} starts programs that don't live long. */
    static ProcessBuilder command(String... arguments) {
        return command(ProgramJvm.shortLived(), arguments);
    }

    /** The same with what the launcher gives to the JVM. */
    static ProcessBuilder launcherCommand(String... arguments) {
        Path root = Path.of(Objects.requireNonNull(System.getProperty("outpost.root")));
        ProcessBuilder command = command(ProgramJvm.longLived(), arguments);
        command.command().add(1, "@" + root.resolve("cli/src/main/launcher/jvm.options"));
        return command;
    }

    private static ProcessBuilder command(List<String> jvm, String... arguments) {
        List<String> command = new ArrayList<>(jvm);
        command.add("dev.outpost.cli.Outpost");
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    /** Starts it, with stderr in a file of a scratch directory. */
    static Program start(Path scratch, String... arguments) throws IOException {
        return start(scratch, command(arguments));
    }

    /** Starts a command of any kind; its directory and environment are set already. */
    static Program start(Path scratch, ProcessBuilder command) throws IOException {
        Path stderr = Files.createTempFile(scratch, "program-", ".stderr");
        return new Program(command.redirectError(stderr.toFile()).start(), stderr);
    }

    /** Runs it to its end with an empty stdin. */
    static Ended run(Path scratch, String... arguments) throws Exception {
        try (Program program = start(scratch, arguments)) {
            program.endInput();
            return program.awaitEnd();
        }
    }

    /** The next line of stdout; fails with what is on stderr if there is none. */
    String readLine() throws IOException {
        String line = stdout.readLine();
        assertThat(line)
                .as("line on stdout; stderr: %s", Files.readString(stderr))
                .isNotNull();
        return line;
    }

    /** Writes a line to its stdin. */
    void writeLine(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(UTF_8));
        process.getOutputStream().flush();
    }

    void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** Sends a signal by its name, such as INT. */
    void signal(String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    /** Whether it was started with a signal ignored, as scripts start jobs in the background with SIGINT. */
    boolean ignores(int signal) throws IOException {
        String ignored = Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> line.substring("SigIgn:".length()).strip())
                .findFirst()
                .orElseThrow();
        return (Long.parseUnsignedLong(ignored, 16) & 1L << (signal - 1)) != 0;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    String stderr() throws IOException {
        return Files.readString(stderr);
    }

    /** Waits for its end; what was read of stdout before is not in the result. */
    Ended awaitEnd() throws Exception {
        // First the end, because reading has no bound: what is printed until then has to fit into a pipe.
        assertThat(process.waitFor(END_SECONDS, TimeUnit.SECONDS))
                .as("has ended; stderr: %s", Files.readString(stderr))
                .isTrue();
        StringBuilder rest = new StringBuilder();
        for (int c = stdout.read(); c >= 0; c = stdout.read()) {
            rest.append((char) c);
        }
        return new Ended(process.exitValue(), rest.toString(), Files.readString(stderr));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
