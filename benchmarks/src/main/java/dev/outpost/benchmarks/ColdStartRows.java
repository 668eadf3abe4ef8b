package dev.outpost.benchmarks;

import static dev.outpost.benchmarks.Scenario.least;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;

/** From starting the program to serving: the median of several starts, after one that is not counted. */
final class ColdStartRows {
    private static final int STARTS = 9;

    private ColdStartRows() {}

    static List<Scenario> all() {
        return List.of(
                least("exec→URL line", "ms", variant -> median(() -> toUrl(variant)))
                        .with(Bar.atMost(250)),
                least(
                        "exec→initialize answered, WebSocket",
                        "ms",
                        variant -> median(() -> toAnswer(Server.webSocket(variant)))),
                least("exec→initialize answered, stdio", "ms", variant -> median(() -> toAnswer(Server.stdio(variant))))
                        .with(Bar.atMost(150)),
                least("outpost exec -e URL -- true, end to end", "ms", ColdStartRows::command)
                        .with(Bar.atMost(400))
                        .forOursOnly());
    }

    /** Starts a server, ends it, and returns its nanoseconds. */
    @FunctionalInterface
    private interface Start {
        long measure() throws IOException;
    }

    private static double median(Start start) throws IOException {
        start.measure(); // Loads this client's own classes, and the program into the page cache.
        double[] samples = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
            samples[i] = start.measure() / 1e6;
        }
        return Samples.median(samples);
    }

    /** The program of the variant as a client of a server that has been used before. */
    private static double command(Variant variant) throws IOException {
        String program = variant.webSocket().getFirst();
        try (Server server = Server.webSocket(variant)) {
            List<String> command = List.of(program, "exec", "-e", server.url(), "--", "true");
            return median(() -> toExit(command));
        }
    }

    private static long toExit(List<String> command) throws IOException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectInput(Redirect.from(new File("/dev/null")))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.INHERIT)
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(command + " ended with " + process.exitValue());
            }
            return System.nanoTime() - start;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a command ran");
        } finally {
            process.destroyForcibly();
        }
    }

    private static long toUrl(Variant variant) throws IOException {
        try (Server server = Server.webSocket(variant)) {
            return server.nanosToUrl();
        }
    }

    private static long toAnswer(Server started) throws IOException {
        try (Server server = started;
                Session _ = server.connect()) {
            return server.nanosSinceExec();
        }
    }
}
