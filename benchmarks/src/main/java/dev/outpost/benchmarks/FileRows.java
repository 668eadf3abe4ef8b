package dev.outpost.benchmarks;

import static dev.outpost.benchmarks.Scenario.most;
import static dev.outpost.benchmarks.Scenario.overWebSocket;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reading and writing whole files, one after the other. */
final class FileRows {
    private static final byte[] DATA = "\"dataBase64\":\"".getBytes(US_ASCII);
    private static final byte[] QUOTE = {'"'};

    private FileRows() {}

    static List<Scenario> all(Scratch scratch) {
        List<Scenario> rows = new ArrayList<>();
        add(rows, scratch, "4 KiB", 4 << 10, null);
        add(rows, scratch, "1 MiB", 1 << 20, Bar.atLeastOfPeer(1.4));
        add(rows, scratch, "32 MiB", 32 << 20, Bar.atLeastOfPeer(1.8));
        return rows;
    }

    private static void add(List<Scenario> rows, Scratch scratch, String label, int size, @Nullable Bar bar) {
        Scenario read =
                most("readFile " + label, "MiB/s", overWebSocket((server, session) -> read(session, scratch, size)));
        Scenario write =
                most("writeFile " + label, "MiB/s", overWebSocket((server, session) -> write(session, scratch, size)));
        rows.add(bar == null ? read : read.with(bar));
        rows.add(bar == null ? write : write.with(bar));
    }

    private static double read(Session session, Scratch scratch, int size) throws IOException {
        String params =
                "{\"path\":\"" + session.variant().path(scratch.file(size).toString()) + "\",\"sandbox\":null}";
        int encoded = (size + 2) / 3 * 4;
        checkContent(session.call("fs/readFile", params), Scratch.content(size));
        return rate(size, () -> {
            Wire.Message message = session.call("fs/readFile", params);
            if (message.length < encoded) {
                throw new IOException("an answer of " + message.length + " bytes can't hold " + encoded);
            }
        });
    }

    private static void checkContent(Wire.Message message, byte[] expected) throws IOException {
        int from = message.indexOf(DATA, 0, Math.min(message.length, 1024));
        if (from < 0) {
            throw new IOException("an answer without dataBase64: " + message);
        }
        int to = message.indexOf(QUOTE, from + DATA.length, message.length);
        byte[] received = Base64.getDecoder().decode(Arrays.copyOfRange(message.bytes, from + DATA.length, to));
        if (!Arrays.equals(received, expected)) {
            throw new IOException("what was read differs from the file");
        }
    }

    private static double write(Session session, Scratch scratch, int size) throws IOException {
        Path file = scratch.target("written-" + size);
        byte[] content = Scratch.content(size);
        byte[] request = Session.prepare(
                "fs/writeFile",
                "{\"path\":\"" + session.variant().path(file.toString()) + "\",\"dataBase64\":\""
                        + Base64.getEncoder().encodeToString(content) + "\",\"sandbox\":null}");
        double rate = rate(size, () -> session.call(request));
        if (!Arrays.equals(Files.readAllBytes(file), content)) {
            throw new IOException("the file differs from what was written");
        }
        Files.delete(file);
        return rate;
    }

    /** MiB a second, after a quarter as many for warming up. */
    private static double rate(int size, Samples.Step step) throws IOException {
        int count = Math.clamp((128 << 20) / size, 4, 1000);
        for (int i = 0; i < Math.max(3, count / 4); i++) {
            step.run();
        }
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            step.run();
        }
        return (double) size * count / (1 << 20) / Samples.secondsSince(start);
    }
}
