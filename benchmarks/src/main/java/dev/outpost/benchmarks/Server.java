package dev.outpost.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running server process of one variant. One that was not closed after three minutes is killed, so that a row that
 * hangs fails.
 */
final class Server implements AutoCloseable {
    private static final long CLOCK_TICKS = 100; // USER_HZ, the unit of /proc/PID/stat on Linux
    private static final int LONGEST_SECONDS = 180;

    private static final int SETTLED_READINGS = 10;
    private static final int READING_MILLIS = 50;
    private static final int MOST_READINGS = 400;

    private static final int LAST_LINES = 5;

    private final Variant variant;
    private final Path log;
    private final long startNanos;
    private final Process process;
    private @Nullable String url;
    private long nanosToUrl;
    private volatile boolean overdue;

    private Server(Variant variant, List<String> command) throws IOException {
        this.variant = variant;
        log = Files.createTempFile("outpost-benchmark", ".log");
        log.toFile().deleteOnExit();
        startNanos = System.nanoTime();
        process = new ProcessBuilder(command)
                .redirectError(Redirect.to(log.toFile()))
                .start();
        CompletableFuture.delayedExecutor(LONGEST_SECONDS, TimeUnit.SECONDS).execute(() -> {
            overdue = process.isAlive();
            process.destroyForcibly();
        });
    }

    /** Starts it and waits for its URL. */
    static Server webSocket(Variant variant) throws IOException {
        Server server = new Server(variant, variant.webSocket());
        try {
            server.awaitUrl();
            return server;
        } catch (IOException e) {
            IOException explained = server.explain(e);
            server.close();
            throw explained;
        }
    }

    private void awaitUrl() throws IOException {
        process.getOutputStream().close();
        String line =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        nanosToUrl = nanosSinceExec();
        if (line == null || !line.startsWith("ws://")) {
            throw new IOException("the first line is no URL but: " + line);
        }
        url = line.trim();
    }

    /** Starts it; only one connection can be made. */
    static Server stdio(Variant variant) throws IOException {
        return new Server(variant, variant.stdio());
    }

    Variant variant() {
        return variant;
    }

    /** Where a server that listens can be reached. */
    String url() {
        return Objects.requireNonNull(url, "it doesn't listen");
    }

    /** From before the program was started until its URL was read. */
    long nanosToUrl() {
        return nanosToUrl;
    }

    long nanosSinceExec() {
        return System.nanoTime() - startNanos;
    }

    /** A new connection, initialized. */
    Session connect() throws IOException {
        try {
            Wire wire = url == null ? new StdioWire(process) : new WebSocketWire(url);
            return new Session(wire, variant);
        } catch (IOException e) {
            throw explain(e);
        }
    }

    /** User and system CPU seconds of the server process itself, without its children. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) CLOCK_TICKS;
    }

    /** A figure in kB, or a count, of /proc/PID/status. */
    long status(String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            if (line.startsWith(name + ":")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("no " + name + " in /proc/PID/status");
    }

    /** Resident memory in MiB, once it was the same for half a second; fails if it still changes after 20 s. */
    double settledMebibytes() throws IOException {
        long last = -1;
        int equal = 0;
        for (int i = 0; i < MOST_READINGS; i++) {
            long now = status("VmRSS");
            equal = now == last ? equal + 1 : 1;
            if (equal == SETTLED_READINGS) {
                return now / 1024.0;
            }
            last = now;
            pause();
        }
        throw new IOException("the memory still changes after " + MOST_READINGS * READING_MILLIS / 1000 + " s: " + last
                + " kB at last");
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(READING_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while memory settled");
        }
    }

    /** A failure with what this server has to say about it: whether it lives, and the end of its stderr. */
    IOException explain(Exception failure) throws IOException {
        StringBuilder text = new StringBuilder();
        text.append(failure.getMessage() == null ? failure.toString() : failure.getMessage());
        if (overdue) {
            text.append("; killed, because it was not done after ")
                    .append(LONGEST_SECONDS)
                    .append(" s");
        } else if (!process.isAlive()) {
            text.append("; the server ended with code ").append(process.exitValue());
        }
        List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
        for (String line : lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())) {
            text.append("\n    stderr: ").append(line);
        }
        return new IOException(text.toString(), failure);
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(3, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(log);
    }
}
