package dev.outpost.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/** All rows. */
final class Scenarios {
    private static final int WARM_UP = 300;

    private Scenarios() {}

    static List<Scenario> all(Path scratch) throws IOException {
        List<Scenario> rows = new ArrayList<>();
        for (boolean stdio : new boolean[] {false, true}) {
            String over = stdio ? "stdio" : "WebSocket";
            rows.add(new Scenario(
                    "/bin/true start→closed p50, pipe, " + over,
                    "ms",
                    true,
                    stdio,
                    (server, session) -> startToClosed(session, false)));
            rows.add(new Scenario(
                    "/bin/true start→closed p50, tty, " + over,
                    "ms",
                    true,
                    stdio,
                    (server, session) -> startToClosed(session, true)));
            rows.add(new Scenario(
                    "processes/s, 16 concurrent, " + over,
                    "/s",
                    false,
                    stdio,
                    (server, session) -> processRate(session, 16)));
            rows.add(new Scenario(
                    "processes/s, 64 concurrent, " + over,
                    "/s",
                    false,
                    stdio,
                    (server, session) -> processRate(session, 64)));
        }
        rows.add(new Scenario(
                "echo p50, pipe, WebSocket", "ms", true, false, (server, session) -> echo(session, false)));
        rows.add(new Scenario("echo p50, tty, WebSocket", "ms", true, false, (server, session) -> echo(session, true)));
        rows.add(new Scenario("getMetadata p50, WebSocket", "ms", true, false, (server, session) -> metadata(session)));
        rows.add(new Scenario(
                "getMetadata/s, 64 in flight", "/s", false, false, (server, session) -> metadataRate(session)));
        rows.add(new Scenario(
                "getMetadata p50 behind a 2 s long-poll",
                "ms",
                true,
                false,
                (server, session) -> metadataBehindPoll(session)));
        rows.add(new Scenario(
                "terminate→exited during a long-poll",
                "ms",
                true,
                false,
                (server, session) -> terminateBehindPoll(session)));
        for (int size : new int[] {4 << 10, 1 << 20, 32 << 20}) {
            String label = size >= 1 << 20 ? (size >> 20) + " MiB" : (size >> 10) + " KiB";
            Path file = scratch.resolve("data-" + size);
            byte[] content = new byte[size];
            new Random(size).nextBytes(content);
            Files.write(file, content);
            rows.add(new Scenario(
                    "readFile " + label, "MiB/s", false, false, (server, session) -> readFile(session, file, size)));
            rows.add(new Scenario(
                    "writeFile " + label,
                    "MiB/s",
                    false,
                    false,
                    (server, session) -> writeFile(session, scratch.resolve("out-" + size), content)));
        }
        rows.add(new Scenario(
                "output, one process, zeros",
                "MiB/s",
                false,
                false,
                (server, session) -> output(session, 1, 256L << 20, false)));
        rows.add(new Scenario(
                "output, one process, text",
                "MiB/s",
                false,
                false,
                (server, session) -> output(session, 1, 256L << 20, true)));
        rows.add(new Scenario(
                "output, eight processes, zeros",
                "MiB/s",
                false,
                false,
                (server, session) -> output(session, 8, 32L << 20, false)));
        rows.add(new Scenario("output CPU of the server", "s/GB", true, false, (server, session) -> {
            output(session, 1, 64L << 20, false);
            double before = server.cpuSeconds();
            output(session, 1, 512L << 20, false);
            return (server.cpuSeconds() - before) / (512 * 1.048576 / 1000);
        }));
        rows.add(new Scenario("exec→URL line", "ms", true, false, (server, session) -> server.nanosToUrl() / 1e6));
        rows.add(new Scenario("RSS idle", "MiB", true, false, (server, session) -> server.status("VmRSS") / 1024.0));
        rows.add(new Scenario("threads idle", "", true, false, (server, session) -> server.status("Threads")));
        rows.add(new Scenario(
                "RSS with 200 processes", "MiB", true, false, (server, session) -> withProcesses(server, session)));
        rows.add(new Scenario(
                "RSS with 200 connections", "MiB", true, false, (server, session) -> withConnections(server)));
        rows.add(new Scenario("RSS after 256 MiB of output", "MiB", true, false, (server, session) -> {
            output(session, 1, 256L << 20, false);
            return server.status("VmRSS") / 1024.0;
        }));
        return rows;
    }

    private static double startToClosed(Session session, boolean tty) throws IOException {
        double[] samples = new double[400];
        for (int i = -WARM_UP; i < samples.length; i++) {
            long start = System.nanoTime();
            session.start(tty, false, "/bin/true");
            session.awaitClosed();
            if (i >= 0) {
                samples[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        return median(samples);
    }

    private static double processRate(Session session, int concurrent) throws IOException {
        run(session, concurrent, 400);
        int count = 1500;
        long start = System.nanoTime();
        run(session, concurrent, count);
        return count / ((System.nanoTime() - start) / 1e9);
    }

    private static void run(Session session, int concurrent, int count) throws IOException {
        int started = 0;
        int closed = 0;
        while (closed < count) {
            while (started < count && started - closed < concurrent) {
                session.start(false, false, "/bin/true");
                started++;
            }
            session.awaitClosed();
            closed++;
        }
    }

    private static double echo(Session session, boolean tty) throws IOException {
        String id = tty
                ? session.start(true, false, "/bin/sh", "-c", "stty raw -echo; echo ready; exec cat")
                : session.start(false, true, "/bin/sh", "-c", "echo ready; exec cat");
        session.awaitOutput(6);
        byte[] ping = "ping\n".getBytes(UTF_8);
        double[] samples = new double[1000];
        for (int i = -WARM_UP; i < samples.length; i++) {
            long start = System.nanoTime();
            session.write(id, ping);
            session.awaitOutput(ping.length);
            if (i >= 0) {
                samples[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        session.request("process/terminate", "{\"processId\":\"" + id + "\"}");
        session.awaitClosed();
        return median(samples);
    }

    private static String metadataParams(Session session) {
        return "{\"path\":\"" + session.variant().path("/etc/hostname") + "\",\"sandbox\":null}";
    }

    private static double metadata(Session session) throws IOException {
        return metadata(session, 3000, 3000);
    }

    private static double metadata(Session session, int warmUp, int count) throws IOException {
        String params = metadataParams(session);
        double[] samples = new double[count];
        for (int i = -warmUp; i < count; i++) {
            long start = System.nanoTime();
            session.call("fs/getMetadata", params);
            if (i >= 0) {
                samples[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        return median(samples);
    }

    private static double metadataRate(Session session) throws IOException {
        metadataBatch(session, 30_000);
        int count = 60_000;
        long start = System.nanoTime();
        metadataBatch(session, count);
        return count / ((System.nanoTime() - start) / 1e9);
    }

    private static void metadataBatch(Session session, int count) throws IOException {
        String params = metadataParams(session);
        int sent = 0;
        int answered = 0;
        while (answered < count) {
            while (sent < count && sent - answered < 64) {
                session.request("fs/getMetadata", params);
                sent++;
            }
            session.anyAnswer();
            answered++;
        }
    }

    private static double metadataBehindPoll(Session session) throws IOException {
        metadata(session, 2000, 10);
        String id = session.start(false, false, "/bin/sleep", "30");
        session.anyAnswer();
        double[] samples = new double[20];
        for (int i = 0; i < samples.length; i++) {
            if (i == 0) {
                session.request(
                        "process/read",
                        "{\"processId\":\"" + id + "\",\"afterSeq\":null,\"maxBytes\":null,\"waitMs\":2000}");
            }
            long start = System.nanoTime();
            session.call("fs/getMetadata", metadataParams(session));
            samples[i] = (System.nanoTime() - start) / 1e6;
            if (i == 0 && samples[0] > 1000) {
                return samples[0]; // The server waits: one sample tells.
            }
        }
        session.request("process/terminate", "{\"processId\":\"" + id + "\"}");
        session.awaitClosed();
        return median(samples);
    }

    private static double terminateBehindPoll(Session session) throws IOException {
        double[] samples = new double[15];
        for (int i = 0; i < samples.length; i++) {
            String id = session.start(false, false, "/bin/sleep", "30");
            session.anyAnswer();
            session.request(
                    "process/read",
                    "{\"processId\":\"" + id + "\",\"afterSeq\":null,\"maxBytes\":null,\"waitMs\":2000}");
            long start = System.nanoTime();
            session.request("process/terminate", "{\"processId\":\"" + id + "\"}");
            session.awaitExited();
            samples[i] = (System.nanoTime() - start) / 1e6;
            session.awaitClosed();
            if (samples[i] > 1000) {
                return samples[i];
            }
        }
        return median(samples);
    }

    private static double readFile(Session session, Path file, int size) throws IOException {
        String params = "{\"path\":\"" + session.variant().path(file.toString()) + "\",\"sandbox\":null}";
        int count = Math.max(4, Math.min(1000, (128 << 20) / size));
        for (int i = 0; i < Math.max(3, count / 4); i++) {
            session.call("fs/readFile", params);
        }
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            Wire.Message message = session.call("fs/readFile", params);
            if (message.length < size / 3 * 4) {
                throw new IOException("short answer: " + message.length);
            }
        }
        return (double) size * count / (1 << 20) / ((System.nanoTime() - start) / 1e9);
    }

    private static double writeFile(Session session, Path file, byte[] content) throws IOException {
        String params = "{\"path\":\"" + session.variant().path(file.toString()) + "\",\"dataBase64\":\""
                + Base64.getEncoder().encodeToString(content) + "\",\"sandbox\":null}";
        int count = Math.max(4, Math.min(1000, (128 << 20) / content.length));
        for (int i = 0; i < Math.max(3, count / 4); i++) {
            session.call("fs/writeFile", params);
        }
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            session.call("fs/writeFile", params);
        }
        double rate = (double) content.length * count / (1 << 20) / ((System.nanoTime() - start) / 1e9);
        if (!Arrays.equals(Files.readAllBytes(file), content)) {
            throw new IOException("the file differs from what was written");
        }
        return rate;
    }

    private static double output(Session session, int processes, long bytesEach, boolean text) throws IOException {
        String command = text
                ? "yes 'the quick brown fox jumps over the lazy dog 0123456789' | head -c " + bytesEach
                : "head -c " + bytesEach + " /dev/zero";
        CRC32C sum = new CRC32C();
        long start = System.nanoTime();
        for (int i = 0; i < processes; i++) {
            session.start(false, false, "/bin/sh", "-c", command);
        }
        long bytes = session.drain(processes, sum);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (bytes != bytesEach * processes) {
            throw new IOException("got " + bytes + " bytes of " + bytesEach * processes);
        }
        CRC32C expected = new CRC32C();
        byte[] line =
                text ? "the quick brown fox jumps over the lazy dog 0123456789\n".getBytes(UTF_8) : new byte[1 << 16];
        for (long left = bytes; left > 0; left -= line.length) {
            expected.update(line, 0, (int) Math.min(line.length, left));
        }
        if (expected.getValue() != sum.getValue()) {
            throw new IOException("content differs");
        }
        return bytes / (double) (1 << 20) / seconds;
    }

    private static double withProcesses(Server server, Session session) throws IOException {
        for (int i = 0; i < 200; i++) {
            session.start(false, false, "/bin/sleep", "60");
            session.anyAnswer();
        }
        return server.status("VmRSS") / 1024.0;
    }

    private static double withConnections(Server server) throws IOException {
        List<Session> sessions = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            sessions.add(server.connect());
        }
        double rss = server.status("VmRSS") / 1024.0;
        for (Session session : sessions) {
            session.close();
        }
        return rss;
    }

    static double median(double[] samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
