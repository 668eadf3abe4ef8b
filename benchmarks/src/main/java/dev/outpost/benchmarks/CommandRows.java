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
 * is given. What is given to {@code sha256sum} is shown to be right, at the pace of that program, for which there is a row
 * without Outpost; {@code openssl} does the same faster, and {@code wc} is faster than the way to it. A run in which a byte
 * is missing, too many or different fails.
 */
final class CommandRows {
    private static final int BYTES = 1 << 30;
    private static final int BUFFER = 256 << 10;
    private static final double BAR = 250;
    private static final Path NULL = Path.of("/dev/null");
    private static final String[] SHA256SUM = {"sha256sum"};
    private static final String[] OPENSSL = {"openssl", "dgst", "-sha256"};

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
                    "openssl dgst -sha256 <",
                    remote,
                    (program, environment) ->
                            sum(scratch, exec(program, environment, scratch.file(BYTES), Redirect.PIPE, OPENSSL))));
            rows.add(row(
                    "sha256sum <",
                    remote,
                    (program, environment) ->
                            sum(scratch, exec(program, environment, scratch.file(BYTES), Redirect.PIPE, SHA256SUM))));
        }
        rows.add(most("sha256sum < without Outpost", "MiB/s", _ -> sum(scratch, alone(scratch.file(BYTES), SHA256SUM)))
                .forOursOnly());
        rows.add(most(
                        "openssl dgst -sha256 < without Outpost",
                        "MiB/s",
                        _ -> sum(scratch, alone(scratch.file(BYTES), OPENSSL)))
                .forOursOnly());
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

    /** How fast a program that was just started got to the sum of what it was given. */
    private static double sum(Scratch scratch, Process process) throws IOException {
        long start = System.nanoTime();
        String answer = new String(process.getInputStream().readAllBytes(), US_ASCII);
        double rate = rateSince(start);
        end(process);
        String expected = sha256(Files.newInputStream(scratch.file(BYTES)));
        if (!answer.contains(expected)) {
            throw new IOException("the sum " + answer + "is not " + expected);
        }
        return rate;
    }

    private static Process alone(Path stdin, String... words) throws IOException {
        return new ProcessBuilder(words)
                .redirectInput(stdin.toFile())
                .redirectError(Redirect.INHERIT)
                .start();
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
