package dev.outpost.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.testkit.Spec;
import org.junit.jupiter.api.Test;

@Spec({"N14d"})
class MessageBufferTest {
    private static final int FREE = InboundBudget.FREE;

    private final InboundBudget budget = new InboundBudget(1_000_000);

    @Test
    void takesExactlyWhatAWholeMessageNeeds() {
        MessageBuffer buffer = new MessageBuffer(1_000_000, budget);
        assertThat(buffer.reserve(5000, 0, false)).isEqualTo(5000);
        buffer.advance(5000);
        assertThat(buffer.take()).hasSize(5000);
        assertThat(buffer.size()).isZero();
    }

    @Test
    void takesTwiceWhatArrivedWhenNothingIsAnnounced() {
        MessageBuffer buffer = new MessageBuffer(MessageBuffer.MAX_LIMIT, new InboundBudget(Long.MAX_VALUE));
        for (int arrived = 0; arrived < 10_000_000; arrived += 30_000) {
            assertThat(buffer.reserve(30_000, 0, true)).isEqualTo(30_000);
            buffer.advance(30_000);
            assertThat(buffer.array().length).isLessThanOrEqualTo(2 * buffer.size());
        }
    }

    @Test
    void takesAtMostSixteenTimesWhatArrivedHoweverMuchIsAnnounced() {
        MessageBuffer buffer = new MessageBuffer(MessageBuffer.MAX_LIMIT, new InboundBudget(Long.MAX_VALUE));
        for (int arrived = 0; arrived < 10_000_000; arrived += 30_000) {
            assertThat(buffer.reserve(30_000, Long.MAX_VALUE - arrived, false)).isEqualTo(30_000);
            buffer.advance(30_000);
            assertThat(buffer.array().length).isLessThanOrEqualTo(16 * buffer.size());
        }
    }

    @Test
    void takesNoMoreThanWhatIsAnnounced() {
        MessageBuffer buffer = new MessageBuffer(10_000_000, budget);
        assertThat(buffer.reserve(30_000, 170_000, false)).isEqualTo(30_000);
        assertThat(buffer.array()).hasSize(200_000);
    }

    @Test
    void takesLessForWhatIsAnnouncedWhenTheBudgetIsTight() {
        MessageBuffer buffer = new MessageBuffer(10_000_000, new InboundBudget(100_000));
        assertThat(buffer.reserve(50_000, 5_000_000, false)).isEqualTo(50_000);
        assertThat(buffer.array()).hasSize(100_000);
    }

    @Test
    void keepsBytesUpToTheLimit() {
        MessageBuffer buffer = new MessageBuffer(100, budget);
        assertThat(buffer.reserve(60, 0, true)).isEqualTo(60);
        buffer.advance(60);
        assertThat(buffer.reserve(40, 0, true)).isEqualTo(40);
        buffer.advance(40);
        assertThat(buffer.reserve(1, 0, false)).isZero();
        assertThat(buffer.array()).hasSize(100);
    }

    @Test
    void countsAgainstTheBudgetAndGivesBack() {
        MessageBuffer buffer = new MessageBuffer(10_000_000, budget);
        assertThat(buffer.reserve(FREE, 0, false)).isEqualTo(FREE);
        assertThat(budget.available()).isEqualTo(1_000_000);
        buffer.advance(FREE);
        assertThat(buffer.reserve(400_000, 0, false)).isEqualTo(400_000);
        assertThat(budget.available()).isEqualTo(600_000);
        buffer.advance(400_000);
        buffer.take();
        assertThat(budget.available()).isEqualTo(1_000_000);
    }

    @Test
    void treatsAMessageAsOversizedWhenTheBudgetIsUsedUpButLetsSmallOnesIn() {
        MessageBuffer large = new MessageBuffer(10_000_000, budget);
        assertThat(large.reserve(1_000_000, 0, false)).isEqualTo(1_000_000);
        large.advance(1_000_000);
        MessageBuffer other = new MessageBuffer(10_000_000, budget);
        assertThat(other.reserve(FREE, 0, false)).isEqualTo(FREE);
        other.advance(FREE);
        assertThat(other.reserve(200_000, 0, false)).isZero();
        other.clear();
        large.clear();
        assertThat(budget.available()).isEqualTo(1_000_000);
        assertThat(other.reserve(200_000, 0, false)).isEqualTo(200_000);
    }

    @Test
    void refusesSettingsOutOfRange() {
        assertThatThrownBy(() -> new MessageBuffer(0, budget)).hasMessageContaining("must be 1 to");
        assertThatThrownBy(() -> new MessageBuffer(Integer.MAX_VALUE, budget)).hasMessageContaining("must be 1 to");
        assertThatThrownBy(() -> new InboundBudget(-1)).hasMessageContaining("must not be negative");
    }
}
