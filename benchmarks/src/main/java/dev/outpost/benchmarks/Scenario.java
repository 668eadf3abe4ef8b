package dev.outpost.benchmarks;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One row of the table.
 *
 * @param name what is measured
 * @param unit of the figure
 * @param lowerIsBetter whether a smaller figure wins
 * @param body measures once
 * @param bar what Outpost has to reach; null if nothing was set
 * @param oursOnly whether no peer has what is measured
 * @param warmedUp whether one measurement that doesn't count comes first, because this program's own code takes part in
 *     the figure: its JIT compiler would be at work during the first one, which is Outpost's
 */
record Scenario(
        String name,
        String unit,
        boolean lowerIsBetter,
        Body body,
        @Nullable Bar bar,
        boolean oursOnly,
        boolean warmedUp) {
    /** Measures one server once and returns the figure (a median where it repeats); throws why it could not. */
    @FunctionalInterface
    interface Body {
        double measure(Variant variant) throws IOException;
    }

    /** The same with a server that was just started, and a connection to it. */
    @FunctionalInterface
    interface ServedBody {
        double measure(Server server, Session session) throws IOException;
    }

    /** A row where less is better. */
    static Scenario least(String name, String unit, Body body) {
        return new Scenario(name, unit, true, body, null, false, false);
    }

    /** A row where more is better. */
    static Scenario most(String name, String unit, Body body) {
        return new Scenario(name, unit, false, body, null, false, false);
    }

    /** The same row with a bar. */
    Scenario with(Bar demanded) {
        return new Scenario(name, unit, lowerIsBetter, body, demanded, oursOnly, warmedUp);
    }

    /** The same row for Outpost alone. */
    Scenario forOursOnly() {
        return new Scenario(name, unit, lowerIsBetter, body, bar, true, warmedUp);
    }

    /** The same row, measured once more before the first time. */
    Scenario afterWarmUp() {
        return new Scenario(name, unit, lowerIsBetter, body, bar, oursOnly, true);
    }

    /** Whether the row has a figure of this server. */
    boolean isFor(Variant variant) {
        return variant.ours() || !oursOnly;
    }

    /** Measures over a WebSocket of a fresh server. */
    static Body overWebSocket(ServedBody body) {
        return variant -> served(Server.webSocket(variant), body);
    }

    /** Measures over the pipes of a fresh server. */
    static Body overStdio(ServedBody body) {
        return variant -> served(Server.stdio(variant), body);
    }

    private static double served(Server started, ServedBody body) throws IOException {
        try (Server server = started;
                Session session = server.connect()) {
            try {
                return body.measure(server, session);
            } catch (IOException | RuntimeException e) {
                throw server.explain(e);
            }
        }
    }
}
