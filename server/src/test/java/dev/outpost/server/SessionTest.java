package dev.outpost.server;

import static dev.outpost.server.Wire.read;
import static dev.outpost.server.Wire.resume;
import static dev.outpost.server.Wire.start;
import static dev.outpost.server.Wire.terminate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outpost.executor.process.ExitStatus;
import dev.outpost.testkit.Spec;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions as a client sees them (spec 01 §5). */
class SessionTest {
    private final TestServer server = new TestServer();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    @Spec("W52")
    void idsAreRandomUuids() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            try (var client = server.connectReady()) {
                ids.add(session(client));
            }
        }
        assertThat(ids)
                .hasSize(100)
                .allMatch(id -> id.matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    }

    @Test
    @Spec("W53")
    void processesBelongToTheirSession() {
        var one = server.connectReady();
        var two = server.connectReady();
        one.send(start(1, "p"));
        one.result(1);
        two.send(read(1, "p", 0));
        two.expectError(1, -32600, "unknown process id p");
        two.send(start(2, "p"));
        assertThat(two.result(2).get("processId").asString()).isEqualTo("p");
    }

    @Test
    @Spec({"W54", "W56", "W62"})
    void processesSurviveTheConnectionAndNothingIsReplayed() {
        var old = server.connectReady();
        old.send(start(1, "p"));
        var process = server.processes(0).process("p");
        process.output("one");
        old.await(message -> message.path("params").path("seq").asInt() == 1);
        end(old);
        process.output("two");

        var next = server.connect();
        next.send(resume(1, session(old)));
        assertThat(next.result(1).get("sessionId").asString()).isEqualTo(session(old));
        next.send(terminate(2, "p"));
        next.expectError(2, -32600, "client must send initialized before using exec methods");
        next.send("{'method':'initialized'}");
        next.send(read(3, "p", 0));
        assertThat(next.result(3).get("chunks").size()).isEqualTo(2);
        process.output("three");
        next.await(message -> message.path("params").path("seq").asInt() == 3);
        assertThat(next.seqs("p")).containsExactly(3L);
        assertThat(server.processes(0).isClosed()).isFalse();
    }

    @Test
    @Spec({"W56", "W62", "N14i"})
    void notificationsGoOnAtOnceWhereNothingWasMissed() {
        var old = server.connectReady();
        old.send(start(1, "p"));
        var process = server.processes(0).process("p");
        process.output("one");
        old.await(message -> message.path("params").path("seq").asInt() == 1);
        end(old);
        var next = resumed(session(old));
        process.output("two");
        next.await(message -> message.path("params").path("seq").asInt() == 2);
    }

    @Test
    @Spec({"W62", "N14i"})
    void whatWasMissedIsNotTakenBeforeTheClientHasReadIt() {
        var old = server.connectReady();
        old.send(start(1, "p"));
        var process = server.processes(0).process("p");
        end(old);
        process.output("one");
        process.output("two");
        var next = resumed(session(old));
        process.output("three");
        next.send(Wire.request(1, "process/read", "'processId':'p','maxBytes':1"));
        next.result(1);
        next.settle();
        assertThat(process.taken()).isZero();
        assertThat(next.seqs("p")).isEmpty();
        next.send(Wire.request(2, "process/read", "'processId':'p','afterSeq':3,'maxBytes':1"));
        next.result(2);
        next.await(message -> message.path("params").path("seq").asInt() == 3);
        assertThat(next.seqs("p")).containsExactly(3L);
    }

    /** What it was notified of may have been lost with the connection. */
    @Test
    @Spec({"W62", "N14i", "N94"})
    void aClientWithAWindowReadsToTheEndBeforeItIsNotifiedAgain() {
        var old = server.connectReady();
        old.send(Wire.request(
                1,
                "process/start",
                "'processId':'p','argv':['true'],'cwd':'file:///','env':{},'tty':false,'outputWindow':100000"));
        old.result(1);
        var process = server.processes(0).process("p");
        process.output("one");
        old.await(message -> message.path("params").path("seq").asInt() == 1);
        end(old);
        var next = resumed(session(old));
        process.output("two");
        server.nanoTime.addAndGet(Duration.ofSeconds(100).toNanos());
        server.connectReady();
        next.send(Wire.request(1, "process/read", "'processId':'p','maxBytes':1"));
        next.result(1);
        next.settle();
        assertThat(process.taken()).isEqualTo(1);
        assertThat(next.seqs("p")).isEmpty();
        next.send(Wire.request(2, "process/read", "'processId':'p','afterSeq':2,'maxBytes':1"));
        next.result(2);
        process.output("three");
        next.await(message -> message.path("params").path("seq").asInt() == 3);
    }

    @Test
    @Spec({"W56", "N14i"})
    void aClientThatDoesNotReadWhatItMissedGetsItsNotificationsAfterAWhile() {
        var old = server.connectReady();
        old.send(start(1, "p"));
        var process = server.processes(0).process("p");
        end(old);
        process.output("one");
        var next = resumed(session(old));
        process.output("two");
        server.nanoTime.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
        server.connectReady();
        next.settle();
        assertThat(next.seqs("p")).isEmpty();
        server.nanoTime.incrementAndGet();
        server.connectReady();
        next.await(message -> message.path("params").path("seq").asInt() == 2);
        assertThat(next.seqs("p")).containsExactly(2L);
    }

    @Test
    @Spec({"W54", "W42"})
    void aProtocolViolationDetachesToo() {
        var old = server.connectReady();
        old.send("{'method':'nope'}");
        old.awaitEnd();
        var next = server.connect();
        next.send(resume(1, session(old)));
        next.result(1);
    }

    @Test
    @Spec({"W57", "N33", "N14g"})
    void noTakeoverOfAnAttachedSession() {
        var owner = server.connectReady();
        var other = server.connect();
        other.send(resume(1, session(owner)));
        other.expectError(1, -32010, "session " + session(owner) + " is already attached to another connection");
        owner.send(terminate(1, "p"));
        owner.result(1);
        end(owner);
        other.send(resume(2, session(owner)));
        assertThat(other.result(2).get("sessionId").asString()).isEqualTo(session(owner));
    }

    @Test
    @Spec({"W55", "W58", "N14g", "P9"})
    void timeIsOverAtResumeEvenIfNoTimerHasFired() {
        var old = server.connectReady();
        end(old);
        server.nanoTime.addAndGet(Duration.ofSeconds(60).toNanos() - 1);
        var inTime = server.connect();
        inTime.send(resume(1, session(old)));
        inTime.result(1);
        end(inTime);
        assertThat(server.processes(0).isClosed()).isFalse();

        server.nanoTime.addAndGet(Duration.ofSeconds(60).toNanos());
        var late = server.connect();
        late.send(resume(1, session(old)));
        late.expectError(1, -32600, "unknown session id " + session(old));
        await().until(server.processes(0)::isClosed);
    }

    @Test
    @Spec({"W62", "W55"})
    void everyDetachStartsAFreshTime() {
        var client = server.connectReady();
        String session = session(client);
        for (int i = 0; i < 5; i++) {
            end(client);
            server.nanoTime.addAndGet(Duration.ofSeconds(59).toNanos());
            client = server.connect();
            client.send(resume(1, session));
            client.result(1);
        }
    }

    @Test
    @Spec({"W56", "W55"})
    void anAttachedSessionNeverExpires() {
        var client = server.connectReady();
        server.nanoTime.addAndGet(Duration.ofDays(1).toNanos());
        server.connectReady();
        client.send(start(1, "p"));
        client.result(1);
    }

    @Test
    @Spec({"W58", "W61"})
    void emptyIsUnknownAndNullIsNew() {
        var client = server.connect();
        client.send(resume(1, ""));
        client.expectError(1, -32600, "unknown session id ");
        client.send("{'id':2,'method':'initialize','params':{'clientName':'x','resumeSessionId':null}}");
        client.result(2);
    }

    @Test
    @Spec({"W55", "P9"})
    void theClockEndsProcessesByItself() throws Exception {
        var config = ServerConfig.DEFAULT.withSessionTimeToLive(Duration.ofMillis(5));
        var processes = new FakeProcesses();
        var info = server.info();
        try (var real = new ExecServer(config, new ExecutorServices(() -> processes, server.files, info))) {
            var client = MemoryConnection.ready(real);
            end(client);
            await().until(processes::isClosed);
        }
    }

    @Test
    @Spec({"W47", "W54"})
    void whatRunsIsAbandonedAndDoesNotDelayAResume() {
        Semaphore disk = server.files.slow("/a");
        server.files.put("/a", new byte[] {1});
        var old = server.connectReady();
        old.send(start(1, "p"));
        old.send(read(2, "p", 1_000_000));
        old.send(Wire.readFile(3, "/a"));
        await().until(() -> server.files.calls().contains("read /a"));
        var process = server.processes(0).process("p");
        assertThat(process.parkedReads()).isEqualTo(1);
        end(old);
        assertThat(process.parkedReads()).isZero();
        assertThat(process.subscriptions()).isZero();

        var next = server.connect();
        next.send(resume(1, session(old)));
        next.result(1);
        disk.release();
        await().until(() -> server.files.openContents() == 0);
        assertThat(old.hasAnswered(2)).isFalse();
        assertThat(old.hasAnswered(3)).isFalse();
        assertThat(next.received()).hasSize(1);
    }

    @Test
    @Spec({"W47", "N41"})
    void aWriteThatWaitsIsNotTakenBack() {
        var old = server.connectReady();
        old.send(start(1, "p"));
        var process = server.processes(0).process("p");
        process.fillStdin();
        old.send(Wire.write(2, "p", "x"));
        end(old);
        assertThat(process.waitingWrites()).isEqualTo(1);
        resumed(session(old));
    }

    @Test
    @Spec({"W47", "N14f"})
    void whatHasNotBegunWhenTheConnectionEndsNeverBegins() {
        var old = server.connectReady();
        server.processes(0).startManually();
        Semaphore disk = server.files.slow("/a");
        old.send(start(1, "p"));
        old.send(Wire.write(2, "p", "x"));
        old.send(Wire.writeFile(3, "/a", "x"));
        old.send(Wire.writeFile(4, "/b", "x"));
        await().until(() -> server.files.calls().contains("write /a"));
        end(old);
        server.processes(0).starting().getFirst().succeed();
        disk.release();
        await().until(() -> server.files.get("/a") != null);

        var next = server.connect();
        next.send(resume(1, session(old)));
        next.send("{'method':'initialized'}");
        next.send(terminate(2, "p"));
        assertThat(next.result(2).get("running").asBoolean()).isTrue();
        assertThat(server.processes(0).calls()).containsExactly("start p", "terminate p");
        assertThat(server.files.get("/b")).isNull();
    }

    @Test
    @Spec({"W56", "N14f"})
    void aStartThatOutlivesItsConnectionIsSeenByTheNext() {
        var old = server.connectReady();
        server.processes(0).startManually();
        old.send(start(1, "p"));
        end(old);
        var next = server.connect();
        next.send(resume(1, session(old)));
        next.send("{'method':'initialized'}");
        next.send(read(2, "p", 1_000_000));
        assertThat(next.hasAnswered(2)).isFalse();
        server.processes(0).starting().getFirst().succeed();
        server.processes(0).process("p").output("one");
        assertThat(next.result(2).get("chunks").size()).isEqualTo(1);
        next.await(message -> message.path("params").path("seq").asInt() == 1);
    }

    @Test
    @Spec({"P6", "P7", "W81"})
    void anIdIsForgottenWhenItIsFree() {
        var client = server.connectReady();
        client.send(start(1, "p"));
        client.result(1);
        var process = server.processes(0).process("p");
        process.exit(new ExitStatus.Code(0));
        process.close();
        client.send(start(2, "p"));
        client.expectError(2, -32600, "process p already exists");
        server.processes(0).evict("p");
        client.send(read(3, "p", 0));
        client.expectError(3, -32600, "unknown process id p");
        client.send(start(4, "p"));
        client.result(4);
    }

    @Test
    void sessionsAreBounded() {
        var config = new ServerConfig(
                Duration.ofSeconds(60), Duration.ofSeconds(10), 2, 256, 4096, 1 << 20, 16, 1 << 20, 4, 1);
        try (var small = new TestServer(config)) {
            var one = small.connectReady();
            small.connectReady();
            var three = small.connect();
            three.send(Wire.request(1, "initialize", "'clientName':'x'"));
            three.expectError(
                    1, -32600, "this server keeps at most 2 sessions; resume one, or try again when one has ended");
            end(one);
            small.nanoTime.addAndGet(Duration.ofSeconds(60).toNanos());
            await().until(() -> {
                three.send(Wire.request(2, "initialize", "'clientName':'x'"));
                three.answer(2);
                return three.received().stream().anyMatch(message -> message.has("result"));
            });
        }
    }

    @Test
    @Spec({"N34", "N14h"})
    void closingTheServerEndsEverything() {
        var attached = server.connectReady();
        var detached = server.connectReady();
        end(detached);
        server.server.close();
        attached.awaitEnd();
        assertThat(server.allProcesses()).hasSize(2).allMatch(FakeProcesses::isClosed);
        server.server.close();
        var late = server.connect();
        late.awaitEnd();
    }

    private static String session(MemoryConnection client) {
        return client.answer("init").get("result").get("sessionId").asString();
    }

    private MemoryConnection resumed(String session) {
        var client = server.connect();
        client.send(resume("resume", session));
        client.result("resume");
        client.send("{'method':'initialized'}");
        return client;
    }

    private static void end(MemoryConnection client) {
        client.close();
        client.awaitEnd();
    }
}
