package dev.outpost.soak;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Says how it goes, and remembers whether anything went wrong. Safe from any thread. */
@SuppressWarnings("AnnotateFormatMethod") // The annotation would be this module's only dependency.
final class Report {
    private static final int MOST_TRACES = 20;

    private final PrintStream out;
    private final long start = System.nanoTime();
    private final AtomicInteger failures = new AtomicInteger();

    Report(PrintStream out) {
        this.out = out;
    }

    /** One line of progress. */
    synchronized void say(String format, Object... arguments) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
        out.printf(Locale.ROOT, "%5d s  %s%n", seconds, String.format(Locale.ROOT, format, arguments));
    }

    /** Something that must not be. */
    synchronized void failed(String what, String why) {
        failures.incrementAndGet();
        say("FAILED: %s: %s", what, why);
    }

    /** The same, with what threw it. */
    synchronized void failed(String what, Throwable why) {
        failed(what, String.valueOf(why.getMessage()));
        if (failures.get() <= MOST_TRACES) {
            why.printStackTrace(out);
        }
    }

    /** Fails unless it holds. */
    void require(boolean holds, String what, String format, Object... arguments) {
        if (!holds) {
            failed(what, String.format(Locale.ROOT, format, arguments));
        }
    }

    int failures() {
        return failures.get();
    }
}
