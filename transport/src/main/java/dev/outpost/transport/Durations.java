package dev.outpost.transport;

import java.math.BigDecimal;
import java.time.Duration;

/** Durations as error texts have them (spec C4). */
public final class Durations {
    private static final long MICROSECOND = 1_000;
    private static final long MILLISECOND = 1_000_000;

    private Durations() {}

    /** {@code 10s}, {@code 1.5s}, {@code 750ms}, {@code 20µs}, {@code 7ns}: the largest unit that fits, no trailing zeros. */
    public static String format(Duration duration) {
        if (duration.getSeconds() > 0) {
            return decimal(BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9)))
                    + "s";
        }
        long nanos = duration.toNanos();
        if (nanos >= MILLISECOND) {
            return decimal(BigDecimal.valueOf(nanos, 6)) + "ms";
        }
        return nanos >= MICROSECOND ? decimal(BigDecimal.valueOf(nanos, 3)) + "µs" : nanos + "ns";
    }

    private static String decimal(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0).toPlainString() : stripped.toPlainString();
    }
}
