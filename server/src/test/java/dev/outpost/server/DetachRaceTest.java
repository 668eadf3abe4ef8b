package dev.outpost.server;

import static dev.outpost.server.Wire.read;
import static dev.outpost.server.Wire.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outpost.testkit.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Connections that come and go while processes run: whatever the interleaving, a session has one owner at most. */
class DetachRaceTest {
    private static final int ROUNDS = 1000;

    @Test
    @Spec({"W54", "W56", "W57", "N14g"})
    void aSessionHasOneOwnerWhateverTheInterleaving() throws Exception {
        var random = new Random(4_242);
        try (var server = new TestServer();
                ExecutorService racers = Executors.newFixedThreadPool(4)) {
            MemoryConnection owner = server.connectReady();
            String session = owner.answer("init").get("result").get("sessionId").asString();
            owner.send(start(1, "p"));
            owner.result(1);
            FakeProcess process = server.processes(0).process("p");
            for (int round = 0; round < ROUNDS; round++) {
                owner = race(server, racers, random, owner, session, process);
            }
            MemoryConnection last = owner;
            process.output("last");
            await().until(() -> last.seqs("p").contains(process.lastSeq()));
            assertThat(process.subscriptions()).isEqualTo(1);
            assertThat(process.parkedReads()).isZero();
            assertThat(server.allProcesses()).hasSize(1);
        }
    }

    /** The owner goes while two others try to take the session and the process speaks; returns the new owner. */
    private static MemoryConnection race(
            TestServer server,
            ExecutorService racers,
            Random random,
            MemoryConnection owner,
            String session,
            FakeProcess process)
            throws Exception {
        List<MemoryConnection> rivals = List.of(server.connect(), server.connect());
        owner.send(read("read", "p", 1_000_000));
        var start = new CyclicBarrier(4);
        boolean violation = random.nextBoolean();
        int spins = random.nextInt(2000);
        List<Future<?>> running = new ArrayList<>();
        running.add(racers.submit(() -> {
            start.await();
            if (violation) {
                owner.send("{'method':'nope'}");
            } else {
                owner.close();
            }
            return null;
        }));
        running.add(racers.submit(() -> {
            start.await();
            process.output("x");
            return null;
        }));
        for (MemoryConnection rival : rivals) {
            running.add(racers.submit(() -> {
                start.await();
                for (int i = 0; i < spins; i++) {
                    Thread.onSpinWait();
                }
                for (int attempt = 0; resumed(rivals).isEmpty(); attempt++) {
                    rival.send(Wire.resume("r" + attempt, session));
                    rival.answer("r" + attempt);
                }
                return null;
            }));
        }
        for (Future<?> each : running) {
            finish(each);
        }
        List<MemoryConnection> winners = resumed(rivals);
        assertThat(winners).hasSize(1);
        MemoryConnection winner = winners.getFirst();
        rivals.stream().filter(rival -> rival != winner).forEach(MemoryConnection::close);
        owner.awaitEnd();
        winner.send("{'method':'initialized'}");
        winner.send(Wire.request("catch-up", "process/read", "'processId':'p','afterSeq':0"));
        assertThat(winner.result("catch-up").get("chunks").size()).isEqualTo((int) process.lastSeq());
        assertThat(winner.seqs("p")).doesNotHaveDuplicates().isSorted();
        return winner;
    }

    private static List<MemoryConnection> resumed(List<MemoryConnection> rivals) {
        return rivals.stream()
                .filter(rival -> rival.received().stream().anyMatch(message -> message.has("result")))
                .toList();
    }

    private static void finish(Future<?> future) throws InterruptedException, ExecutionException {
        try {
            future.get(30, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError("a racer hangs", e);
        }
    }
}
