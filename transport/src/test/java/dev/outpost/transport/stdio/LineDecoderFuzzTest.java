package dev.outpost.transport.stdio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import dev.outpost.testkit.fuzz.FuzzContract;
import dev.outpost.testkit.fuzz.LineOracle;
import dev.outpost.testkit.fuzz.Wire;
import dev.outpost.transport.InboundBudget;
import dev.outpost.transport.MessageBuffer;
import dev.outpost.transport.stdio.LineDecoder.Found;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Any bytes are read as the specification says, in pieces of any size, and take no more memory than the limit. */
@Spec({"W17", "W18", "W19", "N14d"})
class LineDecoderFuzzTest extends FuzzContract {
    private static final int LIMIT = 40;

    @Override
    protected void check(byte[] input) {
        List<String> expected = LineOracle.read(input, LIMIT, true).described();
        for (int piece : new int[] {Math.max(1, input.length), 1, 7}) {
            assertThat(decode(input, piece)).as("in pieces of %d", piece).isEqualTo(expected);
        }
    }

    @Override
    protected List<byte[]> moreInputs() {
        return recordedMessages().subList(0, 30);
    }

    private static List<String> decode(byte[] input, int piece) {
        MessageBuffer message = new MessageBuffer(LIMIT, new InboundBudget(LIMIT));
        LineDecoder lines = new LineDecoder(message);
        List<Wire> found = new ArrayList<>();
        try {
            for (int at = 0; at < input.length; at += piece) {
                byte[] chunk = Arrays.copyOfRange(input, at, Math.min(at + piece, input.length));
                lines.feed(chunk, chunk.length);
                for (Found next = lines.next(); next != Found.NOTHING; next = lines.next()) {
                    byte[] line = Arrays.copyOf(message.take(), lines.length());
                    found.add(next == Found.MESSAGE ? new Wire.Message(line) : new Wire.Oversized(line));
                }
                assertThat(message.array().length).isLessThanOrEqualTo(LIMIT);
            }
            if (lines.last()) {
                found.add(new Wire.Message(Arrays.copyOf(message.take(), lines.length())));
            }
        } catch (ProtocolException e) {
            assertThat(e).hasMessageContaining("UTF-8");
            found.add(new Wire.Violation());
        }
        return new Wire.Reading(found, 0, false).described();
    }
}
