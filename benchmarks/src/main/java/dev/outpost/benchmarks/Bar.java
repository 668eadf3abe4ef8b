package dev.outpost.benchmarks;

import java.util.Locale;

/**
 * What Outpost has to reach in a row: a figure, for a machine with two cores like that of docs/performance.md, or a
 * multiple of the best peer's.
 *
 * @param limit the figure or multiple
 * @param atMost whether it is an upper limit
 * @param ofPeer whether it is a multiple of the best peer's figure
 */
record Bar(double limit, boolean atMost, boolean ofPeer) {
    /** No more than this figure. */
    static Bar atMost(double figure) {
        return new Bar(figure, true, false);
    }

    /** No less than this figure. */
    static Bar atLeast(double figure) {
        return new Bar(figure, false, false);
    }

    /** No more than the best peer's figure times this. */
    static Bar atMostOfPeer(double multiple) {
        return new Bar(multiple, true, true);
    }

    /** No less than the best peer's figure times this. */
    static Bar atLeastOfPeer(double multiple) {
        return new Bar(multiple, false, true);
    }

    /** Whether it can be judged: a multiple needs a peer. */
    boolean applies(double ours, double bestPeer) {
        return !Double.isNaN(ours) && (!ofPeer || !Double.isNaN(bestPeer));
    }

    /** Whether the figure reaches it. */
    boolean isMet(double ours, double bestPeer) {
        double demanded = ofPeer ? limit * bestPeer : limit;
        return atMost ? ours <= demanded : ours >= demanded;
    }

    @Override
    public String toString() {
        String number = String.format(Locale.ROOT, limit == Math.rint(limit) ? "%.0f" : "%s", limit);
        return (atMost ? "≤ " : "≥ ") + number + (ofPeer ? "×" : "");
    }
}
