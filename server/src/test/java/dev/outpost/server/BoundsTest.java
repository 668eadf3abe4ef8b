package dev.outpost.server;

import static dev.outpost.server.Wire.metadata;
import static dev.outpost.server.Wire.read;
import static dev.outpost.server.Wire.readFile;
import static dev.outpost.server.Wire.start;
import static dev.outpost.server.Wire.terminate;
import static dev.outpost.server.Wire.writeFile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.outpost.testkit.Spec;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens at the limits (spec N14d and the server's own). */
class BoundsTest {
    private static final ServerConfig SMALL =
            new ServerConfig(Duration.ofSeconds(60), Duration.ofSeconds(10), 100, 4, 6, 100_000, 3, 10_000, 8, 1);

    private final TestServer server = new TestServer(SMALL);
    private final MemoryConnection client = server.connectReady();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    @Spec("N14f")
    void waitingReadsHoldUpNothingAndAreRefusedAboveTheirBound() {
        client.send(start("start", "p"));
        client.result("start");
        for (int i = 1; i <= 6; i++) {
            client.send(read(i, "p", 1_000_000));
        }
        assertThat(client.isPaused()).isFalse();
        client.send(read(7, "p", 1_000_000));
        client.expectError(
                7,
                -32600,
                "too many reads of this connection are waiting (limit 6); let one end before the next, or wait for"
                        + " notifications instead");
        client.send(terminate(8, "p"));
        client.result(8);
        assertThat(server.processes(0).calls()).contains("terminate p");
        server.processes(0).process("p").output("x");
        client.result(6);
        client.send(read(9, "p", 0));
        client.result(9);
    }

    @Test
    void anAnswerCountsUntilItIsWritten() {
        client.setTaking(false);
        for (int i = 1; i <= 6; i++) {
            client.send(terminate(i, "p"));
        }
        assertThat(client.isPaused()).isTrue();
        assertThat(client.unsent()).isEqualTo(4);
        client.setTaking(true);
        client.result(6);
        await().until(() -> !client.isPaused());
    }

    @Test
    void answersToMalformedMessagesCountToo() {
        client.setTaking(false);
        for (int i = 1; i <= 6; i++) {
            client.sendRaw("{");
        }
        assertThat(client.unsent()).isEqualTo(4);
        client.setTaking(true);
        await().until(() -> client.received().size() == 7);
    }

    @Test
    void readingPausesAboveTheBytesInFlight() {
        Semaphore disk = server.files.slow("/a");
        client.send(writeFile(1, "/a", "x".repeat(60_000)));
        await().until(() -> !client.isPaused());
        client.send(writeFile(2, "/a", "x".repeat(60_000)));
        client.send(terminate(3, "p"));
        assertThat(client.isPaused()).isTrue();
        assertThat(client.hasAnswered(3)).isFalse();
        disk.release(2);
        client.result(3);
        await().until(() -> !client.isPaused());
    }

    @Test
    void oneMessageAboveTheBytesInFlightStillPasses() {
        client.send(writeFile(1, "/a", "x".repeat(200_000)));
        client.result(1);
        assertThat(server.files.get("/a")).hasSize(200_000);
        client.send(terminate(2, "p"));
        client.result(2);
    }

    @Test
    @Spec("N14f")
    void largeMessagesAreDecodedElsewhereAndKeepTheirPlace() {
        client.send(start(0, "p"));
        var random = new Random(7);
        StringBuilder expected = new StringBuilder("start p");
        for (int id = 1; id <= 100; id++) {
            String text = id + "x".repeat(random.nextBoolean() ? 9_000 : 1);
            client.post(Wire.write(id, "p", text));
            expected.append(", write p ").append(text);
        }
        client.result(100);
        assertThat(String.join(", ", server.processes(0).calls())).isEqualTo(expected.toString());
        assertThat(client.pauses()).isPositive();
    }

    @Test
    void largeMessagesMayBreakTheProtocolToo() {
        client.sendRaw("{\"method\":\"" + "x".repeat(20_000) + "\"}");
        client.awaitEnd();
    }

    @Test
    @Spec({"N14d", "W63"})
    void messagesAboveTheLimitAreAnsweredAndTheConnectionLives() {
        client.sendOversized("{'id':5,'method':'fs/writeFile','params':{'path':'/a','dataBase64':'AAAA", 1000);
        client.expectError(
                5,
                -32600,
                "message is larger than the limit of 1000 bytes; send less at once or raise the limit of the server");
        client.sendOversized("{'method':'fs/writeFile','params':{'path':'/a','dataBase64':'AAAA", 1000);
        assertThat(client.answer(-1).get("error").get("code").asInt()).isEqualTo(-32600);
        client.send(terminate(6, "p"));
        client.result(6);
    }

    @Test
    void oneConnectionCannotOccupyAllFileThreads() {
        Semaphore disk = server.files.slow("/slow");
        for (int i = 1; i <= 4; i++) {
            client.post(metadata(i, "/slow"));
        }
        await().until(() -> server.files.calls().size() == 3);
        MemoryConnection other = server.connectReady();
        other.send(metadata(1, "/a"));
        other.result(1);
        assertThat(server.files.calls())
                .containsExactly("metadata /slow", "metadata /slow", "metadata /slow", "metadata /a");
        disk.release(4);
        client.result(4);
    }

    @Test
    void aFileThatWasReadTakesMemoryOnlyAsLongAsItIsNotSent() {
        server.files.put("/big", new byte[3_000_000]);
        client.setTaking(false);
        for (int i = 1; i <= 4; i++) {
            client.send(readFile(i, "/big"));
        }
        await().until(() -> client.unsent() == 3);
        assertThat(server.files.openContents()).isEqualTo(3);
        client.setTaking(true);
        assertThat(client.result(4).get("dataBase64").asString()).hasSize(4_000_000);
        await().until(() -> server.files.openContents() == 0);
    }

    @Test
    void unsentFileContentIsFreedWhenTheConnectionEnds() {
        server.files.put("/big", new byte[3_000_000]);
        client.setTaking(false);
        client.send(readFile(1, "/big"));
        await().until(() -> client.unsent() == 1);
        client.close();
        await().until(() -> server.files.openContents() == 0);
    }

    @Test
    void limitsUnderWhichNothingWorksAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ServerConfig(Duration.ofSeconds(-1), Duration.ZERO, 1, 1, 1, 1, 1, 1, 1, 1))
                .withMessageContaining("sessionTimeToLive");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ServerConfig(Duration.ZERO, Duration.ZERO, 1, 0, 1, 1, 1, 1, 1, 1))
                .withMessage("maxRequestsInFlight must be at least 1: 0");
    }
}
