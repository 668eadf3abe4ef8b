package dev.outpost.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Spec({"W31", "W32"})
class JsonTextTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void agreesWithTheJdkOnWhatIsUtf8(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = almostUtf8(random);
            assertThat(JsonText.flaw(bytes, bytes.length) == null).isEqualTo(isUtf8(bytes));
        }
    }

    @Test
    void looksOnlyAtTheGivenLength() {
        byte[] bytes = {'"', 'a', '"', (byte) 0xFF};
        assertThat(JsonText.flaw(bytes, 3)).isNull();
        assertThat(JsonText.flaw(bytes, 4)).isEqualTo("invalid unicode code point at line 1 column 4");
    }

    @Test
    void findsFlawsBehindLongPlainText() {
        for (int plain = 0; plain < 40; plain++) {
            String text = "x".repeat(plain) + "\\udc00";
            assertThat(flaw(text)).startsWith("lone leading surrogate");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "\\ud83d\\ude00,",
        "\\uD83D\\uDE00\\u0041,",
        "\\\\ud800,",
        "\\u12g4,",
        "\\u12,",
        "\\x,",
        "\\ud800,unexpected end of hex escape at line 1 column 6",
        "ab\\ud800x,unexpected end of hex escape at line 1 column 8",
        "\\ud800\\n,unexpected end of hex escape at line 1 column 6",
        "\\udc00,lone leading surrogate in hex escape at line 1 column 6",
        "\\ud800\\u0041,lone leading surrogate in hex escape at line 1 column 6",
        "\\ud800\\ud800,lone leading surrogate in hex escape at line 1 column 6",
    })
    void wantsEscapedSurrogatesInPairs(String text, String flaw) {
        assertThat(flaw(text)).isEqualTo(flaw);
    }

    @Test
    void refusesAByteOrderMark() {
        assertThat(flaw("\ufeff{}")).isEqualTo("expected value at line 1 column 1");
        assertThat(flaw("{\ufeff}")).isNull(); // Left to the parser.
    }

    @Test
    void countsLines() {
        assertThat(JsonText.place("ab\ncd\n".getBytes(UTF_8), 5)).isEqualTo(" at line 2 column 2");
        assertThat(JsonText.place(new byte[0], 0)).isEqualTo(" at line 1 column 0");
    }

    private static @Nullable String flaw(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return JsonText.flaw(bytes, bytes.length);
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException _) {
            return false;
        }
    }

    /** A valid text, in most cases with one byte changed; no backslashes and no byte order mark at the beginning. */
    private static byte[] almostUtf8(Random random) {
        StringBuilder text = new StringBuilder("x");
        int length = random.nextInt(20);
        for (int i = 0; i < length; i++) {
            int c = random.nextInt(random.nextBoolean() ? 0x80 : 0x110000);
            text.appendCodePoint(c == '\\' || (c >= 0xD800 && c < 0xE000) ? 'y' : c);
        }
        byte[] bytes = text.toString().getBytes(UTF_8);
        if (random.nextInt(4) > 0) {
            byte b = (byte) random.nextInt(256);
            bytes[random.nextInt(bytes.length)] = b == '\\' ? 0 : b;
        }
        return bytes;
    }
}
