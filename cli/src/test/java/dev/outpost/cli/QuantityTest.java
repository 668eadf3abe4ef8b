package dev.outpost.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({"500ms, 500", "60s, 60000", "5m, 300000", "2h, 7200000", "0s, 0", "007s, 7000"})
    void durations(String text, long millis) throws Exception {
        Duration duration = Quantity.parseDuration("--x", text, Duration.ZERO, Duration.ofHours(24));
        assertThat(duration).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s",
                "60",
                "-1s",
                "1.5s",
                " 1s",
                "1 s",
                "1S",
                "1d",
                "25h",
                "٣s",
                "9999999999999999999999s",
                "999999999999999999h"
            })
    void otherDurations(String text) {
        assertThatThrownBy(() -> Quantity.parseDuration("--x", text, Duration.ZERO, Duration.ofHours(24)))
                .isInstanceOf(InvalidOption.class)
                .hasMessage("invalid value '" + text
                        + "' for --x: expected a duration such as 500ms, 60s, 5m or 2h, between 0s and 24h");
    }

    @ParameterizedTest
    @CsvSource({"65536, 65536", "64B, 64", "512KiB, 524288", "8MiB, 8388608", "1GiB, 1073741824"})
    void sizes(String text, long bytes) throws Exception {
        assertThat(Quantity.parseSize("--x", text, 1, 1L << 30)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "MiB",
                "8 MiB",
                "8MB",
                "8mib",
                "8M",
                "-8MiB",
                "0",
                "1073741825",
                "2GiB",
                "99999999999999999999",
                "999999999999999999GiB"
            })
    void otherSizes(String text) {
        assertThatThrownBy(() -> Quantity.parseSize("--x", text, 1, 1L << 30))
                .isInstanceOf(InvalidOption.class)
                .hasMessage("invalid value '" + text
                        + "' for --x: expected a size such as 65536, 512KiB, 8MiB or 1GiB, between 1B and 1GiB");
    }

    @Test
    void formats() {
        assertThat(Quantity.format(Duration.ofMillis(1500))).isEqualTo("1500ms");
        assertThat(Quantity.format(Duration.ofSeconds(90))).isEqualTo("90s");
        assertThat(Quantity.format(Duration.ofMinutes(5))).isEqualTo("5m");
        assertThat(Quantity.format(Duration.ofHours(2))).isEqualTo("2h");
        assertThat(Quantity.format(1000)).isEqualTo("1000B");
        assertThat(Quantity.format(512 << 10)).isEqualTo("512KiB");
        assertThat(Quantity.format(8 << 20)).isEqualTo("8MiB");
        assertThat(Quantity.format(3L << 30)).isEqualTo("3GiB");
    }
}
