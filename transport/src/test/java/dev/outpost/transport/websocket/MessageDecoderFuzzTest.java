package dev.outpost.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import dev.outpost.testkit.fuzz.FrameOracle;
import dev.outpost.testkit.fuzz.FrameSource;
import dev.outpost.testkit.fuzz.FuzzContract;
import dev.outpost.testkit.fuzz.Wire;
import dev.outpost.transport.InboundBudget;
import dev.outpost.transport.MessageBuffer;
import dev.outpost.transport.websocket.MessageDecoder.Found;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Any bytes are read as the specification says, in pieces of any size, and take no more memory than the limit. */
@Spec({"W13", "W14", "W15", "W16", "N14d"})
class MessageDecoderFuzzTest extends FuzzContract {
    private static final int LIMIT = 200;
    private static final int FRAME_INPUTS = 200;

    @Override
    protected void check(byte[] input) {
        List<String> expected = FrameOracle.read(input, LIMIT).described();
        for (int piece : new int[] {Math.max(1, input.length), 1, 7}) {
            assertThat(decode(input, piece)).as("in pieces of %d", piece).isEqualTo(expected);
        }
    }

    @Override
    protected List<byte[]> moreInputs() {
        FrameSource frames = new FrameSource(1, LIMIT, recordedMessages().subList(0, 20), List.of());
        List<byte[]> inputs = new ArrayList<>();
        for (int i = 0; i < FRAME_INPUTS; i++) {
            inputs.add(frames.next());
        }
        return inputs;
    }

    private static List<String> decode(byte[] input, int piece) {
        InboundBudget budget = new InboundBudget(LIMIT);
        MessageBuffer message = new MessageBuffer(LIMIT, budget);
        MessageDecoder decoder = new MessageDecoder(true, message);
        List<Wire> found = new ArrayList<>();
        try {
            for (int at = 0; at < input.length; at += piece) {
                ByteBuf in = Unpooled.wrappedBuffer(input, at, Math.min(piece, input.length - at));
                for (Found next = decoder.next(in); next != Found.NOTHING; next = decoder.next(in)) {
                    found.add(wire(next, decoder, message));
                    if (next == Found.CLOSE) {
                        return described(found);
                    }
                }
                assertThat(in.isReadable()).isFalse();
                assertThat(message.array().length).isLessThanOrEqualTo(LIMIT);
            }
        } catch (ProtocolException e) {
            assertThat(e).hasMessageContaining("WebSocket");
            found.add(new Wire.Violation());
        }
        return described(found);
    }

    private static Wire wire(Found found, MessageDecoder decoder, MessageBuffer message) {
        return switch (found) {
            case MESSAGE -> new Wire.Message(taken(message));
            case OVERSIZED -> new Wire.Oversized(taken(message));
            case PING -> new Wire.Ping(decoder.controlPayload());
            case PONG -> new Wire.Pong(decoder.controlPayload());
            case CLOSE -> new Wire.Close();
            case NOTHING -> throw new IllegalArgumentException("nothing was found");
        };
    }

    private static byte[] taken(MessageBuffer message) {
        int length = message.size();
        return Arrays.copyOf(message.take(), length);
    }

    private static List<String> described(List<Wire> found) {
        return new Wire.Reading(found, 0, false).described();
    }
}
