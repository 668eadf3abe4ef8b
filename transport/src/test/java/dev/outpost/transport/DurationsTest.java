package dev.outpost.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Spec({"C4"})
class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "10000000000, 10s",
        "100000000000, 100s",
        "1500000000, 1.5s",
        "1000000001, 1.000000001s",
        "750000000, 750ms",
        "1000000, 1ms",
        "1234567, 1.234567ms",
        "20000, 20µs",
        "1500, 1.5µs",
        "7, 7ns",
        "0, 0ns",
    })
    void usesTheLargestUnitAndNoTrailingZeros(long nanos, String expected) {
        assertThat(Durations.format(Duration.ofNanos(nanos))).isEqualTo(expected);
    }
}
