package dev.outpost.benchmarks;

import static dev.outpost.benchmarks.Scenario.least;
import static dev.outpost.benchmarks.Scenario.most;
import static dev.outpost.benchmarks.Scenario.overStdio;
import static dev.outpost.benchmarks.Scenario.overWebSocket;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Output of processes. What arrived is counted and summed for each process, and a run in which a byte is missing, too
 * many, different or in another place fails.
 */
final class OutputRows {
    private static final int BLOCK = 64 << 10;
    private static final int EACH = 32 << 20;
    private static final int EIGHT = 8;
    private static final String LINE = "the quick brown fox jumps over the lazy dog 0123456789";

    private OutputRows() {}

    static List<Scenario> all(Scratch scratch) {
        return List.of(
                most(
                                "output, one process, zeros",
                                "MiB/s",
                                overWebSocket((server, session) -> rate(session, zeros(256))))
                        .with(Bar.atLeastOfPeer(1.3)),
                most("output, one process, text", "MiB/s", overWebSocket((server, session) -> rate(session, text(256))))
                        .with(Bar.atLeastOfPeer(1.3)),
                most(
                                "output, eight processes",
                                "MiB/s",
                                overWebSocket((server, session) -> rate(session, eight(scratch))))
                        .with(Bar.atLeastOfPeer(1.3)),
                most(
                        "output, one process, zeros, stdio",
                        "MiB/s",
                        overStdio((server, session) -> rate(session, zeros(256)))),
                least("output CPU, one process", "s/GB", overWebSocket((server, session) -> {
                            rate(session, zeros(64));
                            return cpu(server, session, zeros(512));
                        }))
                        .with(Bar.atMostOfPeer(0.75)),
                least("output CPU, eight processes", "s/GB", overWebSocket((server, session) -> {
                            rate(session, zeros(64));
                            return cpu(server, session, eight(scratch));
                        }))
                        .with(Bar.atMostOfPeer(0.75)));
    }

    /** A command and what it writes. */
    record Writer(String command, long bytes, long sum) {}

    static List<Writer> zeros(int mebibytes) {
        long bytes = (long) mebibytes << 20;
        return List.of(new Writer("head -c " + bytes + " /dev/zero", bytes, sumOfRepeated(new byte[BLOCK], bytes)));
    }

    private static List<Writer> text(int mebibytes) {
        long bytes = (long) mebibytes << 20;
        byte[] lines = (LINE + "\n").repeat(1000).getBytes(US_ASCII);
        return List.of(new Writer("yes '" + LINE + "' | head -c " + bytes, bytes, sumOfRepeated(lines, bytes)));
    }

    private static long sumOfRepeated(byte[] block, long bytes) {
        CRC32C sum = new CRC32C();
        for (long left = bytes; left > 0; left -= block.length) {
            sum.update(block, 0, (int) Math.min(block.length, left));
        }
        return sum.getValue();
    }

    /** Each writes another part of one file, so that what got into the wrong process shows. */
    private static List<Writer> eight(Scratch scratch) throws IOException {
        int size = EACH + EIGHT * BLOCK;
        byte[] content = Scratch.content(size);
        List<Writer> writers = new ArrayList<>();
        for (int i = 0; i < EIGHT; i++) {
            String command = "exec dd if=" + scratch.file(size) + " bs=" + BLOCK + " skip=" + i + " count="
                    + EACH / BLOCK + " status=none";
            CRC32C sum = new CRC32C();
            sum.update(content, i * BLOCK, EACH);
            writers.add(new Writer(command, EACH, sum.getValue()));
        }
        return writers;
    }

    /** Runs all at once and returns MiB a second from the first start to the last close. */
    static double rate(Session session, List<Writer> writers) throws IOException {
        Map<String, Writer> running = new LinkedHashMap<>();
        Map<String, Received> received = new LinkedHashMap<>();
        long start = System.nanoTime();
        for (Writer writer : writers) {
            String id = session.start(false, false, "/bin/sh", "-c", writer.command);
            running.put(id, writer);
            received.put(id, new Received());
        }
        session.drain(received);
        double seconds = Samples.secondsSince(start);
        for (Map.Entry<String, Writer> entry : running.entrySet()) {
            check(entry.getValue(), received.getOrDefault(entry.getKey(), new Received()));
        }
        return total(writers) / (double) (1 << 20) / seconds;
    }

    private static void check(Writer writer, Received received) throws IOException {
        if (received.bytes() != writer.bytes) {
            throw new IOException("got " + received.bytes() + " of the " + writer.bytes + " bytes that this writes: "
                    + writer.command);
        }
        if (received.sum() != writer.sum) {
            throw new IOException("got other bytes, or another order, than this writes: " + writer.command);
        }
    }

    /** CPU seconds of the server itself for 10^9 bytes. */
    private static double cpu(Server server, Session session, List<Writer> writers) throws IOException {
        double before = server.cpuSeconds();
        rate(session, writers);
        return (server.cpuSeconds() - before) / (total(writers) / 1e9);
    }

    private static long total(List<Writer> writers) {
        return writers.stream().mapToLong(Writer::bytes).sum();
    }
}
