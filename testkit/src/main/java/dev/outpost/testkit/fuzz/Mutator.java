package dev.outpost.testkit.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Makes inputs from other inputs: changes of bytes, of runs of bytes, and of the words and brackets that text is made of,
 * so that much of what comes out still gets past the first checks. The same seed gives the same inputs. For one thread.
 */
public final class Mutator {
    /** Longest input. */
    private static final int MAX_LENGTH = 16 * 1024;
    /** Strings, numbers, words and single characters: near enough to what JSON, URIs and header fields consist of. */
    private static final Pattern TOKEN =
            Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|[0-9.eE+-]+|[A-Za-z]+|.", Pattern.DOTALL);

    private static final List<String> NUMBERS = List.of(
            "0",
            "-0",
            "-1",
            "1.0",
            "1e5",
            "1e999",
            "127",
            "128",
            "255",
            "256",
            "65535",
            "65536",
            "2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775809",
            "18446744073709551616");

    private final Random random;
    private final List<byte[]> seeds;
    private final List<String> words;

    /**
     * A source of inputs.
     *
     * @param seeds what to start from; not empty
     * @param words what inputs consist of; may be empty
     */
    public Mutator(long seed, List<byte[]> seeds, List<byte[]> words) {
        random = new Random(seed);
        this.seeds = List.copyOf(seeds);
        List<String> all = new ArrayList<>(NUMBERS);
        words.forEach(word -> all.add(new String(word, ISO_8859_1)));
        this.words = List.copyOf(all);
    }

    /** The next input; nobody else has it. */
    public byte[] next() {
        if (random.nextInt(50) == 0) {
            return noise(random.nextInt(64));
        }
        byte[] input = seed();
        int changes = 1;
        while (changes < 8 && random.nextInt(3) > 0) {
            changes++;
        }
        for (int i = 0; i < changes; i++) {
            input = random.nextInt(3) == 0 ? changeBytes(input) : changeTokens(input);
        }
        return input.length > MAX_LENGTH ? Arrays.copyOf(input, MAX_LENGTH) : input;
    }

    private byte[] seed() {
        return seeds.get(random.nextInt(seeds.size()));
    }

    private byte[] noise(int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }

    private byte[] changeBytes(byte[] input) {
        int at = random.nextInt(input.length + 1);
        int end = at + random.nextInt(Math.min(16, input.length - at) + 1);
        return switch (random.nextInt(6)) {
            case 0 -> flipped(input, at);
            case 1 -> replaced(input, at, end, noise(end - at));
            case 2 -> replaced(input, at, at, noise(1 + random.nextInt(4)));
            case 3 -> replaced(input, at, end, new byte[0]);
            case 4 -> Arrays.copyOf(input, at);
            default -> replaced(input, at, input.length, tail(seed()));
        };
    }

    private byte[] flipped(byte[] input, int at) {
        byte[] flipped = input.clone();
        if (at < flipped.length) {
            flipped[at] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    private byte[] tail(byte[] other) {
        return Arrays.copyOfRange(other, random.nextInt(other.length + 1), other.length);
    }

    private static byte[] replaced(byte[] input, int from, int to, byte[] by) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(input.length + by.length);
        out.write(input, 0, from);
        out.writeBytes(by);
        out.write(input, to, input.length - to);
        return out.toByteArray();
    }

    private byte[] changeTokens(byte[] input) {
        List<String> tokens = tokens(input);
        if (tokens.isEmpty()) {
            return word().getBytes(ISO_8859_1);
        }
        int at = random.nextInt(tokens.size());
        int other = random.nextInt(tokens.size());
        String token = tokens.get(at);
        switch (random.nextInt(8)) {
            case 0 -> tokens.remove(at);
            case 1 -> tokens.add(at, word());
            case 2 -> tokens.set(at, word());
            case 3 -> tokens.set(at, tokens.get(other));
            case 4 -> {
                tokens.set(at, tokens.get(other));
                tokens.set(other, token);
            }
            case 5 -> tokens.add(at, token.repeat(1 + random.nextInt(random.nextInt(8) == 0 ? 200 : 3)));
            case 6 -> {
                List<String> run = List.copyOf(tokens.subList(Math.min(at, other), Math.max(at, other)));
                tokens.addAll(at, run.size() > 64 ? run.subList(0, 64) : run);
            }
            default -> {
                List<String> others = tokens(seed());
                if (!others.isEmpty()) {
                    tokens.set(at, others.get(random.nextInt(others.size())));
                }
            }
        }
        return String.join("", tokens).getBytes(ISO_8859_1);
    }

    private String word() {
        return words.get(random.nextInt(words.size()));
    }

    private static List<String> tokens(byte[] input) {
        int length = Math.min(input.length, MAX_LENGTH);
        String text = new String(input, 0, length, ISO_8859_1);
        return new ArrayList<>(
                TOKEN.matcher(text).results().map(MatchResult::group).toList());
    }
}
