package dev.outpost.server;

import static dev.outpost.server.Wire.metadata;
import static dev.outpost.server.Wire.read;
import static dev.outpost.server.Wire.readFile;
import static dev.outpost.server.Wire.signal;
import static dev.outpost.server.Wire.start;
import static dev.outpost.server.Wire.terminate;
import static dev.outpost.server.Wire.write;
import static dev.outpost.server.Wire.writeFile;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outpost.executor.FailureKind;
import dev.outpost.testkit.Spec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which request may overtake which (spec N14f). */
@Spec("N14f")
class ConcurrencyTest {
    private final TestServer server = new TestServer();
    private final MemoryConnection client = server.connectReady();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    @Spec({"W46", "W48"})
    void aWaitingReadHoldsUpNothing() {
        FakeProcess process = started("p");
        client.send(read(1, "p", 1_000_000));
        client.send(write(2, "p", "x"));
        client.send(terminate(3, "p"));
        client.send(metadata(4, "/a"));
        client.result(2);
        assertThat(client.result(3).get("running").asBoolean()).isTrue();
        client.result(4);
        assertThat(client.hasAnswered(1)).isFalse();
        process.output("done");
        assertThat(client.result(1).get("chunks").size()).isEqualTo(1);
    }

    @Test
    void aSlowDiskHoldsUpNothingElse() {
        Semaphore disk = server.files.slow("/slow");
        client.send(readFile(1, "/slow"));
        client.send(metadata(2, "/a"));
        client.send(start(3, "p"));
        client.result(2);
        client.result(3);
        assertThat(client.hasAnswered(1)).isFalse();
        disk.release();
        client.expectError(1, -32004, "No such file or directory (os error 2)");
    }

    @Test
    void changesKeepTheirOrderAndLaterReadsSeeThem() {
        Semaphore disk = server.files.slow("/a");
        client.send(writeFile(1, "/a", "one"));
        client.send(writeFile(2, "/b", "two"));
        client.send(Wire.request(3, "fs/copy", "'sourcePath':'/b','destinationPath':'/c','recursive':false"));
        client.send(readFile(4, "/c"));
        client.send(terminate(5, "p"));
        client.result(5);
        await().until(() -> server.files.calls().equals(List.of("write /a")));
        disk.release();
        assertThat(client.result(4).get("dataBase64").asString()).isEqualTo(Wire.base64("two"));
        assertThat(server.files.calls()).containsExactly("write /a", "write /b", "copy /b", "read /c");
    }

    @Test
    void whatIsKnownAtOnceNeedsNoWorkerUnlessAChangeIsUnderWay() {
        client.send(metadata(1, "/known/a"));
        client.result(1);
        assertThat(server.files.calls()).containsExactly("known /known/a");
        client.send(metadata(2, "/known/bug"));
        assertThat(client.answer(2).get("error").get("code").asInt()).isEqualTo(-32603);
        Semaphore disk = server.files.slow("/changing");
        client.send(writeFile(3, "/changing", "x"));
        client.send(metadata(4, "/known/b"));
        await().until(() -> server.files.calls().contains("write /changing"));
        assertThat(client.hasAnswered(4)).isFalse();
        disk.release();
        client.result(4);
        assertThat(server.files.calls()).endsWith("write /changing", "metadata /known/b");
        client.send(metadata(5, "/known/c"));
        client.result(5);
        assertThat(server.files.calls()).endsWith("known /known/c");
    }

    @Test
    void aReadWaitsOnlyForChangesBeforeIt() {
        Semaphore first = server.files.slow("/1");
        Semaphore second = server.files.slow("/2");
        client.send(writeFile(1, "/1", "x"));
        client.send(metadata(2, "/1"));
        client.send(writeFile(3, "/2", "x"));
        first.release();
        await().until(() -> server.files.calls().contains("metadata /1"));
        first.release();
        client.result(2);
        assertThat(client.hasAnswered(3)).isFalse();
        second.release();
        client.result(3);
    }

    @Test
    @Spec({"P2", "P41"})
    void whatFollowsAPendingStartWaitsForItInOrder() {
        server.processes(0).startManually();
        client.send(start(1, "p"));
        client.send(write(2, "p", "a"));
        client.send(signal(3, "p"));
        client.send(write(4, "p", "b"));
        client.send(read(5, "p", 0));
        client.send(terminate(6, "p"));
        client.send(start(7, "p"));
        client.send(start(8, "other"));
        server.processes(0).starting().get(1).succeed();
        client.result(8);
        assertThat(client.received()).hasSize(2);
        server.processes(0).starting().getFirst().succeed();
        client.expectError(7, -32600, "process p already exists");
        assertThat(server.processes(0).calls())
                .containsExactly(
                        "start p",
                        "start other",
                        "write p a",
                        "signal p INTERRUPT",
                        "write p b",
                        "read p",
                        "terminate p",
                        "start p");
        assertThat(client.result(2).get("status").asString()).isEqualTo("accepted");
        assertThat(client.result(6).get("running").asBoolean()).isTrue();
    }

    @Test
    @Spec({"P1", "P7", "P40", "N55", "W92"})
    void whatFollowsAFailedStartFindsNoProcess() {
        server.processes(0).startManually();
        client.send(start(1, "p"));
        client.send(write(2, "p", "a"));
        client.send(read(3, "p", 1000));
        client.send(terminate(4, "p"));
        client.send(signal(5, "p"));
        client.send(start(6, "p"));
        client.send(write(7, "p", "b"));
        server.processes(0)
                .fail(
                        server.processes(0).starting().getFirst(),
                        FailureKind.FAILED,
                        "No such file or directory (os error 2)");
        client.expectError(1, -32603, "No such file or directory (os error 2)");
        assertThat(client.result(2).get("status").asString()).isEqualTo("unknownProcess");
        client.expectError(3, -32600, "unknown process id p");
        assertThat(client.result(4).get("running").asBoolean()).isFalse();
        assertThat(client.result(5).isEmpty()).isTrue();
        server.processes(0).starting().get(1).succeed();
        client.result(6);
        assertThat(client.result(7).get("status").asString()).isEqualTo("accepted");
    }

    @Test
    @Spec({"P43", "P44"})
    void aFullStdinHoldsUpNeitherTerminateNorAnythingElse() {
        FakeProcess process = started("p");
        process.fillStdin();
        client.send(write(1, "p", "x"));
        client.send(terminate(2, "p"));
        assertThat(client.result(2).get("running").asBoolean()).isTrue();
        assertThat(client.hasAnswered(1)).isFalse();
    }

    @Test
    @Spec({"N41", "P42", "W91"})
    void writesPassTheirIdOnAndSayWhatBecameOfThem() {
        started("p");
        client.send(Wire.request(1, "process/write", "'processId':'p','chunk':'eA==','writeId':'w-1'"));
        assertThat(client.result(1).get("status").asString()).isEqualTo("accepted");
        client.send(write(2, "p", "closed"));
        assertThat(client.result(2).get("status").asString()).isEqualTo("stdinClosed");
        assertThat(server.processes(0).calls()).contains("write p x as w-1");
    }

    static List<Long> seeds() {
        var random = new Random(20_250_131);
        return random.longs(25).boxed().toList();
    }

    /**
     * Sends random file requests without waiting and lets them end in random order. Whatever the order, changes begin as
     * they were sent, and a read sees every change that was sent before it.
     */
    @ParameterizedTest
    @MethodSource("seeds")
    void fileRequestsKeepTheirOrderHoweverLongTheyTake(long seed) {
        var random = new Random(seed);
        String[] paths = {"/a", "/b", "/c"};
        for (String path : paths) {
            server.files.put(path, "0".getBytes(UTF_8));
            server.files.slow(path);
        }
        Map<String, Integer> written = new HashMap<>();
        List<String> changes = new ArrayList<>();
        Map<Integer, Integer> atLeast = new HashMap<>();
        int requests = 120;
        for (int id = 0; id < requests; id++) {
            String path = paths[random.nextInt(paths.length)];
            if (random.nextInt(3) == 0) {
                written.put(path, id + 1);
                changes.add("write " + path);
                client.post(writeFile(id, path, Integer.toString(id + 1)));
            } else {
                atLeast.put(id, written.getOrDefault(path, 0));
                client.post(readFile(id, path));
            }
        }
        List<String> permits = new ArrayList<>();
        for (String path : paths) {
            permits.addAll(Collections.nCopies(requests, path));
        }
        Collections.shuffle(permits, random);
        permits.forEach(path -> server.files.slow(path).release());

        for (int id = 0; id < requests; id++) {
            var result = client.result(id);
            if (atLeast.containsKey(id)) {
                String seen = new String(
                        Base64.getDecoder().decode(result.get("dataBase64").asString()), UTF_8);
                assertThat(Integer.parseInt(seen)).as("read %d", id).isGreaterThanOrEqualTo(atLeast.get(id));
            }
        }
        assertThat(server.files.calls().stream().filter(call -> call.startsWith("write")))
                .isEqualTo(changes);
        assertThat(client.received()).as("each request is answered once").hasSize(requests + 1);
        await().until(() -> server.files.openContents() == 0);
    }

    /** The same for processes: each one's requests reach it in the order in which they were sent. */
    @ParameterizedTest
    @MethodSource("seeds")
    void requestsForOneProcessKeepTheirOrderHoweverLongStartsTake(long seed) {
        var random = new Random(seed);
        FakeProcesses processes = server.processes(0);
        processes.startManually();
        Map<String, List<String>> expected = new HashMap<>();
        int decided = 0;
        for (int id = 0; id < 200; id++) {
            String process = "p" + random.nextInt(8);
            List<String> calls = expected.get(process);
            if (calls == null) {
                client.send(start(id, process));
                expected.put(process, new ArrayList<>(List.of("start " + process)));
            } else {
                switch (random.nextInt(3)) {
                    case 0 -> {
                        client.send(write(id, process, "" + id));
                        calls.add("write " + process + " " + id);
                    }
                    case 1 -> {
                        client.send(terminate(id, process));
                        calls.add("terminate " + process);
                    }
                    default -> {
                        client.send(signal(id, process));
                        calls.add("signal " + process + " INTERRUPT");
                    }
                }
            }
            if (random.nextInt(20) == 0 && decided < processes.starting().size()) {
                succeedElsewhere(processes.starting().get(decided++));
            }
        }
        while (decided < processes.starting().size()) {
            succeedElsewhere(processes.starting().get(decided++));
        }
        for (int id = 0; id < 200; id++) {
            client.result(id);
        }
        expected.forEach((process, calls) -> assertThat(
                        processes.calls().stream().filter(call -> (call + " ").contains(" " + process + " ")))
                .isEqualTo(calls));
    }

    private static void succeedElsewhere(FakeProcesses.Starting starting) {
        Thread.ofVirtual().start(starting::succeed);
    }

    private FakeProcess started(String id) {
        client.send(start("start-" + id, id));
        client.result("start-" + id);
        return server.processes(0).process(id);
    }
}
