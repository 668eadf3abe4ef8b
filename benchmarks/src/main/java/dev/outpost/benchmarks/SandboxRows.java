package dev.outpost.benchmarks;

import static dev.outpost.benchmarks.Scenario.least;
import static dev.outpost.benchmarks.Scenario.most;
import static dev.outpost.benchmarks.Scenario.overWebSocket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Starting a process, and writing and reading back 4 KiB, where everything may be read and some directories be written. */
final class SandboxRows {
    private static final int SIZE = 4 << 10;

    private SandboxRows() {}

    static List<Scenario> all(Scratch scratch) {
        return List.of(
                least(
                                "sandboxed /bin/true start→closed p50, bubblewrap",
                                "ms",
                                overWebSocket((server, session) -> startToClosed(session, scratch, 1)))
                        .with(Bar.atMost(12)),
                least(
                                "sandboxed /bin/true start→closed p50, Landlock",
                                "ms",
                                variant -> overWebSocket((server, session) -> startToClosed(session, scratch, 0))
                                        .measure(variant.withPath(scratch.programsWithout("bwrap"))))
                        .with(Bar.atMost(3))
                        .forOursOnly(),
                row("sandboxed writeFile and readFile p50, 1 root, each", scratch, 1, 0.5),
                row("sandboxed writeFile and readFile p50, 200 roots, each", scratch, 200, 1),
                most(
                                "sandboxed writeFile/s, 8 in flight",
                                "/s",
                                overWebSocket((server, session) -> inFlight(session, scratch)))
                        .with(Bar.atLeast(5000)));
    }

    private static Scenario row(String name, Scratch scratch, int roots, double limit) {
        return least(name, "ms", overWebSocket((server, session) -> oneByOne(session, scratch, roots)))
                .with(Bar.atMost(limit));
    }

    private static double startToClosed(Session session, Scratch scratch, int roots) throws IOException {
        if (!session.variant().uris()) {
            throw new IOException("it has no sandbox for processes");
        }
        String sandbox = sandbox(session, scratch, roots) + ",";
        session.start(sandbox, false, false, "/bin/true");
        String exited = session.awaitExited().toString();
        if (!exited.contains("\"exitCode\":0")) {
            throw new IOException("a sandboxed /bin/true failed: " + exited);
        }
        session.awaitClosed();
        return Samples.medianMillis(100, 300, () -> {
            session.start(sandbox, false, false, "/bin/true");
            session.awaitClosed();
        });
    }

    private static double oneByOne(Session session, Scratch scratch, int roots) throws IOException {
        Path file = root(scratch, 0).resolve("written");
        byte[] write = write(session, scratch, file, roots);
        byte[] read =
                Session.prepare("fs/readFile", "{" + path(session, file) + sandbox(session, scratch, roots) + "}");
        double pair = Samples.medianMillis(1000, 2000, () -> {
            session.call(write);
            session.call(read);
        });
        check(file);
        return pair / 2;
    }

    private static double inFlight(Session session, Scratch scratch) throws IOException {
        String params = params(session, scratch, root(scratch, 0).resolve("written"), 1);
        batch(session, params, 200);
        double pace = batch(session, params, 200);
        // A peer that starts a helper for each is asked for fewer.
        int count = (int) Math.clamp(pace * 2, 200, 20_000);
        batch(session, params, count / 2);
        double rate = batch(session, params, count);
        check(root(scratch, 0).resolve("written"));
        return rate;
    }

    private static double batch(Session session, String params, int count) throws IOException {
        int sent = 0;
        long start = System.nanoTime();
        for (int answered = 0; answered < count; answered++) {
            while (sent < count && sent - answered < 8) {
                session.request("fs/writeFile", params);
                sent++;
            }
            session.anyAnswer();
        }
        return count / Samples.secondsSince(start);
    }

    private static byte[] write(Session session, Scratch scratch, Path file, int roots) throws IOException {
        return Session.prepare("fs/writeFile", params(session, scratch, file, roots));
    }

    private static String params(Session session, Scratch scratch, Path file, int roots) throws IOException {
        return "{" + path(session, file) + "\"dataBase64\":\""
                + Base64.getEncoder().encodeToString(Scratch.content(SIZE)) + "\"," + sandbox(session, scratch, roots)
                + "}";
    }

    private static String path(Session session, Path file) {
        return "\"path\":\"" + session.variant().path(file.toString()) + "\",";
    }

    private static String sandbox(Session session, Scratch scratch, int roots) throws IOException {
        StringBuilder entries = new StringBuilder(
                "{\"path\":{\"type\":\"special\",\"value\":{\"kind\":\"root\"}},\"access\":\"read\"}");
        for (int i = 0; i < roots; i++) {
            Path root = Files.createDirectories(root(scratch, i));
            entries.append(",{\"path\":{\"type\":\"path\",\"path\":\"")
                    .append(session.variant().path(root.toString()))
                    .append("\"},\"access\":\"write\"}");
        }
        return "\"sandbox\":{\"permissions\":{\"type\":\"managed\",\"file_system\":{\"type\":\"restricted\",\"entries\":["
                + entries + "]},\"network\":\"restricted\"},\"windowsSandboxLevel\":\"disabled\"}";
    }

    private static Path root(Scratch scratch, int number) {
        return scratch.target("root-" + number);
    }

    private static void check(Path file) throws IOException {
        if (!Arrays.equals(Files.readAllBytes(file), Scratch.content(SIZE))) {
            throw new IOException("the file differs from what was written");
        }
        Files.delete(file);
    }
}
