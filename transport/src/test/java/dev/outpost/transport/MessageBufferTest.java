package dev.outpost.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.testkit.Spec;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Spec({"N14d"})
class MessageBufferTest {
    private static final int FREE = InboundBudget.FREE;

    private final InboundBudget budget = new InboundBudget(1_000_000);

    @Test
    void takesExactlyWhatASmallMessageNeeds() {
        MessageBuffer buffer = new MessageBuffer(1_000_000, budget);
        assertThat(buffer.reserve(5000, 0)).isEqualTo(5000);
        buffer.advance(5000);
        assertThat(buffer.take()).hasSize(5000);
        assertThat(buffer.size()).isZero();
    }

    @Test
    void takesAtMostTwiceWhatArrivedOrAChunkHoweverMuchIsAnnounced() {
        InboundBudget large = new InboundBudget(Long.MAX_VALUE);
        MessageBuffer buffer = new MessageBuffer(MessageBuffer.MAX_LIMIT, large);
        while (buffer.size() < 10_000_000) {
            long before = large.available();
            int room = buffer.reserve(700, Long.MAX_VALUE);
            assertThat(room).isBetween(1, 700);
            buffer.advance(room);
            assertThat(before - large.available()).isLessThanOrEqualTo(InboundBudget.CHUNK);
            if (buffer.size() <= FREE) {
                assertThat(buffer.array().length).isLessThanOrEqualTo(2 * buffer.size());
            }
        }
        assertThat(Long.MAX_VALUE - large.available()).isLessThan(buffer.size() + InboundBudget.CHUNK);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {1, FREE - 1, FREE, FREE + 1, FREE + InboundBudget.CHUNK, FREE + InboundBudget.CHUNK + 1, 5_000_000})
    void givesBackWhatWasWrittenInWhateverPieces(int size) {
        MessageBuffer buffer = new MessageBuffer(10_000_000, new InboundBudget(10_000_000));
        Random random = new Random(size);
        for (int round = 0; round < 3; round++) {
            byte[] message = new byte[size];
            random.nextBytes(message);
            while (buffer.size() < size) {
                int piece = Math.min(1 + random.nextInt(70_000), size - buffer.size());
                int room = buffer.reserve(piece, random.nextBoolean() ? Long.MAX_VALUE : size - buffer.size() - piece);
                assertThat(room).isBetween(1, piece);
                System.arraycopy(message, buffer.size(), buffer.array(), buffer.position(), room);
                buffer.advance(room);
            }
            assertThat(Arrays.copyOf(buffer.take(), size)).isEqualTo(message);
        }
    }

    @Test
    void keepsBytesUpToTheLimit() {
        MessageBuffer buffer = new MessageBuffer(100, budget);
        assertThat(buffer.reserve(60, Long.MAX_VALUE)).isEqualTo(60);
        buffer.advance(60);
        assertThat(buffer.reserve(60, Long.MAX_VALUE)).isEqualTo(40);
        buffer.advance(40);
        assertThat(buffer.reserve(1, 0)).isZero();
        assertThat(buffer.take()).hasSize(100);
    }

    @Test
    void countsAgainstTheBudgetAndGivesBack() {
        InboundBudget large = new InboundBudget(10_000_000);
        MessageBuffer buffer = new MessageBuffer(10_000_000, large);
        fill(buffer, FREE);
        assertThat(large.available()).isEqualTo(10_000_000);
        fill(buffer, FREE + 1);
        assertThat(large.available()).isEqualTo(10_000_000 - InboundBudget.CHUNK);
        buffer.take();
        assertThat(large.available()).isEqualTo(10_000_000);
    }

    @Test
    void treatsAMessageAsOversizedWhenTheBudgetIsUsedUpButLetsSmallOnesIn() {
        MessageBuffer large = new MessageBuffer(10_000_000, budget);
        fill(large, FREE + 1_000_000);
        MessageBuffer other = new MessageBuffer(10_000_000, budget);
        fill(other, FREE);
        assertThat(other.reserve(200_000, 0)).isZero();
        other.clear();
        large.clear();
        assertThat(budget.available()).isEqualTo(1_000_000);
        fill(other, FREE + 200_000);
    }

    @Test
    void usesChunksAgainAndNeverForTwo() {
        InboundBudget shared = new InboundBudget(100_000_000);
        MessageBuffer one = new MessageBuffer(10_000_000, shared);
        fill(one, FREE + 1);
        byte[] chunk = one.array();
        one.take();
        MessageBuffer two = new MessageBuffer(10_000_000, shared);
        fill(one, FREE + 1);
        fill(two, FREE + 1);
        assertThat(one.array()).isSameAs(chunk);
        assertThat(two.array()).isNotSameAs(chunk);
        one.clear();
        one.clear();
        fill(one, FREE + 1);
        MessageBuffer three = new MessageBuffer(10_000_000, shared);
        fill(three, FREE + 1);
        assertThat(three.array()).isNotSameAs(one.array());
    }

    private static void fill(MessageBuffer buffer, int size) {
        while (buffer.size() < size) {
            int room = buffer.reserve(size - buffer.size(), 0);
            assertThat(room).isPositive();
            buffer.advance(room);
        }
    }

    @Test
    void refusesSettingsOutOfRange() {
        assertThatThrownBy(() -> new MessageBuffer(0, budget)).hasMessageContaining("must be 1 to");
        assertThatThrownBy(() -> new MessageBuffer(Integer.MAX_VALUE, budget)).hasMessageContaining("must be 1 to");
        assertThatThrownBy(() -> new InboundBudget(-1)).hasMessageContaining("must not be negative");
    }
}
