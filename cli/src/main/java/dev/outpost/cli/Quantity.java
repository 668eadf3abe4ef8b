package dev.outpost.cli;

import java.time.Duration;

/** Amounts as people write them: {@code 60s}, {@code 8MiB}. */
final class Quantity {
    private static final String DURATIONS = "a duration such as 500ms, 60s, 5m or 2h";
    private static final String SIZES = "a size such as 65536, 512KiB, 8MiB or 1GiB";

    private Quantity() {}

    /**
     * A duration between the two limits.
     *
     * @throws InvalidOption naming the option, the value and what would be accepted
     */
    static Duration parseDuration(String option, String text, Duration min, Duration max) throws InvalidOption {
        int unit = unitIndex(text);
        long millis = switch (text.substring(unit)) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 0;
        };
        long amount = amount(text.substring(0, unit), millis);
        if (amount < min.toMillis() || amount > max.toMillis()) {
            throw new InvalidOption(option, text, DURATIONS + ", between " + format(min) + " and " + format(max));
        }
        return Duration.ofMillis(amount);
    }

    /**
     * A number of bytes between the two limits.
     *
     * @throws InvalidOption naming the option, the value and what would be accepted
     */
    static long parseSize(String option, String text, long min, long max) throws InvalidOption {
        int unit = unitIndex(text);
        long bytes = switch (text.substring(unit)) {
            case "", "B" -> 1;
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            default -> 0;
        };
        long amount = amount(text.substring(0, unit), bytes);
        if (amount < min || amount > max) {
            throw new InvalidOption(option, text, SIZES + ", between " + format(min) + " and " + format(max));
        }
        return amount;
    }

    /** A duration in its largest unit that divides it. */
    static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1_000 != 0) {
            return millis + "ms";
        }
        if (millis % 60_000 != 0 || millis == 0) {
            return millis / 1_000 + "s";
        }
        return millis % 3_600_000 == 0 ? millis / 3_600_000 + "h" : millis / 60_000 + "m";
    }

    /** A size in its largest unit that divides it. */
    static String format(long bytes) {
        if (bytes % (1L << 10) != 0 || bytes == 0) {
            return bytes + "B";
        }
        if (bytes % (1L << 20) != 0) {
            return (bytes >> 10) + "KiB";
        }
        return bytes % (1L << 30) == 0 ? (bytes >> 30) + "GiB" : (bytes >> 20) + "MiB";
    }

    private static int unitIndex(String text) {
        int index = 0;
        while (index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9') {
            index++;
        }
        return index;
    }

    /** The product, or -1 if it is none or too large. */
    private static long amount(String digits, long unit) {
        if (digits.isEmpty() || digits.length() > 18 || unit == 0) {
            return -1;
        }
        long number = Long.parseLong(digits);
        return number > Long.MAX_VALUE / unit ? -1 : number * unit;
    }
}
