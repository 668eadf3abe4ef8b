package dev.outpost.client;

import java.math.BigDecimal;
import java.time.Duration;

/** Durations in error texts (spec C4). */
final class Durations {
    private Durations() {}

    /** {@code 10s}, {@code 1.5s}, {@code 750ms}, {@code 20µs}, {@code 5ns}. */
    static String format(Duration duration) {
        BigDecimal nanos = BigDecimal.valueOf(duration.toSeconds(), -9).add(BigDecimal.valueOf(duration.getNano()));
        if (duration.toSeconds() > 0) {
            return plain(nanos, 9) + "s";
        }
        if (duration.getNano() >= 1_000_000) {
            return plain(nanos, 6) + "ms";
        }
        if (duration.getNano() >= 1_000) {
            return plain(nanos, 3) + "µs";
        }
        return plain(nanos, 0) + "ns";
    }

    private static String plain(BigDecimal nanos, int exponent) {
        BigDecimal value = nanos.movePointLeft(exponent);
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }
}
