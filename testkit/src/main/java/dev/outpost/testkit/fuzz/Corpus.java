package dev.outpost.testkit.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * The kept inputs of a test, and the words that such inputs consist of: two text files, one input or word a line, in which
 * {@code \n}, {@code \r}, {@code \t}, {@code \\} and {@code \xNN} stand for bytes. Empty lines and those that begin with
 * {@code #} are none.
 */
final class Corpus {
    private static final HexFormat HEX = HexFormat.of();

    private Corpus() {}

    /** Name of the resource that has the inputs of a test. */
    static String file(Class<?> test) {
        return "fuzz/" + test.getSimpleName() + ".txt";
    }

    /** The kept inputs of a test. */
    static List<byte[]> inputs(Class<?> test) {
        return load(test, "/" + file(test));
    }

    /** The words that inputs of a test consist of. */
    static List<byte[]> words(Class<?> test) {
        return load(test, "/fuzz/" + test.getSimpleName() + ".words");
    }

    private static List<byte[]> load(Class<?> test, String resource) {
        try (InputStream in = Objects.requireNonNull(test.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), ISO_8859_1)
                    .lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .map(Corpus::input)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The input that a line stands for. */
    static byte[] input(String line) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(line.length());
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c != '\\') {
                bytes.write(c);
                continue;
            }
            char escape = line.charAt(++i);
            switch (escape) {
                case 'n' -> bytes.write('\n');
                case 'r' -> bytes.write('\r');
                case 't' -> bytes.write('\t');
                case '\\' -> bytes.write('\\');
                case 'x' -> {
                    bytes.write(HexFormat.fromHexDigits(line, i + 1, i + 3));
                    i += 2;
                }
                default -> throw new IllegalArgumentException("unknown escape \\" + escape + " in " + line);
            }
        }
        return bytes.toByteArray();
    }

    /** The line that stands for an input. */
    static String line(byte[] input) {
        StringBuilder line = new StringBuilder(input.length);
        for (int i = 0; i < input.length; i++) {
            byte b = input[i];
            boolean edge = i == 0 || i == input.length - 1;
            switch (b) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                case '\\' -> line.append("\\\\");
                default -> {
                    boolean plain = b > ' ' && b < 0x7F && (b != '#' || i > 0);
                    line.append(plain || (b == ' ' && !edge) ? String.valueOf((char) b) : "\\x" + HEX.toHexDigits(b));
                }
            }
        }
        return line.toString();
    }
}
