package dev.outpost.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Clients that ask for too much. */
final class HostileClients {
    private static final long LARGE = 300L << 20;
    private static final int LARGE_CLIENTS = 3;
    private static final int CONNECTIONS = 2000;
    private static final int QUIET_SECONDS = 30;

    private final Options options;
    private final Path scratch;
    private final Report report;

    HostileClients(Options options, Path scratch, Report report) {
        this.options = options;
        this.scratch = scratch;
        this.report = report;
    }

    /** Above the default limit: answered with an error that says so, and the connection lives. */
    void largeMessages() throws IOException, InterruptedException {
        try (SoakServer server = SoakServer.start(options.outpost(), scratch);
                Honest _ = Honest.start(server, report, false)) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < LARGE_CLIENTS; i++) {
                threads.add(Thread.ofPlatform().name("large-" + i).start(() -> sendLarge(server)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            report.say("  the server had at most %d MiB", Footprint.peakKiB(server.pid()) >> 10);
        }
    }

    private void sendLarge(SoakServer server) {
        try (RawSocket socket = RawSocket.ready(server.url())) {
            socket.sendLarge(
                    "{\"id\":5,\"method\":\"fs/writeFile\",\"params\":{\"path\":\"/x\",\"dataBase64\":\"", LARGE);
            Json answer = socket.receiveAnswer();
            report.say("  %s: %s", Thread.currentThread().getName(), answer);
            report.require(
                    answer.get("id").number() == 5
                            && answer.get("error").get("code").number() == -32600
                            && answer.get("error").get("message").text().contains("larger than the limit of"),
                    "large message",
                    "answered with %s",
                    answer);
            socket.sendText("{\"id\":6,\"method\":\"environment/status\",\"params\":{}}");
            report.require(socket.receiveAnswer().get("id").number() == 6, "large message", "the connection died");
        } catch (IOException e) {
            report.failed("large message", e);
        }
    }

    /** Every one is served or told why not; all leave nothing. */
    void manyConnections() throws IOException, InterruptedException {
        try (SoakServer server = SoakServer.start(options.outpost(), scratch)) {
            try (Client first = Client.connect(server.url(), true)) {
                first.call("environment/status", "{}");
            }
            awaitSockets(server, 1);
            Footprint before = server.footprint();
            List<RawSocket> sockets = new ArrayList<>();
            Map<String, Integer> outcomes = new TreeMap<>();
            try (Honest _ = Honest.start(server, report, false)) {
                for (int i = 0; i < CONNECTIONS; i++) {
                    RawSocket socket = RawSocket.upgraded(server.url());
                    sockets.add(socket);
                    try {
                        socket.initialize();
                        outcomes.merge("served", 1, Integer::sum);
                    } catch (Refused refused) {
                        outcomes.merge(String.valueOf(refused.getMessage()), 1, Integer::sum);
                    }
                }
                outcomes.forEach((outcome, count) -> report.say("  %d × %s", count, outcome));
                Footprint with = server.footprint();
                report.say("  with all of them: %s; without: %s", with, before);
                report.require(
                        with.threads() <= before.threads() + 4,
                        "threads",
                        "%d, before %d",
                        with.threads(),
                        before.threads());
                for (RawSocket socket : sockets) {
                    socket.sendText("{\"id\":6,\"method\":\"environment/status\",\"params\":{}}");
                }
                for (RawSocket socket : sockets) {
                    report.require(socket.receiveAnswer().get("id").number() == 6, "connections", "another answer");
                }
                // In the other order than they came, half of them without a word.
                for (int i = sockets.size() - 1; i >= 0; i--) {
                    if (i % 2 == 0) {
                        sockets.get(i).reset();
                    } else {
                        sockets.get(i).close();
                    }
                }
                // Whoever comes next is served at once, not when the sessions of all those are over.
                try (Client next = Client.connect(server.url(), true)) {
                    next.call("environment/status", "{}");
                }
            }
            awaitSockets(server, before.descriptors().getOrDefault("sockets", 0));
            report.say("  after them: %s", server.footprint());
        }
    }

    private void awaitSockets(SoakServer server, int expected) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(QUIET_SECONDS);
        int sockets = server.footprint().descriptors().getOrDefault("sockets", 0);
        while (sockets != expected && System.nanoTime() < deadline) {
            Thread.sleep(100);
            sockets = server.footprint().descriptors().getOrDefault("sockets", 0);
        }
        report.require(sockets == expected, "sockets", "%d instead of %d", sockets, expected);
    }
}
