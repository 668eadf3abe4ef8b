package dev.outpost.benchmarks;

import static dev.outpost.benchmarks.Scenario.least;
import static dev.outpost.benchmarks.Scenario.most;
import static dev.outpost.benchmarks.Scenario.overStdio;
import static dev.outpost.benchmarks.Scenario.overWebSocket;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A small request: alone, many at a time, and behind one that waits. */
final class RequestRows {
    private RequestRows() {}

    static List<Scenario> all() {
        return List.of(
                least(
                                "getMetadata p50, WebSocket",
                                "ms",
                                overWebSocket((server, session) -> oneByOne(session, 3000, 3000)))
                        .with(Bar.atMostOfPeer(1)),
                least("getMetadata p50, stdio", "ms", overStdio((server, session) -> oneByOne(session, 3000, 3000))),
                most("getMetadata/s, 64 in flight", "/s", overWebSocket((server, session) -> inFlight(session)))
                        .with(Bar.atLeastOfPeer(1.2)),
                least(
                                "getMetadata p50 behind a 2 s long-poll",
                                "ms",
                                overWebSocket((server, session) -> behindPoll(session)))
                        .with(Bar.atMost(0.5)));
    }

    private static String params(Session session) {
        return "{\"path\":\"" + session.variant().path("/etc/hostname") + "\",\"sandbox\":null}";
    }

    private static double oneByOne(Session session, int warmUp, int count) throws IOException {
        String params = params(session);
        return Samples.medianMillis(warmUp, count, () -> session.call("fs/getMetadata", params));
    }

    private static double inFlight(Session session) throws IOException {
        batch(session, 30_000);
        return batch(session, 60_000);
    }

    private static double batch(Session session, int count) throws IOException {
        String params = params(session);
        int sent = 0;
        int answered = 0;
        long start = System.nanoTime();
        while (answered < count) {
            while (sent < count && sent - answered < 64) {
                session.request("fs/getMetadata", params);
                sent++;
            }
            session.anyAnswer();
            answered++;
        }
        return count / Samples.secondsSince(start);
    }

    /** Only samples that began while the poll was surely still waiting: where the poll holds them up, that is one. */
    private static double behindPoll(Session session) throws IOException {
        oneByOne(session, 2000, 1);
        String id = session.startAnswered(false, false, "/bin/sleep", "30");
        String params = params(session);
        List<Double> samples = new ArrayList<>();
        long polled = System.nanoTime();
        session.poll(id, 2000);
        while (samples.size() < 500 && Samples.millisSince(polled) < 1500) {
            long start = System.nanoTime();
            session.call("fs/getMetadata", params);
            samples.add(Samples.millisSince(start));
        }
        session.terminate(id);
        session.awaitClosed();
        return Samples.median(samples.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
