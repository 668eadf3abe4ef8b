package dev.outpost.transport.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.testkit.Spec;
import dev.outpost.transport.InboundBudget;
import dev.outpost.transport.MessageBuffer;
import dev.outpost.transport.websocket.MessageDecoder.Found;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages in, frames of every kind in between, and the same messages out. */
class MessageDecoderTest {
    private static final int LIMIT = 4000;

    private final MessageBuffer message = new MessageBuffer(LIMIT, new InboundBudget(1 << 20));
    private final MessageDecoder decoder = new MessageDecoder(true, message);

    /** What was found, in words that can be compared. */
    private record Event(Found found, String bytes) {}

    @ParameterizedTest
    @Spec({"W13", "N14d"})
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void randomMessagesInRandomFragmentsAndPiecesComeOutAsTheyWere(long seed) throws ProtocolException {
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            List<Event> expected = new ArrayList<>();
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            int count = 1 + random.nextInt(8);
            for (int i = 0; i < count; i++) {
                addMessage(random, wire, expected);
            }
            assertThat(decode(random, wire.toByteArray())).isEqualTo(expected);
        }
    }

    @Test
    void aServersFramesAreNotMasked() throws ProtocolException {
        MessageDecoder client = new MessageDecoder(false, message);
        ByteBuf in = Unpooled.wrappedBuffer(new byte[] {(byte) 0x81, 2, 'h', 'i'});
        assertThat(client.next(in)).isEqualTo(Found.MESSAGE);
        assertThat(new String(message.array(), 0, message.size(), UTF_8)).isEqualTo("hi");
        assertThatThrownBy(() -> client.next(Unpooled.wrappedBuffer(RawClient.frame(true, Opcode.TEXT, new byte[1]))))
                .hasMessage("masked WebSocket frame");
    }

    @Test
    @Spec({"N14d"})
    void takesLittleMemoryForWhatIsOnlyAnnounced() throws ProtocolException {
        MessageBuffer large = new MessageBuffer(MessageBuffer.MAX_LIMIT, new InboundBudget(Long.MAX_VALUE));
        MessageDecoder announced = new MessageDecoder(true, large);
        byte[] header = RawClient.header(true, Opcode.BINARY, Long.MAX_VALUE, new byte[4]);
        assertThat(announced.next(Unpooled.wrappedBuffer(header))).isEqualTo(Found.NOTHING);
        assertThat(large.array()).isEmpty();
        assertThat(announced.next(Unpooled.wrappedBuffer(new byte[10_000]))).isEqualTo(Found.NOTHING);
        assertThat(announced.insideFrame()).isTrue();
        assertThat(large.array().length).isLessThanOrEqualTo(20_000);
    }

    @Test
    @Spec({"W15"})
    void refusesALengthWithTheHighestBit() {
        byte[] header = RawClient.header(true, Opcode.BINARY, 70_000, new byte[4]);
        header[2] = (byte) 0x80;
        assertThatThrownBy(() -> decoder.next(Unpooled.wrappedBuffer(header))).hasMessageContaining("2^63-1");
    }

    private static void addMessage(Random random, ByteArrayOutputStream wire, List<Event> expected) {
        boolean text = random.nextBoolean();
        int size = random.nextInt(4) == 0 ? random.nextInt(3 * LIMIT) : random.nextInt(300);
        byte[] payload = text ? "aé€😀".repeat(size / 10).getBytes(UTF_8) : new byte[size];
        if (!text) {
            random.nextBytes(payload);
        }
        int fragments = 1 + random.nextInt(6);
        int at = 0;
        boolean oversized = false;
        for (int i = 1; i <= fragments; i++) {
            int end = i == fragments ? payload.length : at + random.nextInt(payload.length - at + 1);
            int opcode = i > 1 ? Opcode.CONTINUATION : text ? Opcode.TEXT : Opcode.BINARY;
            wire.writeBytes(RawClient.frame(i == fragments, opcode, Arrays.copyOfRange(payload, at, end)));
            at = end;
            if (at > LIMIT && !oversized) {
                oversized = true;
                expected.add(new Event(Found.OVERSIZED, Arrays.toString(Arrays.copyOf(payload, LIMIT))));
            }
            if (random.nextInt(3) == 0) {
                byte[] control = new byte[random.nextInt(126)];
                random.nextBytes(control);
                boolean ping = random.nextBoolean();
                wire.writeBytes(RawClient.frame(true, ping ? Opcode.PING : Opcode.PONG, control));
                if (i == fragments && !oversized) {
                    expected.add(new Event(Found.MESSAGE, Arrays.toString(payload)));
                }
                expected.add(new Event(ping ? Found.PING : Found.PONG, Arrays.toString(control)));
                if (i == fragments) {
                    return;
                }
            }
        }
        if (!oversized) {
            expected.add(new Event(Found.MESSAGE, Arrays.toString(payload)));
        }
    }

    private List<Event> decode(Random random, byte[] wire) throws ProtocolException {
        List<Event> events = new ArrayList<>();
        int largest = 1 + random.nextInt(5000);
        for (int at = 0; at < wire.length; ) {
            int piece = Math.min(1 + random.nextInt(largest), wire.length - at);
            ByteBuf in = Unpooled.wrappedBuffer(wire, at, piece);
            at += piece;
            for (Found found = decoder.next(in); found != Found.NOTHING; found = decoder.next(in)) {
                byte[] bytes = switch (found) {
                    case MESSAGE, OVERSIZED -> Arrays.copyOf(message.array(), message.size());
                    default -> decoder.controlPayload();
                };
                if (found == Found.MESSAGE || found == Found.OVERSIZED) {
                    message.clear();
                }
                events.add(new Event(found, Arrays.toString(bytes)));
            }
            assertThat(in.isReadable()).isFalse();
        }
        return events;
    }
}
