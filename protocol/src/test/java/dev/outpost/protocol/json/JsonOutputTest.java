package dev.outpost.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

class JsonOutputTest {
    private static final JsonFactory JACKSON = new JsonFactory();

    private final JsonOutput out = new JsonOutput();

    @Test
    @Spec("W33")
    void escapesAsTheReferenceDoes() {
        out.string("\"\\\b\f\n\r\t\u0000\u001f/\u007f");
        assertThat(written()).isEqualTo("\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f/\u007f\"");
    }

    @Test
    void writesLoneSurrogatesAsReplacementCharacters() {
        out.string("a\ud800b\udc00\ud83d");
        assertThat(written()).isEqualTo("\"a\ufffdb\ufffd\ufffd\"");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 9, 10, -1, 4711, Long.MAX_VALUE, Long.MIN_VALUE})
    void writesNumbers(long value) {
        assertThat(out.number(value).size()).isEqualTo(written().length());
        assertThat(written()).isEqualTo(Long.toString(value));
    }

    @Test
    void writesLiterals() {
        out.bool(true).raw(",").bool(false).raw(",").stringOrNull(null).raw(",").stringOrNull("x");
        assertThat(written()).isEqualTo("true,false,null,\"x\"");
    }

    @Test
    void appendsRanges() {
        out.raw("[1,2]".getBytes(UTF_8), 1, 3).raw("]".getBytes(UTF_8));
        assertThat(written()).isEqualTo("1,2]");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyStringComesBackFromAnotherParser(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            String text = randomText(random, random.nextInt(200));
            out.reset();
            out.string(text);
            try (JsonParser parser = JACKSON.createParser(ObjectReadContext.empty(), out.array(), 0, out.size())) {
                parser.nextToken();
                // What UTF-16 can't say is replaced on the way, exactly as the JDK replaces it.
                assertThat(parser.getString()).isEqualTo(wellFormed(text));
                assertThat(parser.nextToken()).isNull();
            }
        }
    }

    @ParameterizedTest
    @Spec("W36")
    @CsvSource({"0", "1", "2", "3", "12287", "12288", "12289", "65535", "65536", "65537", "200000"})
    void encodesBase64(int length) {
        byte[] bytes = randomBytes(length);
        out.raw("x").base64(bytes);
        assertThat(written()).isEqualTo("x\"" + Base64.getEncoder().encodeToString(bytes) + "\"");
    }

    @Test
    void base64OfPartsIsThatOfTheWhole() {
        byte[] bytes = randomBytes(100_000);
        int at = 0;
        for (int part : new int[] {3, 0, 30_000, 12_288, 57_708}) {
            out.base64Part(bytes, at, part);
            at += part;
        }
        out.base64Part(bytes, at, bytes.length - at);
        assertThat(written()).isEqualTo(Base64.getEncoder().encodeToString(bytes));
    }

    @Test
    void resetForgetsTheContentAndGivesALargeBufferBack() {
        byte[] large = new byte[1024 * 1024 + 1];
        Arrays.fill(large, (byte) '1');
        out.raw(large);
        out.reset();
        assertThat(out.size()).isZero();
        assertThat(out.array()).hasSizeLessThan(1024 * 1024);
        out.raw("2");
        assertThat(written()).isEqualTo("2");
    }

    @Test
    void resetKeepsASmallBuffer() {
        out.raw(new byte[100_000]);
        byte[] buffer = out.array();
        out.reset();
        assertThat(out.array()).isSameAs(buffer);
    }

    private String written() {
        return new String(out.array(), 0, out.size(), UTF_8);
    }

    private static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static String wellFormed(String text) {
        StringBuilder result = new StringBuilder();
        text.codePoints()
                .forEach(c -> result.appendCodePoint(Character.getType(c) == Character.SURROGATE ? 0xFFFD : c));
        return result.toString();
    }

    private static String randomText(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            switch (random.nextInt(5)) {
                case 0 -> text.append((char) random.nextInt(0x80));
                case 1 -> text.append((char) random.nextInt(0x10000));
                case 2 -> text.append((char) (0xD800 + random.nextInt(0x800)));
                case 3 -> text.appendCodePoint(0x10000 + random.nextInt(0x100000));
                default -> text.append("ordinary");
            }
        }
        return text.toString();
    }
}
