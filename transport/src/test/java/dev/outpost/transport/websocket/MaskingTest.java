package dev.outpost.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskingTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void isTheXorOfTheStandardInAnyPieces(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            byte[] key = new byte[4];
            random.nextBytes(key);
            byte[] payload = new byte[random.nextInt(100)];
            random.nextBytes(payload);
            byte[] expected = payload.clone();
            for (int i = 0; i < expected.length; i++) {
                expected[i] ^= key[i % 4];
            }
            int number = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN).getInt();
            for (int at = 0; at < payload.length; ) {
                int piece = Math.min(1 + random.nextInt(40), payload.length - at);
                Masking.apply(payload, at, piece, number, at);
                at += piece;
            }
            assertThat(payload).isEqualTo(expected);
        }
    }
}
