package dev.outpost.client.remote;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outpost.client.ClientOptions;
import dev.outpost.client.ConnectedTest;
import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvents;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ReadRequest;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.executor.process.WriteStatus;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.EventCollector;
import dev.outpost.testkit.contract.Recipe;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Demultiplexing, order, history and failure of processes (spec 06 §7), with a server that does as the test says. */
class RemoteProcessTest extends ConnectedTest {
    private static final String DISCONNECTED = "exec-server transport disconnected";

    @SuppressWarnings("NullAway.Init")
    private RemoteExecBackend backend;

    private ExecProcess started(ClientOptions options, Recipe recipe) throws Exception {
        connect(options, "");
        backend = new RemoteExecBackend(client);
        return start(recipe);
    }

    private ExecProcess start(Recipe recipe) throws Exception {
        CompletableFuture<ExecProcess> starting = backend.start(recipe.request());
        server.answer(server.expect("process/start"), "{'processId':'another'}");
        return result(starting);
    }

    private ExecProcess started() throws Exception {
        return started(OPTIONS, Recipe.of("x"));
    }

    @AfterEach
    void closeBackend() {
        if (client != null) {
            client.close(); // First, so that nothing waits for answers of the script.
        }
        if (backend != null) {
            backend.close();
        }
    }

    private static <T> T result(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private static ExecutorException refused(CompletableFuture<?> future) throws Exception {
        try {
            throw new AssertionError("succeeded: " + result(future));
        } catch (ExecutionException e) {
            return (ExecutorException) Objects.requireNonNull(e.getCause());
        }
    }

    private void output(String process, long seq, String text) throws Exception {
        server.send("{'method':'process/output','params':{'processId':'" + process + "','seq':" + seq
                + ",'stream':'stdout','chunk':'" + base64(text) + "'}}");
    }

    private void exited(long seq, int code) throws Exception {
        server.send("{'method':'process/exited','params':{'processId':'p','seq':" + seq + ",'exitCode':" + code + "}}");
    }

    private void closed(long seq) throws Exception {
        server.send("{'method':'process/closed','params':{'processId':'p','seq':" + seq + "}}");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    /** Until everything sent so far has been handled. */
    private void settle() throws Exception {
        CompletableFuture<?> call = call("settle");
        server.answer(server.expect("settle"), "1");
        result(call);
    }

    @Test
    @Spec({"C51", "C53", "C54", "C56", "P92", "P93"})
    void eventsComeInOrderOnceEach() throws Exception {
        ExecProcess process = started();
        EventCollector events = new EventCollector(process);
        output("other", 1, "?");
        output("p", 0, "zero");
        output("p", 3, "c");
        exited(4, 7);
        settle();
        assertThat(process.lastSeq()).isEqualTo(4);
        assertThat(process.subscribe(0, () -> {}).poll()).isNull();
        output("p", 2, "b");
        output("p", 2, "again");
        output("p", 1, "a");
        output("p", 1, "again");
        closed(5);
        events.untilClosed();
        assertThat(events.describe()).containsExactly("1 STDOUT", "2 STDOUT", "3 STDOUT", "4 exited", "5 closed");
        assertThat(events.text()).isEqualTo("abc");
    }

    @Test
    @Spec({"C50", "W49"})
    void notificationsMayComeBeforeTheAnswerOfTheStart() throws Exception {
        connect();
        backend = new RemoteExecBackend(client);
        CompletableFuture<ExecProcess> starting = backend.start(Recipe.of("x").request());
        JsonNode request = server.expect("process/start");
        output("p", 1, "early");
        server.answer(request, "{'processId':'p'}");
        EventCollector events = new EventCollector(result(starting));
        events.untilOutput("early");
    }

    @Test
    @Spec({"C50", "C55", "P85"})
    void anIdIsRegisteredOnceUntilItsCloseIsPublished() throws Exception {
        ExecProcess process = started();
        assertThat(refused(backend.start(Recipe.of("x").request())))
                .hasMessage("exec-server protocol error: session already registered for process p");
        closed(2);
        settleAfterCatchUp();
        assertThat(refused(backend.start(Recipe.of("x").request()))).hasMessageContaining("already registered");
        exited(1, 0);
        new EventCollector(process).untilClosed();
        CompletableFuture<ExecProcess> again = backend.start(Recipe.of("x").request());
        server.refuse(server.expect("process/start"), -32600, "process p already exists");
        assertThat(refused(again)).hasMessage("process p already exists");
        assertThat(refused(again).kind()).isEqualTo(FailureKind.REJECTED);
        assertThat(backend.find(new ProcessId("p"))).isNotNull();
    }

    /** A close that comes early makes the client read; the script knows nothing of the process yet. */
    private void settleAfterCatchUp() throws Exception {
        server.answer(
                server.expect("process/read"),
                "{'chunks':[],'nextSeq':1,'exited':false,'exitCode':null,'closed':false,'failure':null}");
        settle();
    }

    @Test
    @Spec("C50")
    void aFailedStartFreesTheId() throws Exception {
        connect();
        backend = new RemoteExecBackend(client);
        CompletableFuture<ExecProcess> starting = backend.start(Recipe.of("x").request());
        server.refuse(server.expect("process/start"), -32603, "No such file or directory (os error 2)");
        assertThat(refused(starting)).hasMessage("No such file or directory (os error 2)");
        assertThat(backend.find(new ProcessId("p"))).isNull();
        start(Recipe.of("x"));
    }

    @Test
    @Spec({"C57", "P90", "P91"})
    void aLateSubscriberGetsTheHistoryAndReadsWhatIsNoLongerInIt() throws Exception {
        ExecProcess process = started(OPTIONS.withHistory(4, 1000, 1000), Recipe.of("x"));
        EventCollector first = new EventCollector(process);
        for (int i = 1; i <= 8; i++) {
            output("p", i, "<" + i + ">");
        }
        exited(9, 0);
        first.until(event -> event instanceof ProcessEvent.Exited);
        assertThat(first.describe()).hasSize(9);
        EventCollector late = new EventCollector(process);
        var taking = inBackground(() -> late.until(event -> event instanceof ProcessEvent.Exited));
        JsonNode read = server.expect("process/read");
        assertThat(read.get("params").get("afterSeq").asLong()).isZero();
        server.answer(
                read,
                "{'chunks':[{'seq':3,'stream':'stdout','chunk':'" + base64("<3>")
                        + "'},{'seq':4,'stream':'stdout','chunk':'"
                        + base64("<4>") + "'},{'seq':5,'stream':'stdout','chunk':'" + base64("<5>")
                        + "'},{'seq':6,'stream':'stdout','chunk':'" + base64("<6>")
                        + "'}],'nextSeq':7,'exited':true,'exitCode':0,'closed':false,'failure':null}");
        taking.get(30, TimeUnit.SECONDS);
        assertThat(late.describe())
                .containsExactly(
                        "1-2 gap", "3 STDOUT", "4 STDOUT", "5 STDOUT", "6 STDOUT", "7 STDOUT", "8 STDOUT", "9 exited");
        assertThat(late.text()).isEqualTo("<3><4><5><6><7><8>");
    }

    @Test
    @Spec({"C57", "P89"})
    void aChunkLargerThanTheHistoryIsDeliveredAllTheSame() throws Exception {
        ExecProcess process = started(OPTIONS.withHistory(256, 10, 1_000_000), Recipe.of("x"));
        EventCollector events = new EventCollector(process);
        output("p", 1, "x".repeat(1000));
        output("p", 2, "y");
        events.untilOutput("y");
        assertThat(events.text()).isEqualTo("x".repeat(1000) + "y");
    }

    @Test
    @Spec({"C43", "C58", "C59", "P98", "P99", "P100"})
    void whenTheConnectionIsLostTheProcessHasFailed() throws Exception {
        ExecProcess process = started();
        EventCollector events = new EventCollector(process);
        CompletableFuture<ReadResult> reading = process.read(new ReadRequest(0, Long.MAX_VALUE, 0));
        server.expect("process/read");
        CompletableFuture<ReadResult> waiting = process.read(new ReadRequest(5, Long.MAX_VALUE, 600_000));
        CompletableFuture<WriteStatus> writing = process.write(new byte[1], null);
        server.expect("process/write");
        output("p", 1, "last");
        output("p", 3, "never in order");
        server.hangUp();
        events.until(event -> event instanceof ProcessEvent.Failed);
        assertThat(events.events().get(0).seq()).isEqualTo(1);
        assertThat(events.events().get(1)).isEqualTo(new ProcessEvent.Failed(4, DISCONNECTED));
        for (ReadResult read : new ReadResult[] {
            result(reading), result(waiting), result(process.read(new ReadRequest(0, Long.MAX_VALUE, 0)))
        }) {
            assertThat(read.chunks()).isEmpty();
            assertThat(read.exit()).isNull();
            assertThat(read.closed()).isTrue();
            assertThat(read.failure()).startsWith(DISCONNECTED);
        }
        assertThat(result(process.read(new ReadRequest(0, Long.MAX_VALUE, 0))).nextSeq())
                .isEqualTo(5);
        assertThat(refused(writing)).hasMessage(DISCONNECTED);
        assertThat(refused(writing).kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(refused(process.write(new byte[1], null))).hasMessage(DISCONNECTED);
        assertThat(refused(process.terminate())).hasMessage(DISCONNECTED);
        assertThat(new EventCollector(process).until(event -> event instanceof ProcessEvent.Failed))
                .hasSize(2);
        assertThat(refused(backend.start(Recipe.of("y").id("q").request()))).hasMessage(DISCONNECTED);
    }

    @Test
    @Spec({"C61", "W91"})
    void writesAreAnsweredAsTheServerDoes() throws Exception {
        ExecProcess process = started();
        String[] statuses = {"accepted", "stdinClosed", "unknownProcess", "starting"};
        for (String status : statuses) {
            CompletableFuture<WriteStatus> write = process.write("x".getBytes(UTF_8), null);
            JsonNode request = server.expect("process/write");
            assertThat(request.get("params").get("chunk").asString()).isEqualTo("eA==");
            assertThat(request.get("params").get("writeId").asString()).isNotEmpty();
            server.answer(request, "{'status':'" + status + "'}");
            switch (status) {
                case "accepted" -> assertThat(result(write)).isEqualTo(WriteStatus.ACCEPTED);
                case "stdinClosed" -> assertThat(result(write)).isEqualTo(WriteStatus.STDIN_CLOSED);
                case "unknownProcess" -> assertThat(refused(write)).hasMessage("unknown process id p");
                default -> assertThat(refused(write)).hasMessage("process id p is starting");
            }
        }
    }

    @Test
    void aWaitingReadAsksOnlyWhenThereIsSomething() throws Exception {
        ExecProcess process = started();
        CompletableFuture<ReadResult> waiting = process.read(new ReadRequest(0, 10, 600_000));
        settle();
        assertThat(waiting).isNotDone();
        output("p", 1, "x");
        JsonNode read = server.expect("process/read");
        assertThat(read.get("params").get("waitMs").asInt()).isZero();
        assertThat(read.get("params").get("maxBytes").asInt()).isEqualTo(10);
        server.answer(
                read,
                "{'chunks':[{'seq':1,'stream':'stdout','chunk':'eA=='}],'nextSeq':2,'exited':false,'exitCode':null,"
                        + "'closed':false,'failure':null}");
        assertThat(result(waiting).chunks()).hasSize(1);
    }

    @Test
    void whatAReadHasShownIsAnEventToo() throws Exception {
        ExecProcess process = started();
        CompletableFuture<ReadResult> reading = process.read(new ReadRequest(0, Long.MAX_VALUE, 0));
        server.answer(
                server.expect("process/read"),
                "{'chunks':[{'seq':1,'stream':'stdout','chunk':'eA=='}],'nextSeq':2,'exited':false,'exitCode':null,"
                        + "'closed':false,'failure':null}");
        result(reading);
        ProcessEvents events = process.subscribe(0, () -> {});
        assertThat(events.poll()).isInstanceOf(ProcessEvent.Output.class);
        output("p", 1, "x");
        settle();
        assertThat(events.poll()).isNull();
    }

    @Test
    @Spec({"C46", "N94", "C23"})
    void afterAResumeWhatWasMissedIsReadAndWhatIsGoneIsAGap() throws Exception {
        ExecProcess process = started(OPTIONS.withRecoveryWindow(Duration.ofSeconds(30)), Recipe.of("x"));
        EventCollector events = new EventCollector(process);
        output("p", 1, "one");
        events.untilOutput("one");
        CompletableFuture<WriteStatus> writing = process.write(new byte[1], null);
        server.expect("process/write");
        CompletableFuture<Boolean> terminating = process.terminate();
        server.expect("process/terminate");
        CompletableFuture<ReadResult> reading = process.read(new ReadRequest(0, 7, 0));
        server.expect("process/read");
        server.hangUp();
        assertThat(refused(terminating)).hasMessage(DISCONNECTED);
        assertThat(refused(writing))
                .hasMessageStartingWith(DISCONNECTED + "; whether process p got what was written is unknown");

        server.accept();
        JsonNode initialize = server.expect("initialize");
        assertThat(initialize.get("id").asInt()).isEqualTo(1);
        assertThat(initialize.get("params").get("resumeSessionId").asString()).isEqualTo("s-1");
        server.refuse(initialize, -32010, "session s-1 is already attached to another connection");
        server.expectEnd();
        server.handshake("s-1");
        JsonNode repeated = server.expect("process/read");
        assertThat(repeated.get("params").get("maxBytes").asInt()).isEqualTo(7);
        server.answer(repeated, "{'chunks':[],'nextSeq':9,'exited':true,'exitCode':3,'closed':true,'failure':null}");
        assertThat(result(reading).closed()).isTrue();
        output("p", 7, "seven");
        JsonNode catchUp = server.expect("process/read");
        assertThat(catchUp.get("params").get("afterSeq").asLong()).isEqualTo(1);
        server.answer(
                catchUp,
                "{'chunks':[{'seq':4,'stream':'stdout','chunk':'" + base64("four")
                        + "'},{'seq':5,'stream':'stdout','chunk':'" + base64("five")
                        + "'},{'seq':7,'stream':'stdout','chunk':'" + base64("seven")
                        + "'}],'nextSeq':8,'exited':true,'exitCode':3,'closed':true,'failure':null}");
        JsonNode rest = server.expect("process/read");
        assertThat(rest.get("params").get("afterSeq").asLong()).isEqualTo(7);
        server.answer(rest, "{'chunks':[],'nextSeq':9,'exited':true,'exitCode':3,'closed':true,'failure':null}");
        events.untilClosed();
        assertThat(events.describe())
                .containsExactly("1 STDOUT", "2-3 gap", "4 STDOUT", "5 STDOUT", "6 exited", "7 STDOUT", "8 closed");
    }

    @Test
    @Spec({"C46", "N94"})
    void aGapIsToldWhileTheProcessPrintsOn() throws Exception {
        ExecProcess process = started(OPTIONS.withRecoveryWindow(Duration.ofSeconds(30)), Recipe.of("x"));
        EventCollector events = new EventCollector(process);
        server.hangUp();
        server.handshake("s-1");
        server.answer(server.expect("process/read"), chunk(4, "four"));
        JsonNode next = server.expect("process/read"); // There is more each time, so no read tells that there is none.
        events.untilOutput("four");
        server.answer(next, chunk(7, "seven"));
        events.untilOutput("seven");
        assertThat(events.describe()).containsExactly("1-3 gap", "4 STDOUT", "5-6 gap", "7 STDOUT");
    }

    @Test
    @Spec({"C46", "N94"})
    void aMissingNumberThatMayBeTheExitIsNoGapYet() throws Exception {
        ExecProcess process = started(OPTIONS.withRecoveryWindow(Duration.ofSeconds(30)), Recipe.of("x"));
        EventCollector events = new EventCollector(process);
        server.hangUp();
        server.handshake("s-1");
        server.answer(
                server.expect("process/read"),
                chunk(2, "two").replace("'exited':false,'exitCode':null", "'exited':true,'exitCode':3"));
        server.answer(
                server.expect("process/read"),
                "{'chunks':[],'nextSeq':4,'exited':true,'exitCode':3,'closed':true,'failure':null}");
        events.untilClosed();
        assertThat(events.describe()).containsExactly("1 exited", "2 STDOUT", "3 closed");
    }

    /** What a read returns of a process that goes on. */
    private static String chunk(long seq, String text) {
        return "{'chunks':[{'seq':" + seq + ",'stream':'stdout','chunk':'" + base64(text) + "'}],'nextSeq':" + (seq + 1)
                + ",'exited':false,'exitCode':null,'closed':false,'failure':null}";
    }

    @Test
    @Spec({"C46", "N94"})
    void whatIsLostWithItsConnectionIsReadInSmallerPieces() throws Exception {
        ExecProcess process = started(OPTIONS.withRecoveryWindow(Duration.ofSeconds(30)), Recipe.of("x"));
        EventCollector events = new EventCollector(process);
        long[] sizes = {65_536, 32_768, 16_384, 8192, 8192};
        JsonNode read = null;
        for (long size : sizes) {
            server.hangUp();
            server.handshake("s-1");
            read = server.expect("process/read");
            assertThat(read.get("params").get("maxBytes").asLong()).isEqualTo(size);
        }
        server.answer(Objects.requireNonNull(read), chunk(1, "one"));
        JsonNode more = server.expect("process/read");
        assertThat(more.get("params").get("maxBytes").asLong()).isEqualTo(16_384);
        events.untilOutput("one");
    }

    @Test
    @Spec("E17")
    void whatIsNotAnsweredInTimeIsReadInSmallerPieces() throws Exception {
        ExecProcess process = started(OPTIONS.withCallDeadline(Duration.ofSeconds(1)), Recipe.of("x"));
        EventCollector events = new EventCollector(process);
        closed(3);
        assertThat(server.expect("process/read").get("params").get("maxBytes").asLong())
                .isEqualTo(65_536);
        JsonNode again = server.expect("process/read");
        assertThat(again.get("params").get("maxBytes").asLong()).isEqualTo(32_768);
        output("p", 1, "one");
        exited(2, 0);
        events.untilClosed();
        assertThat(events.describe()).containsExactly("1 STDOUT", "2 exited", "3 closed");
    }

    @Test
    @Spec({"C46", "C57"})
    void aSubscriberWhoIsBehindGetsSmallerPiecesWhenTheyAreLost() throws Exception {
        ExecProcess process =
                started(OPTIONS.withHistory(1, 1000, 1000).withRecoveryWindow(Duration.ofSeconds(30)), Recipe.of("x"));
        EventCollector first = new EventCollector(process);
        for (int i = 1; i <= 3; i++) {
            output("p", i, "<" + i + ">");
        }
        first.untilOutput("<3>");
        EventCollector late = new EventCollector(process);
        var taking = inBackground(() -> {
            late.untilOutput("<3>");
            return null;
        });
        assertThat(server.expect("process/read").get("params").get("maxBytes").asLong())
                .isEqualTo(1 << 20);
        server.hangUp();
        server.handshake("s-1");
        JsonNode again = server.expect("process/read");
        while (again.get("params").get("afterSeq").asLong() != 0) { // Whether anything was missed is asked, too.
            again = server.expect("process/read");
        }
        assertThat(again.get("params").get("maxBytes").asLong()).isEqualTo(1 << 19);
        server.answer(again, chunk(2, "<2>"));
        taking.get(30, TimeUnit.SECONDS);
        assertThat(late.describe()).containsExactly("1-1 gap", "2 STDOUT", "3 STDOUT");
    }

    @Test
    @Spec({"C46", "N41"})
    void aServerThatKnowsWriteIdsGetsTheSameWriteAgain() throws Exception {
        connect(OPTIONS.withRecoveryWindow(Duration.ofSeconds(30)), ",'environmentInfo':{}");
        backend = new RemoteExecBackend(client);
        ExecProcess process = start(Recipe.of("x"));
        CompletableFuture<WriteStatus> first = process.write(new byte[] {1}, null);
        CompletableFuture<WriteStatus> second = process.write(new byte[] {2}, "mine");
        JsonNode one = server.expect("process/write");
        JsonNode two = server.expect("process/write");
        assertThat(two.get("params").get("writeId").asString()).isEqualTo("mine");
        server.hangUp();
        server.handshake("s-1", ",'environmentInfo':{}");
        JsonNode oneAgain = server.expect("process/write");
        JsonNode twoAgain = server.expect("process/write");
        assertThat(oneAgain.get("params")).isEqualTo(one.get("params"));
        assertThat(twoAgain.get("params")).isEqualTo(two.get("params"));
        server.answer(oneAgain, "{'status':'accepted'}");
        server.answer(twoAgain, "{'status':'accepted'}");
        assertThat(result(first)).isEqualTo(WriteStatus.ACCEPTED);
        assertThat(result(second)).isEqualTo(WriteStatus.ACCEPTED);
    }

    @Test
    @Spec({"E14", "C46", "C43"})
    void anUnknownSessionIsTheEnd() throws Exception {
        ExecProcess process = started(OPTIONS.withRecoveryWindow(Duration.ofSeconds(30)), Recipe.of("x"));
        EventCollector events = new EventCollector(process);
        server.hangUp();
        await().until(() -> !client.isConnected());
        CompletableFuture<?> waiting = call("a");
        server.accept();
        server.refuse(server.expect("initialize"), -32600, "unknown session id s-1");
        String text = DISCONNECTED + "; failed to resume exec-server session: exec-server rejected request (-32600):"
                + " unknown session id s-1";
        events.until(event -> event instanceof ProcessEvent.Failed);
        assertThat(((ProcessEvent.Failed) events.events().getLast()).message()).isEqualTo(text);
        assertThat(failure(waiting)).hasMessage(text);
        assertThat(client.closed().get(30, TimeUnit.SECONDS)).hasMessage(text);
    }

    @Test
    @Spec("E14")
    void recoveryEndsWithItsWindow() throws Exception {
        connect(OPTIONS.withRecoveryWindow(Duration.ofMillis(200)), "");
        server.stopListening();
        server.hangUp();
        assertThat(client.closed().get(30, TimeUnit.SECONDS).getMessage())
                .startsWith(DISCONNECTED + "; failed to resume exec-server session: recovery timed out after 200ms");
    }
}
