package dev.outpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outpost.testkit.ServerLaunch;
import dev.outpost.testkit.ServerProcess;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.fuzz.FrameSource;
import dev.outpost.testkit.fuzz.LineSource;
import dev.outpost.testkit.wire.Received;
import dev.outpost.testkit.wire.RpcClient;
import dev.outpost.testkit.wire.WebSocketConnection;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.json.JsonMapper;

/**
 * The real program under random and mutated frames and lines, {@code outpost.fuzz.frames} of them over each transport:
 * every connection is kept or ended as the specification says, an honest client beside it is served, in the middle of a
 * hostile frame too, and at the end no more is held than halfway.
 *
 * <p>Messages name only methods that change nothing, and programs that don't exist, whatever mutation makes of them.
 */
@Isolated("puts the machine under load")
@Timeout(value = 1, unit = TimeUnit.DAYS)
class HostileTrafficTest {
    private static final long FRAMES = Long.getLong("outpost.fuzz.frames", 4_000);
    private static final long SEED = Long.getLong("outpost.fuzz.seed", 1);
    private static final int CLIENTS = 2;
    private static final int LIMIT = 64 * 1024;

    private static final List<byte[]> MESSAGES = utf8(
            "{\"id\":1,\"method\":\"initialize\",\"params\":{\"clientName\":\"c\",\"resumeSessionId\":null}}",
            "{\"method\":\"initialized\",\"params\":{}}",
            "{\"id\":2,\"method\":\"process/start\",\"params\":{\"processId\":\"p1\",\"argv\":[\"/nonexistent\"],"
                    + "\"cwd\":\"/\",\"envPolicy\":null,\"env\":{\"TERM\":\"dumb\"},\"tty\":false,\"pipeStdin\":false}}",
            "{\"id\":3,\"method\":\"process/read\",\"params\":{\"processId\":\"p1\",\"afterSeq\":null,\"maxBytes\":9}}",
            "{\"id\":4,\"method\":\"process/write\",\"params\":{\"processId\":\"p1\",\"chunk\":\"aGVsbG8K\"}}",
            "{\"id\":\"e\u00e9\",\"method\":\"process/terminate\",\"params\":{\"processId\":\"p1\"}}",
            "{\"id\":6,\"method\":\"process/signal\",\"params\":{\"processId\":\"p1\",\"signal\":\"interrupt\"}}",
            "{\"id\":7,\"method\":\"fs/readFile\",\"params\":{\"path\":\"/nonexistent\",\"sandbox\":null}}",
            "{\"id\":8,\"method\":\"fs/getMetadata\",\"params\":{\"path\":\"file:///\",\"sandbox\":null}}",
            "{\"id\":9,\"method\":\"fs/readDirectory\",\"params\":{\"path\":\"/nonexistent/..//.\"}}",
            "{\"id\":10,\"method\":\"environment/info\"}",
            "{\"id\":11,\"method\":\"no/such\",\"params\":[[[]],{\"a\":1e9}],\"trace\":{\"traceparent\":null}}",
            "{\"id\":12,\"result\":{}}",
            "{\"id\":13,\"error\":{\"code\":-1,\"message\":\"m\"}}",
            "[1,2]");

    private static final List<byte[]> WORDS = utf8(
            "\"id\":",
            "\"method\":",
            "\"params\":",
            "\"trace\":",
            "\"result\":",
            "\"error\":",
            "\"path\":",
            "\"processId\":",
            "null",
            "true",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "{}",
            "[]",
            "\"\"",
            "\\u0000",
            "\\ud800",
            "\u00e9",
            "\uFEFF",
            "\"file:///%00\"",
            "\"/../..\"",
            "\"initialize\"",
            "\"initialized\"",
            "\"fs/getMetadata\"");

    /** Over stdio each end costs a server: only one of so many tries that end it is made. */
    private static final int ENDINGS = (int) Math.max(400, FRAMES / 100);

    @TempDir
    private Path scratch;

    private final Tally tally = new Tally();

    @Test
    @Spec({"W13", "W14", "W15", "W16", "W22", "W30", "W32", "W42", "N14d"})
    void overWebSocket(TestReporter report) throws Exception {
        try (ServerProcess server = launch().webSocket();
                ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            URI url = server.url();
            try (RpcClient first = new RpcClient(WebSocketConnection.connect(url))) {
                first.handshake();
                runOneProcess(first);
            }
            Footprint halfway = null;
            for (int half = 0; half < 2; half++) {
                List<HostileLane> lanes = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                    FrameSource source = new FrameSource(SEED + half * CLIENTS + i, LIMIT, MESSAGES, WORDS);
                    lanes.add(new HostileLane(url, source, SEED, FRAMES / 2 / CLIENTS, tally));
                }
                for (Future<Void> lane : threads.invokeAll(lanes)) {
                    lane.get();
                }
                halfway = measured(server, halfway, report);
            }
            assertThat(server.errors()).doesNotContain("Exception", "internal error");
            assertThat(server.stop()).as("processes that outlive the server").isEmpty();
        }
    }

    @Test
    @Spec({"W17", "W19", "W20", "W22", "W30", "W32", "W42", "N14d"})
    void overStdio(TestReporter report) throws Exception {
        try (ServerProcess server = launch().stdio()) {
            HostileClient client = new HostileClient(new LineSource(SEED, LIMIT, MESSAGES, WORDS));
            client.begin(server.stdio(), true);
            runOneProcess(new RpcClient(server.stdio()));
            Random random = new Random(SEED);
            Footprint halfway = null;
            for (int half = 1; half <= 2; half++) {
                while (tally.sent.get() < FRAMES / 2 * half) {
                    HostileClient.Attempt attempt = client.next();
                    if (attempt.owed().end() == Owed.End.NO) {
                        client.attempt(server.stdio(), attempt, () -> {});
                        tally.kept.incrementAndGet();
                        tally.sent.addAndGet(attempt.things());
                    } else if (random.nextInt(ENDINGS) == 0) {
                        endOverStdio(attempt);
                        tally.sent.addAndGet(attempt.things());
                    }
                }
                halfway = measured(server, halfway, report);
            }
            assertThat(server.errors()).doesNotContain("Exception", "internal error");
            server.stdio().endInput();
            assertThat(server.awaitExit()).isZero();
        }
    }

    /** Brings up what lives as long as the server, so that it isn't taken for a leak. */
    private static void runOneProcess(RpcClient client) throws IOException, InterruptedException {
        client.call("process/start", JsonMapper.shared().readTree("""
                {"processId": "first", "argv": ["/bin/true"], "cwd": "/", "env": {}, "tty": false}
                """));
        assertThat(client.await(
                        message -> message.path("method").asString("").equals("process/closed"), HostileClient.HANG))
                .isNotNull();
    }

    private Footprint measured(ServerProcess server, @Nullable Footprint before, TestReporter report) throws Exception {
        if (before != null) {
            await("sockets are closed")
                    .untilAsserted(() -> assertThat(server.descriptors()).isLessThanOrEqualTo(before.descriptors()));
        }
        Footprint now = Footprint.of(server);
        report.publishEntry(Map.of("traffic", tally.toString(), "footprint", now.toString()));
        if (before != null) {
            now.assertNoGrowthSince(before);
        }
        return now;
    }

    /** The same on a server of its own: the marker stays unanswered, and the server ends with its input (spec W20). */
    private void endOverStdio(HostileClient.Attempt attempt) throws Exception {
        try (ServerProcess server = launch().stdio()) {
            new RpcClient(server.stdio()).handshake();
            server.stdio().sendBytes(attempt.bytes());
            server.stdio().send(HostileClient.MARKER_REQUEST);
            server.stdio().endInput();
            for (Received received = received(server);
                    !(received instanceof Received.Ended);
                    received = received(server)) {
                if (attempt.owed().end() == Owed.End.YES) {
                    assertThat(received.toString()).doesNotContain(HostileClient.MARKER);
                }
            }
            assertThat(server.awaitExit()).isZero();
        }
        tally.ended.incrementAndGet();
    }

    private static Received received(ServerProcess server) throws InterruptedException {
        return Objects.requireNonNull(server.stdio().receive(HostileClient.HANG), "the server hangs");
    }

    /** A small heap, so that what leaks is seen early; no time to live, so that sessions of ended connections are gone. */
    private ServerLaunch launch() throws IOException {
        Path directory = scratch.toRealPath();
        ServerLaunch launch = ServerLaunch.outpost(Map.of("PATH", "/usr/bin:/bin"), directory);
        List<String> command = new ArrayList<>(launch.command());
        command.add(1, "-Xmx96m");
        command.addAll(List.of("--max-message-size", "64KiB", "--session-ttl", "0s"));
        return new ServerLaunch(command, launch.environment(), directory);
    }

    static List<byte[]> utf8(String... texts) {
        return Stream.of(texts).map(text -> text.getBytes(UTF_8)).toList();
    }
}
