package dev.outpost.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's decoder is the oracle. */
@Spec({"W15", "W19"})
class Utf8ValidatorTest {
    private static final int[] BOUNDARIES = {
        0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
        0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFF
    };

    @Test
    void agreesWithTheJdkOnAllSequencesOfFourBytesAtBoundaries() {
        byte[] bytes = new byte[4];
        int count = BOUNDARIES.length;
        for (int number = 0; number < count * count * count * count; number++) {
            for (int i = 0, rest = number; i < 4; i++, rest /= count) {
                bytes[i] = (byte) BOUNDARIES[rest % count];
            }
            if (valid(bytes, 4) != jdk(bytes)) {
                assertThat(bytes).as("the JDK says %s", jdk(bytes)).isNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void agreesWithTheJdkOnTextWithDamageInAnyPieces(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(60);
            for (int i = 0; i < length; i++) {
                int range = new int[] {0x80, 0x80, 0x800, 0xD800, 0x110000}[random.nextInt(5)];
                int codePoint = random.nextInt(range);
                text.appendCodePoint(Character.getType(codePoint) == Character.SURROGATE ? 'x' : codePoint);
            }
            byte[] bytes = text.toString().getBytes(UTF_8);
            if (bytes.length > 0 && random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            assertThat(valid(bytes, 1 + random.nextInt(12))).as("%s", text).isEqualTo(jdk(bytes));
        }
    }

    private static boolean valid(byte[] bytes, int piece) {
        Utf8Validator validator = new Utf8Validator();
        for (int at = 0; at < bytes.length; at += piece) {
            if (!validator.accept(bytes, at, Math.min(piece, bytes.length - at))) {
                return false;
            }
        }
        return validator.complete();
    }

    private static boolean jdk(byte[] bytes) {
        // What is malformed becomes U+FFFD, so it doesn't come back as it was.
        return Arrays.equals(new String(bytes, UTF_8).getBytes(UTF_8), bytes);
    }
}
