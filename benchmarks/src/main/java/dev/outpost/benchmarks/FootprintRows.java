package dev.outpost.benchmarks;

import static dev.outpost.benchmarks.Scenario.least;
import static dev.outpost.benchmarks.Scenario.overWebSocket;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Memory and threads of the server process itself, without its children. */
final class FootprintRows {
    private static final int MANY = 200;

    private FootprintRows() {}

    static List<Scenario> all() {
        List<Scenario> rows = new ArrayList<>();
        add(rows, "idle", Bar.atMost(96), (server, session, figure) -> figure.read(server));
        add(rows, "with 200 processes", Bar.atMost(110), FootprintRows::withProcesses);
        add(rows, "with 200 connections", Bar.atMost(130), FootprintRows::withConnections);
        add(rows, "after 256 MiB of output", null, FootprintRows::afterOutput);
        return rows;
    }

    /** Which of the two. */
    @FunctionalInterface
    private interface Figure {
        double read(Server server) throws IOException;
    }

    /** A state of the server, in which a figure is read. */
    @FunctionalInterface
    private interface State {
        double reach(Server server, Session session, Figure figure) throws IOException;
    }

    private static void add(List<Scenario> rows, String when, @Nullable Bar bar, State state) {
        Scenario memory = least(
                "RSS " + when,
                "MiB",
                overWebSocket((server, session) -> state.reach(server, session, Server::settledMebibytes)));
        rows.add(bar == null ? memory : memory.with(bar));
        rows.add(least(
                "threads " + when,
                "",
                overWebSocket((server, session) -> state.reach(server, session, FootprintRows::settledThreads))));
    }

    private static double settledThreads(Server server) throws IOException {
        server.settledMebibytes();
        return server.status("Threads");
    }

    private static double withProcesses(Server server, Session session, Figure figure) throws IOException {
        for (int i = 0; i < MANY; i++) {
            session.startAnswered(false, false, "/bin/sleep", "60");
        }
        return figure.read(server);
    }

    private static double withConnections(Server server, Session first, Figure figure) throws IOException {
        List<Session> sessions = new ArrayList<>();
        try {
            for (int i = 1; i < MANY; i++) { // With the first one.
                sessions.add(server.connect());
            }
            return figure.read(server);
        } finally {
            for (Session session : sessions) {
                session.close();
            }
        }
    }

    private static double afterOutput(Server server, Session session, Figure figure) throws IOException {
        OutputRows.rate(session, OutputRows.zeros(256));
        return figure.read(server);
    }
}
