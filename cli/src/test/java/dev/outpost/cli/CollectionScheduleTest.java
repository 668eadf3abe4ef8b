package dev.outpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The schedule on a clock and a heap of the test's own. */
final class CollectionScheduleTest {
    private static final long MIB = 1024 * 1024;
    private static final long SECOND = 1_000_000_000;

    private final CollectionSchedule schedule = new CollectionSchedule(0);
    private long now;

    /** One look; a collection takes {@code millis} and leaves {@code live} MiB. */
    private boolean look(long used, long committed, long live, long millis) {
        now += CollectionSchedule.SECONDS_BETWEEN_LOOKS * SECOND;
        boolean due = schedule.isDue(used * MIB, committed * MIB, now);
        if (due) {
            schedule.collected(live * MIB, now, now + millis * (SECOND / 1000));
        }
        return due;
    }

    /** Looks in a calm, and at which of them a collection was due. */
    private List<Integer> calm(int looks, long used, long committed) {
        List<Integer> due = new ArrayList<>();
        for (int i = 1; i <= looks; i++) {
            if (look(used, committed, used, 1)) {
                due.add(i);
            }
        }
        return due;
    }

    @Test
    void aServerThatWasJustStartedIsLeftAlone() {
        assertThat(calm(5000, 20, 24)).isEmpty();
    }

    @Test
    void whatABusyServerAddsIsCollectedAtABound() {
        assertThat(look(32, 40, 4, 1)).isFalse();
        assertThat(look(34, 40, 4, 1)).as("32 MiB more than nothing").isTrue();
        assertThat(look(36, 40, 4, 1)).isFalse();
        assertThat(look(38, 40, 4, 1)).as("32 MiB more than 4").isTrue();
    }

    @Test
    void aLargeLiveHeapMayGrowByHalf() {
        assertThat(look(400, 500, 300, 1)).isTrue();
        assertThat(look(449, 500, 300, 1)).isFalse();
        assertThat(look(452, 500, 300, 1)).isTrue();
    }

    @Test
    void inACalmALargeHeapIsCollectedThreeTimes() {
        // The first look sees how large the heap is, so it is none of the calm.
        assertThat(calm(5000, 30, 800)).containsExactly(5, 65, 1025);
    }

    @Test
    void afterSomeActivityTheCalmBeginsAnew() {
        assertThat(calm(100, 30, 800)).containsExactly(5, 65);
        assertThat(look(20, 800, 20, 1)).isFalse();
        assertThat(calm(100, 20, 800)).containsExactly(4, 64);
    }

    @Test
    void aSlowCollectionIsFollowedByALongerQuiet() {
        assertThat(look(100, 100, 10, 200)).isTrue();
        int quiet = 0;
        while (!look(1000 + quiet * 2L, 2000, 10, 200)) {
            quiet++;
        }
        assertThat(quiet).as("looks within 50 times 200 ms").isEqualTo(10);
    }
}
