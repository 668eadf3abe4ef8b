package dev.outpost.transport.stdio;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.testkit.Spec;
import dev.outpost.transport.InboundBudget;
import dev.outpost.transport.MessageBuffer;
import dev.outpost.transport.stdio.LineDecoder.Found;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineDecoderTest {
    private static final int LIMIT = 20;

    private final MessageBuffer message = new MessageBuffer(LIMIT, new InboundBudget(LIMIT));

    @ParameterizedTest
    @Spec({"W17", "W18", "N14d"})
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "a#b#|a,b,",
                "a~#b~~#|a,b~,",
                "#~# %#a#|a,",
                " a #| a ,",
                "a#last|a,last,",
                "a#last~|a,last,",
                "a#  |a,",
                "12345678901234567890#b#|12345678901234567890,b,",
                "123456789012345678901#b#|>12345678901234567890,b,",
                "12345678901234567890123456789#é#|>12345678901234567890,é,",
                "123456789012345678901|>12345678901234567890,"
            })
    void splitsLinesInPiecesOfAnySize(String input, String expected) throws ProtocolException {
        byte[] bytes =
                input.replace('#', '\n').replace('~', '\r').replace('%', '\t').getBytes(UTF_8);
        for (int piece = 1; piece <= bytes.length; piece++) {
            String found = String.join("", decode(bytes, piece));
            assertThat(found.replace('\r', '~')).as("in pieces of %d", piece).isEqualTo(expected);
            message.clear();
        }
    }

    @ParameterizedTest
    @Spec({"W17"})
    @ValueSource(longs = {1, 2, 3})
    void randomLinesInRandomPiecesComeOutAsTheyWere(long seed) throws ProtocolException {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            StringBuilder input = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            for (int i = random.nextInt(10); i > 0; i--) {
                String line = "x€é".repeat(1 + random.nextInt(3));
                input.append(line).append(random.nextBoolean() ? "\r\n" : "\n");
                expected.append(line).append(',');
            }
            byte[] bytes = input.toString().getBytes(UTF_8);
            assertThat(String.join("", decode(bytes, 1 + random.nextInt(30)))).isEqualTo(expected.toString());
        }
    }

    @ParameterizedTest
    @Spec({"W19"})
    @ValueSource(strings = {"\u00C3\n", "ok\n\u00FF", "\u00C3"})
    void refusesWhatIsNotUtf8(String input) {
        assertThatThrownBy(() -> decode(input.getBytes(ISO_8859_1), 1))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("UTF-8");
    }

    /** Each line with a comma behind it; an oversized one with {@code >} in front. */
    private List<String> decode(byte[] bytes, int piece) throws ProtocolException {
        List<String> found = new ArrayList<>();
        LineDecoder lines = new LineDecoder(message);
        for (int at = 0; at < bytes.length; at += piece) {
            byte[] chunk = Arrays.copyOfRange(bytes, at, Math.min(at + piece, bytes.length));
            lines.feed(chunk, chunk.length);
            for (Found next = lines.next(); next != Found.NOTHING; next = lines.next()) {
                found.add((next == Found.OVERSIZED ? ">" : "") + take(lines));
            }
        }
        if (lines.last()) {
            found.add(take(lines));
        }
        return found;
    }

    private String take(LineDecoder lines) {
        return new String(message.take(), 0, lines.length(), UTF_8) + ",";
    }
}
