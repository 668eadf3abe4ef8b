package dev.outpost.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real server in a process of its own, listening on a free port. Safe from any thread. */
final class SoakServer implements AutoCloseable {
    private static final int END_SECONDS = 20;
    private static final Pattern HISTOGRAM_LINE = Pattern.compile(" *[0-9]+: +[0-9]+ +([0-9]+) +(\\S+)");

    private final Process process;
    private final Path errors;
    private final String url;

    private SoakServer(Process process, Path errors, String url) {
        this.process = process;
        this.errors = errors;
        this.url = url;
    }

    /** Starts {@code outpost serve} with further options. */
    static SoakServer start(Path outpost, Path scratch, String... options) throws IOException {
        return start(scratch, command(outpost, options));
    }

    /** The command line of {@link #start}, to put something before it. */
    static List<String> command(Path outpost, String... options) {
        List<String> command = new ArrayList<>(List.of(outpost.toString(), "serve"));
        command.addAll(List.of(options));
        return command;
    }

    /** Starts any command that becomes the server. */
    static SoakServer start(Path scratch, List<String> command) throws IOException {
        Path errors = Files.createTempFile(scratch, "server-", ".stderr");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        process.getOutputStream().close();
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        String line = out.readLine();
        if (line == null || !line.startsWith("ws://")) {
            process.destroyForcibly();
            throw new IOException("the server printed no URL but " + line + "; stderr: " + Files.readString(errors));
        }
        return new SoakServer(process, errors, line.strip());
    }

    String url() {
        return url;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    Footprint footprint() throws IOException {
        return Footprint.of(pid());
    }

    /** What it has logged. */
    String errors() throws IOException {
        return Files.readString(errors);
    }

    /** What is reachable in its heap, in KiB; -1 if it can't be asked. */
    long liveHeapKiB() throws IOException, InterruptedException {
        long bytes = -1024;
        for (String line : jcmd("GC.class_histogram").split("\n", -1)) {
            Matcher columns = HISTOGRAM_LINE.matcher(line);
            // A collector may leave dead objects where they are, and fill the gap.
            if (columns.lookingAt() && !columns.group(2).contains("Filler")) {
                bytes = Math.max(bytes, 0) + Long.parseLong(columns.group(1));
            }
        }
        return bytes / 1024;
    }

    private String jcmd(String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid()),
                        command)
                .redirectErrorStream(true)
                .start();
        String text = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
        jcmd.waitFor();
        return text;
    }

    /** SIGKILL to the server alone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM, and waits for its end; fails if it has not ended by itself and as it should. */
    void stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("the server did not end within " + END_SECONDS + " s after SIGTERM");
        }
        if (process.exitValue() != 143) {
            throw new IOException("the server ended with " + process.exitValue() + "; stderr: " + errors());
        }
    }

    /** Ends it, however it stands. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
