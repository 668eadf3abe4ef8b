package dev.outpost.benchmarks;

import java.io.IOException;
import java.util.Arrays;

/** Repeats a step and takes the median of its times; a slow server is repeated less often, so that a run ends. */
final class Samples {
    private static final long LONGEST_WARM_UP = 1_500_000_000L;
    private static final long LONGEST = 3_000_000_000L;

    private Samples() {}

    /** What is timed. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    /** The median in milliseconds, after up to {@code warmUp} runs, of up to {@code count} runs. */
    static double medianMillis(int warmUp, int count, Step step) throws IOException {
        long start = System.nanoTime();
        for (int i = 0; i < warmUp && System.nanoTime() - start < LONGEST_WARM_UP; i++) {
            step.run();
        }
        double[] samples = new double[count];
        int taken = 0;
        start = System.nanoTime();
        while (taken < count && (taken == 0 || System.nanoTime() - start < LONGEST)) {
            long before = System.nanoTime();
            step.run();
            samples[taken++] = millisSince(before);
        }
        return median(Arrays.copyOf(samples, taken));
    }

    static double millisSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1e6;
    }

    static double secondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1e9;
    }

    /** The middle one, the upper of two; there must be one. */
    static double median(double[] samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
