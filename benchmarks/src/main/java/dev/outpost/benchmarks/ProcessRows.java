package dev.outpost.benchmarks;

import static dev.outpost.benchmarks.Scenario.least;
import static dev.outpost.benchmarks.Scenario.most;
import static dev.outpost.benchmarks.Scenario.overStdio;
import static dev.outpost.benchmarks.Scenario.overWebSocket;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;

/** Starting processes, talking to one, and ending one. */
final class ProcessRows {
    private static final long LONGEST_RATE = 4_000_000_000L;

    private ProcessRows() {}

    static List<Scenario> all() {
        return List.of(
                least(
                                "/bin/true start→closed p50, pipe, WebSocket",
                                "ms",
                                overWebSocket((server, session) -> startToClosed(session, false)))
                        .with(Bar.atMost(1.5)),
                least(
                        "/bin/true start→closed p50, tty, WebSocket",
                        "ms",
                        overWebSocket((server, session) -> startToClosed(session, true))),
                most(
                                "processes/s, 16 concurrent, WebSocket",
                                "/s",
                                overWebSocket((server, session) -> rate(session, 16)))
                        .with(Bar.atLeast(900)),
                most(
                        "processes/s, 64 concurrent, WebSocket",
                        "/s",
                        overWebSocket((server, session) -> rate(session, 64))),
                least(
                                "/bin/true start→closed p50, pipe, stdio",
                                "ms",
                                overStdio((server, session) -> startToClosed(session, false)))
                        .with(Bar.atMost(1.3)),
                least(
                        "/bin/true start→closed p50, tty, stdio",
                        "ms",
                        overStdio((server, session) -> startToClosed(session, true))),
                most("processes/s, 16 concurrent, stdio", "/s", overStdio((server, session) -> rate(session, 16)))
                        .with(Bar.atLeast(900)),
                most("processes/s, 64 concurrent, stdio", "/s", overStdio((server, session) -> rate(session, 64))),
                least("echo p50, pipe, WebSocket", "ms", overWebSocket((server, session) -> echo(session, false)))
                        .with(Bar.atMost(0.3)),
                least("echo p50, tty, WebSocket", "ms", overWebSocket((server, session) -> echo(session, true)))
                        .with(Bar.atMost(0.3)),
                least("echo p50, pipe, stdio", "ms", overStdio((server, session) -> echo(session, false))),
                least("echo p50, tty, stdio", "ms", overStdio((server, session) -> echo(session, true))),
                least(
                                "terminate→exited p50 during a 2 s long-poll",
                                "ms",
                                overWebSocket((server, session) -> terminateDuringPoll(session)))
                        .with(Bar.atMost(3)));
    }

    private static double startToClosed(Session session, boolean tty) throws IOException {
        return Samples.medianMillis(300, 400, () -> {
            session.start(tty, false, "/bin/true");
            session.awaitClosed();
        });
    }

    private static double rate(Session session, int concurrent) throws IOException {
        run(session, concurrent, 400);
        return run(session, concurrent, 1500);
    }

    /** Runs up to {@code most} processes, that many at a time, and returns how many a second. */
    private static double run(Session session, int concurrent, int most) throws IOException {
        int started = 0;
        int closed = 0;
        long start = System.nanoTime();
        while (true) {
            while (started < most && started - closed < concurrent && System.nanoTime() - start < LONGEST_RATE) {
                session.start(false, false, "/bin/true");
                started++;
            }
            if (closed == started) {
                return closed / Samples.secondsSince(start);
            }
            session.awaitClosed();
            closed++;
        }
    }

    private static double echo(Session session, boolean tty) throws IOException {
        String id = tty
                ? session.start(true, false, "/bin/sh", "-c", "stty raw -echo; echo ready; exec cat")
                : session.start(false, true, "/bin/sh", "-c", "echo ready; exec cat");
        session.awaitOutput("ready\n".length());
        byte[] ping = "ping\n".getBytes(UTF_8);
        double median = Samples.medianMillis(300, 1000, () -> {
            session.write(id, ping);
            session.awaitOutput(ping.length);
        });
        session.terminate(id);
        session.awaitClosed();
        return median;
    }

    private static double terminateDuringPoll(Session session) throws IOException {
        for (int i = 0; i < 40; i++) {
            double millis = terminateOnce(session);
            if (millis > 1000) {
                return millis; // The server waits for the poll: no need to see that again.
            }
        }
        double[] samples = new double[25];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = terminateOnce(session);
        }
        return Samples.median(samples);
    }

    private static double terminateOnce(Session session) throws IOException {
        String id = session.startAnswered(false, false, "/bin/sleep", "30");
        session.poll(id, 2000);
        long start = System.nanoTime();
        session.terminate(id);
        var _ = session.awaitExited();
        double millis = Samples.millisSince(start);
        session.awaitClosed();
        return millis;
    }
}
