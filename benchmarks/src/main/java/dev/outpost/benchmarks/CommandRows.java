package dev.outpost.benchmarks;

import static dev.outpost.benchmarks.Scenario.most;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A large file through {@code outpost exec}, from the start of the program to its end: what a command prints, and what it
 * is given. A run in which a byte is missing, too many or different fails.
 */
final class CommandRows {
    private static final int BYTES = 512 << 20;
    private static final int BUFFER = 256 << 10;
    private static final double BAR = 250;

    private CommandRows() {}

    static List<Scenario> all(Scratch scratch) {
        List<Scenario> rows = new ArrayList<>();
        for (boolean remote : new boolean[] {false, true}) {
            String where = remote ? ", remote" : ", local";
            rows.add(most("outpost exec -- cat" + where, "MiB/s", variant -> rate(variant, remote, scratch, true))
                    .with(Bar.atLeast(BAR))
                    .forOursOnly());
            rows.add(most(
                            "outpost exec -- sha256sum <" + where,
                            "MiB/s",
                            variant -> rate(variant, remote, scratch, false))
                    .with(Bar.atLeast(BAR))
                    .forOursOnly());
        }
        return List.copyOf(rows);
    }

    private static double rate(Variant variant, boolean remote, Scratch scratch, boolean output) throws IOException {
        Path file = scratch.file(BYTES);
        if (!remote) {
            return output ? cat(variant, "local", file) : sha256sum(variant, "local", file);
        }
        try (Server server = Server.webSocket(variant)) {
            return output ? cat(variant, server.url(), file) : sha256sum(variant, server.url(), file);
        }
    }

    private static double cat(Variant variant, String environment, Path file) throws IOException {
        long expected = sum(Redirect.from(file.toFile()), "cat");
        long start = System.nanoTime();
        long sum = sum(
                Redirect.from(Path.of("/dev/null").toFile()),
                variant.webSocket().getFirst(),
                "exec",
                "-e",
                environment,
                "--",
                "cat",
                file.toString());
        double seconds = Samples.secondsSince(start);
        if (sum != expected) {
            throw new IOException("other bytes came out than are in " + file);
        }
        return (double) (BYTES >> 20) / seconds;
    }

    private static long sum(Redirect stdin, String... command) throws IOException {
        CRC32C sum = new CRC32C();
        Process process = start(stdin, command);
        try (InputStream output = process.getInputStream()) {
            byte[] buffer = new byte[BUFFER];
            for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
                sum.update(buffer, 0, count);
            }
        }
        return sum.getValue();
    }

    private static double sha256sum(Variant variant, String environment, Path file) throws IOException {
        String expected = HexFormat.of().formatHex(sha256().digest(Scratch.content(BYTES)));
        long start = System.nanoTime();
        Process process = start(
                Redirect.from(file.toFile()),
                variant.webSocket().getFirst(),
                "exec",
                "-e",
                environment,
                "--",
                "sha256sum");
        String answer = new String(process.getInputStream().readAllBytes(), US_ASCII);
        double seconds = Samples.secondsSince(start);
        if (!answer.startsWith(expected)) {
            throw new IOException("sha256sum answered " + answer + "instead of " + expected);
        }
        return (double) (BYTES >> 20) / seconds;
    }

    private static Process start(Redirect stdin, String... command) throws IOException {
        return new ProcessBuilder(command)
                .redirectInput(stdin)
                .redirectError(Redirect.INHERIT)
                .start();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
