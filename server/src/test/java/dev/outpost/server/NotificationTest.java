package dev.outpost.server;

import static dev.outpost.server.Wire.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outpost.executor.process.ExitStatus;
import dev.outpost.testkit.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What a client is told without asking (spec 01 §4, §9). */
class NotificationTest {
    private final TestServer server = new TestServer();
    private final MemoryConnection client = server.connectReady();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    @Spec({"W49", "W117", "W118", "W119", "P11", "N14f"})
    void outputExitAndCloseArriveInOrder() {
        FakeProcess process = started("p");
        process.output("hi");
        process.exit(new ExitStatus.Code(7));
        process.close();
        client.await(message -> message.path("method").asString("").equals("process/closed"));
        assertThat(client.received().stream().skip(2).map(JsonNode::toString))
                .containsExactly(
                        "{\"method\":\"process/output\",\"params\":{\"processId\":\"p\",\"seq\":1,\"stream\":\"stdout\",\"chunk\":\"aGk=\"}}",
                        "{\"method\":\"process/exited\",\"params\":{\"processId\":\"p\",\"seq\":2,\"exitCode\":7,\"sandboxDenied\":false}}",
                        "{\"method\":\"process/closed\",\"params\":{\"processId\":\"p\",\"seq\":3}}");
        await().until(() -> process.subscriptions() == 0);
    }

    /** Outpost's own: a chunk of two bytes counts 66, so after the second of them the window of 100 is used up. */
    @Test
    void outputBeyondTheWindowWaitsForCredit() {
        client.send(Wire.request(
                1,
                "process/start",
                "'processId':'p','argv':['true'],'cwd':'file:///','env':{},'tty':false,'outputWindow':100"));
        client.result(1);
        FakeProcess process = server.processes(0).process("p");
        for (int i = 0; i < 5; i++) {
            process.output("hi");
        }
        process.exit(new ExitStatus.Code(0));
        await().until(() -> client.seqs("p").size() == 2);
        client.send(Wire.request(2, "process/credit", "'processId':'p','bytes':33"));
        client.result(2);
        client.settle();
        assertThat(client.seqs("p"))
                .as("32 were missing, so one more chunk may go")
                .containsExactly(1L, 2L, 3L);
        client.send(Wire.request(3, "process/credit", "'processId':'p','bytes':1000000"));
        client.result(3);
        client.settle();
        assertThat(client.seqs("p")).as("never more than the window").containsExactly(1L, 2L, 3L, 4L, 5L);
        client.send(Wire.request(4, "process/credit", "'processId':'p','bytes':100"));
        client.result(4);
        await().until(() -> client.seqs("p").size() == 6);
        client.send(Wire.request(5, "process/credit", "'processId':'unknown','bytes':1"));
        client.result(5);
    }

    @ParameterizedTest
    @CsvSource({"/,-1", "file:///,137"})
    @Spec({"N14a", "N44", "P53"})
    void aProcessKeepsTheDialectOfItsStart(String cwd, int exitCode) {
        client.send(start(1, "p", "'true'", cwd));
        client.result(1);
        FakeProcess process = server.processes(0).process("p");
        process.exit(new ExitStatus.Signal(9));
        var exited = client.await(message -> message.path("method").asString("").equals("process/exited"));
        assertThat(exited.get("params").get("exitCode").asInt()).isEqualTo(exitCode);
        process.close();
        client.send(Wire.read(2, "p", 0));
        assertThat(client.result(2).get("exitCode").asInt()).isEqualTo(exitCode);
    }

    @ParameterizedTest
    @CsvSource({"/,2", "file:///,4"})
    @Spec({"N14a", "N40", "P25"})
    void nextSeqFollowsTheDialectOfTheStart(String cwd, long nextSeq) {
        client.send(start(1, "p", "'true'", cwd));
        client.result(1);
        FakeProcess process = server.processes(0).process("p");
        process.output("hi");
        process.exit(new ExitStatus.Code(0));
        process.close();
        client.send(Wire.read(2, "p", 0));
        assertThat(client.result(2).get("nextSeq").asLong()).isEqualTo(nextSeq);
        client.send(Wire.request(3, "process/read", "'processId':'p','maxBytes':9"));
        assertThat(client.result(3).get("nextSeq").asLong()).isEqualTo(2);
    }

    @Test
    @Spec("W49")
    void theAnswerToAStartComesBeforeItsFirstNotification() {
        server.processes(0).startManually();
        for (int i = 0; i < 200; i++) {
            client.post(start(i, "p" + i));
        }
        client.settle();
        for (FakeProcesses.Starting starting : server.processes(0).starting()) {
            starting.process().output("early");
            starting.succeed();
            starting.process().output("late");
        }
        List<JsonNode> received = new ArrayList<>();
        await().until(() -> {
            received.clear();
            received.addAll(client.received());
            return received.size() == 1 + 3 * 200;
        });
        for (int i = 0; i < 200; i++) {
            String process = "p" + i;
            assertThat(received.stream()
                            .filter(message -> message.toString().contains("\"processId\":\"" + process + "\""))
                            .map(message -> message.has("id")
                                    ? "answer"
                                    : message.get("params").get("seq").asString()))
                    .containsExactly("answer", "1", "2");
        }
    }

    @Test
    @Spec("W49")
    void nothingIsAskedOfAProcessBeforeTheAnswerToItsStartIsOnItsWay() {
        server.processes(0).startManually();
        client.send(start(1, "p"));
        FakeProcesses.Starting starting = server.processes(0).starting().getFirst();
        List<Integer> sends = new ArrayList<>();
        starting.process().whenSubscribed(() -> sends.add(client.sends()));
        assertThat(client.sends()).isEqualTo(1);
        starting.succeed();
        assertThat(sends).containsExactly(2);
    }

    @Test
    @Spec({"W51", "N14i"})
    void aClientThatDoesNotTakeHoldsBackItsProcessesAndNobodyElse() {
        FakeProcess process = started("p");
        client.setTaking(false);
        MemoryConnection other = server.connectReady();
        other.send(start(1, "q"));
        other.result(1);
        for (int i = 0; i < 1000; i++) {
            process.output("x");
            server.processes(1).process("q").output("y");
        }
        await().until(() -> other.seqs("q").size() == 1000);
        client.settle();
        assertThat(process.taken()).isZero();
        assertThat(client.unsent()).isZero();
        client.setTaking(true);
        await().until(() -> client.seqs("p").size() == 1000);
        assertThat(client.seqs("p"))
                .isEqualTo(LongStream.rangeClosed(1, 1000).boxed().toList());
    }

    @Test
    void processesTakeTurns() {
        FakeProcess busy = started("busy");
        FakeProcess quiet = started("quiet");
        client.setTaking(false);
        for (int i = 0; i < 100; i++) {
            busy.output("x");
        }
        quiet.output("y");
        client.setTaking(true);
        await().until(() -> client.seqs("busy").size() == 100);
        List<JsonNode> notifications = client.received().stream()
                .filter(message -> message.has("method"))
                .toList();
        assertThat(notifications.stream()
                        .map(message -> message.get("params").get("processId").asString())
                        .toList()
                        .indexOf("quiet"))
                .isLessThan(3);
    }

    @Test
    @Spec("P21")
    void aGapIsSeenAsAJumpInTheNumbers() {
        FakeProcess process = started("p");
        client.setTaking(false);
        process.output("lost");
        process.output("lost too");
        process.loseUntaken();
        process.output("kept");
        client.setTaking(true);
        await().until(() -> !client.seqs("p").isEmpty());
        assertThat(client.seqs("p")).containsExactly(3L);
    }

    @Test
    @Spec("P8")
    void evictionEndsTheNotifications() {
        FakeProcess process = started("p");
        assertThat(process.subscriptions()).isEqualTo(1);
        server.processes(0).evict("p");
        assertThat(process.subscriptions()).isZero();
    }

    private FakeProcess started(String id) {
        client.send(start("start-" + id, id));
        client.result("start-" + id);
        client.settle();
        return server.processes(0).process(id);
    }
}
