package dev.outpost.transport.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import dev.outpost.transport.RecordingHandler;
import dev.outpost.transport.RecordingHandler.Oversized;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Spec({"N14d"})
class OversizedTest extends ListenerTest {
    private static final int MIB = 1024 * 1024;

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1001})
    void aMessageAboveTheLimitIsSkippedAndTheConnectionLives(int fragments) throws Exception {
        WebSocketListener listener = listen(settings -> settings.maxMessageBytes(1000), RecordingHandler::echo);
        try (RawClient client = RawClient.upgraded(listener)) {
            byte[] limit = "a".repeat(1000).getBytes(UTF_8);
            send(client, limit, fragments);
            assertThat(client.message()).isEqualTo(new String(limit, UTF_8));
            byte[] above = "b".repeat(1001).getBytes(UTF_8);
            send(client, above, fragments);
            Oversized oversized = handler().oversized();
            assertThat(oversized.limit()).isEqualTo(1000);
            assertThat(oversized.prefix()).isEqualTo(Arrays.copyOf(above, 1000));
            assertThat(client.exchange("next")).isEqualTo("next");
        }
    }

    @Test
    void whatIsSkippedNeedNotBeUtf8() throws Exception {
        WebSocketListener listener = listen(settings -> settings.maxMessageBytes(10), RecordingHandler::echo);
        try (RawClient client = RawClient.upgraded(listener)) {
            byte[] text = "0123456789€".getBytes(UTF_8);
            text[12] = 'x';
            client.send(true, Opcode.TEXT, text);
            client.send(true, Opcode.TEXT, "123456789€".getBytes(UTF_8));
            RecordingHandler handler = handler();
            assertThat(handler.oversized().prefix()).hasSize(10);
            assertThat(handler.oversized().prefix()).hasSize(10);
            assertThat(client.exchange("next")).isEqualTo("next");
        }
    }

    @Test
    void refuses300MiBAtTheDefaultLimitWhileAnotherConnectionIsServed() throws Exception {
        WebSocketListener listener = listen(RecordingHandler::echo);
        try (RawClient large = RawClient.upgraded(listener);
                RawClient honest = RawClient.upgraded(listener)) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    large.write(RawClient.header(true, Opcode.TEXT, 300L * MIB, new byte[4]));
                    byte[] block = "x".repeat(MIB).getBytes(UTF_8);
                    for (int i = 0; i < 300; i++) {
                        large.write(block);
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            int served = 0;
            while (!sent.isDone() || served == 0) {
                assertThat(honest.exchange("honest")).isEqualTo("honest");
                served++;
            }
            sent.join();
            RecordingHandler handler = handler();
            Oversized oversized = handler.oversized();
            assertThat(oversized.limit()).isEqualTo(256 * MIB);
            assertThat(oversized.prefix().length).isEqualTo(256 * MIB);
            assertThat(large.exchange("lives")).isEqualTo("lives");
            assertThat(served).isGreaterThan(10);
        }
    }

    @Test
    void aFrameThatAnnouncesTheLargestLengthIsStreamed() throws Exception {
        WebSocketListener listener = listen(settings -> settings.maxMessageBytes(MIB), RecordingHandler::echo);
        try (RawClient client = RawClient.upgraded(listener);
                RawClient other = RawClient.upgraded(listener)) {
            client.write(RawClient.header(true, Opcode.BINARY, Long.MAX_VALUE, new byte[4]));
            byte[] block = new byte[MIB];
            for (int i = 0; i < 20; i++) {
                client.write(block);
                assertThat(other.exchange("served")).isEqualTo("served");
            }
            RecordingHandler handler = handler();
            assertThat(handler.oversized().prefix()).hasSize(MIB);
            client.reset();
            assertThat(handler.end()).containsInstanceOf(IOException.class);
        }
    }

    @Test
    void incompleteMessagesShareABudgetAndAResetGivesItBack() throws Exception {
        WebSocketListener listener = listen(settings -> settings.maxInboundBytes(7 * MIB), RecordingHandler::echo);
        try (RawClient hog = RawClient.upgraded(listener);
                RawClient other = RawClient.upgraded(listener)) {
            RecordingHandler hogs = handler();
            hog.send(false, Opcode.BINARY, new byte[3 * MIB]);
            hog.send(true, Opcode.PING, new byte[0]);
            assertThat(hog.next().opcode()).isEqualTo(Opcode.PONG);
            // 128 KiB are free and 3 MiB are taken now.
            other.send(true, Opcode.BINARY, new byte[7 * MIB]);
            RecordingHandler others = handler();
            Oversized oversized = others.oversized();
            assertThat(oversized.limit()).isEqualTo(oversized.prefix().length).isEqualTo(4 * MIB + 128 * 1024);
            String ordinary = "x".repeat(64 * 1024);
            assertThat(other.exchange(ordinary)).isEqualTo(ordinary);
            hog.reset();
            assertThat(hogs.end()).containsInstanceOf(IOException.class);
            String large = "y".repeat(3 * MIB);
            assertThat(other.exchange(large).equals(large)).isTrue();
        }
    }

    private static void send(RawClient client, byte[] payload, int fragments) throws IOException {
        int size = Math.ceilDiv(payload.length, fragments);
        for (int at = 0; at < payload.length; at += size) {
            int end = Math.min(at + size, payload.length);
            client.send(
                    end == payload.length,
                    at == 0 ? Opcode.TEXT : Opcode.CONTINUATION,
                    Arrays.copyOfRange(payload, at, end));
        }
    }
}
