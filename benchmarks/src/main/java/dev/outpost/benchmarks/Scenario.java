package dev.outpost.benchmarks;

import java.io.IOException;

/**
 * One row of the table.
 *
 * @param name what is measured
 * @param unit of the figure
 * @param lowerIsBetter whether a smaller figure wins
 * @param stdio over stdio instead of WebSocket
 * @param body measures once and returns the figure (a median where it repeats)
 */
record Scenario(String name, String unit, boolean lowerIsBetter, boolean stdio, Body body) {
    /** Measures with a fresh server. */
    @FunctionalInterface
    interface Body {
        double measure(Server server, Session session) throws IOException;
    }
}
