package dev.outpost.benchmarks;

import static dev.outpost.benchmarks.Scenario.most;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * A large file through {@code outpost exec}, from the start of the program to its end: what a command prints, and what it
 * is given. {@code sha256sum} shows that what it is given is right, and is slower than the way to it; {@code wc} is not. A
 * run in which a byte is missing, too many or different fails.
 */
final class CommandRows {
    private static final int BYTES = 1 << 30;
    private static final int BUFFER = 256 << 10;
    private static final double BAR = 250;
    private static final Path NULL = Path.of("/dev/null");

    private CommandRows() {}

    /** Measures once, in an environment that is named by its id or its URL; returns MiB a second. */
    @FunctionalInterface
    private interface Command {
        double rate(String program, String environment) throws IOException;
    }

    static List<Scenario> all(Scratch scratch) {
        List<Scenario> rows = new ArrayList<>();
        for (boolean remote : new boolean[] {false, true}) {
            rows.add(row("cat", remote, (program, environment) -> cat(program, environment, scratch.file(BYTES))));
            rows.add(row("wc -c <", remote, (program, environment) -> wc(program, environment, scratch.file(BYTES))));
            rows.add(row(
                    "sha256sum <",
                    remote,
                    (program, environment) -> sha256sum(program, environment, scratch.file(BYTES))));
        }
        return List.copyOf(rows);
    }

    private static Scenario row(String name, boolean remote, Command command) {
        return most(
                        "outpost exec -- " + name + (remote ? ", remote" : ", local"),
                        "MiB/s",
                        variant -> rate(variant, remote, command))
                .with(Bar.atLeast(BAR))
                .forOursOnly();
    }

    private static double rate(Variant variant, boolean remote, Command command) throws IOException {
        String program = variant.webSocket().getFirst();
        if (!remote) {
            return command.rate(program, "local");
        }
        try (Server server = Server.webSocket(variant)) {
            return command.rate(program, server.url());
        }
    }

    /** To nowhere, as fast as it comes; and once more, for its sum. */
    private static double cat(String program, String environment, Path file) throws IOException {
        String[] words = {"cat", file.toString()};
        long start = System.nanoTime();
        end(exec(program, environment, NULL, Redirect.DISCARD, words));
        double rate = rateSince(start);
        Process again = exec(program, environment, NULL, Redirect.PIPE, words);
        long sum = sum(again.getInputStream());
        end(again);
        if (sum != sum(Files.newInputStream(file))) {
            throw new IOException("other bytes came out than are in " + file);
        }
        return rate;
    }

    private static double wc(String program, String environment, Path file) throws IOException {
        long start = System.nanoTime();
        Process process = exec(program, environment, file, Redirect.PIPE, "wc", "-c");
        String answer = new String(process.getInputStream().readAllBytes(), US_ASCII);
        double rate = rateSince(start);
        end(process);
        if (!answer.equals(BYTES + "\n")) {
            throw new IOException("wc answered " + answer + "instead of " + BYTES);
        }
        return rate;
    }

    private static double sha256sum(String program, String environment, Path file) throws IOException {
        long start = System.nanoTime();
        Process process = exec(program, environment, file, Redirect.PIPE, "sha256sum");
        String answer = new String(process.getInputStream().readAllBytes(), US_ASCII);
        double rate = rateSince(start);
        end(process);
        String expected = sha256(Files.newInputStream(file));
        if (!answer.startsWith(expected)) {
            throw new IOException("sha256sum answered " + answer + "instead of " + expected);
        }
        return rate;
    }

    private static double rateSince(long start) {
        return (BYTES >> 20) / Samples.secondsSince(start);
    }

    private static Process exec(String program, String environment, Path stdin, Redirect stdout, String... words)
            throws IOException {
        return new ProcessBuilder(Stream.concat(Stream.of(program, "exec", "-e", environment, "--"), Stream.of(words))
                        .toList())
                .redirectInput(stdin.toFile())
                .redirectOutput(stdout)
                .redirectError(Redirect.INHERIT)
                .start();
    }

    private static void end(Process process) throws IOException {
        int code;
        try {
            code = process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (code != 0) {
            throw new IOException("the command ended with code " + code);
        }
    }

    private static long sum(InputStream bytes) throws IOException {
        Checksum sum = new CRC32C();
        read(bytes, sum::update);
        return sum.getValue();
    }

    private static String sha256(InputStream bytes) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
        read(bytes, digest::update);
        return HexFormat.of().formatHex(digest.digest());
    }

    @FunctionalInterface
    private interface Taker {
        void take(byte[] bytes, int offset, int length);
    }

    private static void read(InputStream bytes, Taker taker) throws IOException {
        try (bytes) {
            byte[] buffer = new byte[BUFFER];
            for (int count = bytes.read(buffer); count >= 0; count = bytes.read(buffer)) {
                taker.take(buffer, 0, count);
            }
        }
    }
}
