package dev.outpost.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A running server process of one variant. */
final class Server implements AutoCloseable {
    private static final long CLOCK_TICKS = 100; // USER_HZ, the unit of /proc/PID/stat on Linux

    private final Variant variant;
    private final Process process;
    private final @Nullable String url;
    private final long nanosToUrl;

    private Server(Variant variant, Process process, @Nullable String url, long nanosToUrl) {
        this.variant = variant;
        this.process = process;
        this.url = url;
        this.nanosToUrl = nanosToUrl;
    }

    static Server webSocket(Variant variant) throws IOException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(variant.webSocket())
                .redirectError(Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        long nanos = System.nanoTime() - start;
        if (line == null || !line.startsWith("ws://")) {
            process.destroyForcibly();
            throw new IOException(variant.name() + " printed no URL but: " + line);
        }
        return new Server(variant, process, line.trim(), nanos);
    }

    static Server stdio(Variant variant) throws IOException {
        return new Server(
                variant,
                new ProcessBuilder(variant.stdio())
                        .redirectError(Redirect.DISCARD)
                        .start(),
                null,
                0);
    }

    Variant variant() {
        return variant;
    }

    long nanosToUrl() {
        return nanosToUrl;
    }

    /** A new connection, handshake done. */
    Session connect() throws IOException {
        Wire wire = url == null ? new StdioWire(process) : new WebSocketWire(Objects.requireNonNull(url));
        return new Session(wire, variant);
    }

    /** User and system CPU seconds of the server process itself, without its children. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
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

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(3, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
