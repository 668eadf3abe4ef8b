package dev.outpost.protocol.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.testkit.Spec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Spec("W36")
class StandardBase64Test {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void decodesWhatTheJdkEncoded(long seed) throws RpcException {
        Random random = new Random(seed);
        for (int length = 0; length < 300; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            assertThat(decode(Base64.getEncoder().encodeToString(bytes))).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @Spec("W68")
    @CsvSource(
            delimiter = '|',
            value = {
                "!! | Invalid symbol 33, offset 0.",
                "!!!! | Invalid symbol 33, offset 0.",
                "_-8= | Invalid symbol 95, offset 0.",
                "YQ | Invalid padding",
                "AAA | Invalid padding",
                "AA= | Invalid padding",
                "A | Invalid input length: 1",
                "AAAAA | Invalid input length: 5",
                "AR== | Invalid last symbol 82, offset 1.",
                "AAB= | Invalid last symbol 66, offset 2.",
                "AAAAAR== | Invalid last symbol 82, offset 5.",
                "=AAA | Invalid symbol 61, offset 0.",
                "A=AA | Invalid symbol 61, offset 1.",
                "AA=A | Invalid symbol 61, offset 2.",
                "AA==AAAA | Invalid symbol 61, offset 2.",
                "AAAA==== | Invalid symbol 61, offset 4.",
                "AAAA= | Invalid symbol 61, offset 4.",
                "AA AA | Invalid symbol 32, offset 2.",
                "A=== | Invalid symbol 61, offset 1.",
                "== | Invalid symbol 61, offset 0.",
                "\u00e9AAA | Invalid symbol 195, offset 0.",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!AAAAAAAA | Invalid symbol 33, offset 47.",
            })
    void textsOfTheReference(String text, String message) {
        assertThatThrownBy(() -> decode(text)).isInstanceOf(RpcException.class).hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"AAAA\n", "\nAAA", "AA\r\n"})
    void blanksAreNotSkipped(String text) {
        assertThatThrownBy(() -> decode(text))
                .isInstanceOf(RpcException.class)
                .hasMessageStartingWith("Invalid symbol");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4095, 4096, 8191, 20_000, 39_995})
    void oneBadSymbolIsFoundAnywhereInALongText(int offset) throws RpcException {
        char[] symbols = "QUJD".repeat(10_000).toCharArray();
        assertThat(decode(new String(symbols))).isEqualTo("ABC".repeat(10_000).getBytes(UTF_8));
        symbols[offset] = '=';
        assertThatThrownBy(() -> decode(new String(symbols))).hasMessage("Invalid symbol 61, offset " + offset + ".");
    }

    /** What is accepted is exactly what encodes back to itself. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void acceptsOnlyTheCanonicalForm(long seed) {
        Random random = new Random(seed);
        String symbols = "AQgwZaz09+/===-_ \n";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(13); i > 0; i--) {
                text.append(symbols.charAt(random.nextInt(symbols.length())));
            }
            boolean canonical = isCanonical(text.toString());
            try {
                decode(text.toString());
                assertThat(canonical).as(text.toString()).isTrue();
            } catch (RpcException e) {
                if (canonical) {
                    fail(text + " refused: " + e.getMessage());
                }
            }
        }
    }

    private static boolean isCanonical(String text) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            return Base64.getEncoder().encodeToString(bytes).equals(text);
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static byte[] decode(String text) throws RpcException {
        byte[] around = ("\"" + text + "\"").getBytes(UTF_8);
        byte[] copy = around.clone();
        RpcException failure = null;
        int size = -1;
        try {
            size = StandardBase64.decodeInPlace(new JsonSlice(copy, 1, copy.length - 1));
        } catch (RpcException e) {
            failure = e;
        }
        try {
            byte[] decoded = StandardBase64.decode(new JsonSlice(around, 1, around.length - 1));
            assertThat(Arrays.copyOfRange(copy, 1, 1 + size)).isEqualTo(decoded);
            return decoded;
        } catch (RpcException e) {
            assertThat(failure).isNotNull().hasMessage(e.getMessage());
            throw e;
        }
    }
}
