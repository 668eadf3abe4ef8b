package dev.outpost.benchmarks;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints the table row by row as Markdown, and counts which bars were met. */
final class Table {
    private final PrintStream out;
    private final List<Variant> variants;
    private int bars;
    private int met;

    Table(PrintStream out, List<Variant> variants) {
        this.out = out;
        this.variants = variants;
    }

    void head() {
        StringBuilder head = new StringBuilder("| figure | unit |");
        StringBuilder rule = new StringBuilder("|---|---|");
        for (Variant variant : variants) {
            head.append(' ').append(variant.name()).append(" |");
            rule.append("---|");
        }
        out.println(head.append(" outpost : best peer | bar |"));
        out.println(rule.append("---|---|"));
    }

    /** Prints a row; a variant without figures has failed. */
    void row(Scenario scenario, Map<Variant, double[]> figures) {
        StringBuilder row = new StringBuilder("| " + scenario.name() + " | " + scenario.unit() + " |");
        double ours = Double.NaN;
        double bestPeer = Double.NaN;
        for (Variant variant : variants) {
            double[] values = figures.get(variant);
            if (values == null) {
                row.append(scenario.isFor(variant) ? " failed |" : " |");
                continue;
            }
            double median = Samples.median(values);
            row.append(' ').append(cell(median, values)).append(" |");
            if (variant.ours()) {
                ours = median;
            } else if (Double.isNaN(bestPeer) || (scenario.lowerIsBetter() ? median < bestPeer : median > bestPeer)) {
                bestPeer = median;
            }
        }
        double ratio = ours / bestPeer;
        row.append(Double.isNaN(ratio) ? " – |" : String.format(Locale.ROOT, " %.2f |", ratio));
        out.println(row.append(' ').append(verdict(scenario, ours, bestPeer)).append(" |"));
    }

    /** A line with the count of bars, if any could be judged. */
    void foot() {
        if (bars > 0) {
            out.println("\nBars met: " + met + " of " + bars + ".");
        }
    }

    private String verdict(Scenario scenario, double ours, double bestPeer) {
        Bar bar = scenario.bar();
        if (bar == null) {
            return "";
        }
        if (!bar.applies(ours, bestPeer)) {
            return bar.toString();
        }
        bars++;
        if (!bar.isMet(ours, bestPeer)) {
            return bar + " **missed**";
        }
        met++;
        return bar + " met";
    }

    private static String cell(double median, double[] values) {
        if (values.length == 1) {
            return number(median);
        }
        double low = Arrays.stream(values).min().orElse(median);
        double high = Arrays.stream(values).max().orElse(median);
        return number(median) + " (" + number(low) + "–" + number(high) + ")";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.3f", value);
    }
}
