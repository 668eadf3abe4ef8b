package dev.outpost.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outpost.client.ExecServerException.Kind;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.message.ProcessNotification;
import dev.outpost.testkit.Spec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Requests, answers, and how everything ends (spec 06 §5, §6). */
class CallsTest extends ConnectedTest {
    private static final String DISCONNECTED = "exec-server transport disconnected";

    @Test
    @Spec({"C26", "C27", "C33"})
    void answersFindTheirCallsInAnyOrder() throws Exception {
        connect();
        CompletableFuture<JsonSlice> first = call("a");
        CompletableFuture<JsonSlice> second = call("b");
        CompletableFuture<JsonSlice> third = call("c");
        for (int id = 2; id <= 4; id++) {
            assertThat(server.receive().get("id").asInt()).isEqualTo(id);
        }
        server.send("{'id':'3','result':'a text is another id'}");
        server.send("{'id':99,'result':'unknown'}");
        server.send("{'jsonrpc':'2.0','id':4,'result':{'x':1}}");
        server.send("{'id':4,'result':'twice'}");
        server.send("{'error':{'code':-1,'message':'no'},'id':3}");
        server.send("{'id':2,'result':null}");
        server.hangUp();
        assertThat(third.get(30, TimeUnit.SECONDS)).hasToString("{\"x\":1}");
        assertThat(failure(second)).hasMessage("exec-server rejected request (-1): no");
        assertThat(first.get(30, TimeUnit.SECONDS)).hasToString("null");
    }

    @Test
    @Spec("C31")
    void unknownNotificationsAreIgnored() throws Exception {
        connect();
        server.send("{'method':'whatever','params':[1]}");
        server.send("{'method':'process/output','params':{'processId':'p','seq':1,'stream':'stdout','chunk':''}}");
        CompletableFuture<JsonSlice> call = call("a");
        server.answer(server.receive(), "1");
        assertThat(call.get(30, TimeUnit.SECONDS)).hasToString("1");
    }

    @Test
    @Spec("C34")
    void aCancelledCallSendsNothingAndIgnoresItsAnswer() throws Exception {
        connect();
        CompletableFuture<JsonSlice> cancelled = call("a");
        JsonNode request = server.receive();
        cancelled.cancel(false);
        server.answer(request, "1");
        CompletableFuture<JsonSlice> next = call("b");
        server.answer(server.expect("b"), "2");
        assertThat(next.get(30, TimeUnit.SECONDS)).hasToString("2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'id':1,'method':'network/policyRequest','params':{}}",
                "not json",
                "{}",
                "[]",
                "{'id':2}",
            })
    @Spec({"C29", "C30", "C40", "C41", "C42"})
    void aViolationEndsEverythingWithoutAReason(String message) throws Exception {
        connect(ClientOptions.DEFAULT, ""); // No recovery, although it is on.
        CompletableFuture<JsonSlice> pending = call("a");
        server.expect("a");
        server.send(message);
        assertThat(failure(pending)).hasMessage(DISCONNECTED);
        assertThat(failure(pending).kind()).isEqualTo(Kind.DISCONNECTED);
        server.expectEnd();
        assertThat(failure(call("b"))).hasMessage(DISCONNECTED);
        assertThat(client.closed().get(30, TimeUnit.SECONDS)).hasMessage(DISCONNECTED);
        assertThat(client.isConnected()).isFalse();
    }

    @Test
    @Spec({"C10", "C40", "P94", "P96"})
    void theFirstReasonIsKept() {
        List<ExecServerException> ends = new ArrayList<>();
        var connection = new ServerConnection("exec-server websocket ws://x", new ServerConnection.Owner() {
            @Override
            public void notified(ProcessNotification notification) {}

            @Override
            public void ended(
                    ServerConnection connection,
                    ExecServerException cause,
                    List<PendingCall> unanswered,
                    boolean violation) {
                ends.add(cause);
            }
        });
        String reason = "failed to read websocket JSON-RPC message from exec-server websocket ws://x: Connection reset";
        connection.closed(new IOException(reason));
        connection.closed(null);
        connection.close(ExecServerException.closed());
        assertThat(ends).singleElement().satisfies(end -> {
            assertThat(end).hasMessage(DISCONNECTED + ": " + reason);
            assertThat(end.kind()).isEqualTo(Kind.DISCONNECTED);
        });
    }

    @Test
    @Spec({"C32", "C40", "P97"})
    void aNotificationThatCannotBeDecodedEndsEverythingWithItsReason() throws Exception {
        connect();
        CompletableFuture<JsonSlice> pending = call("a");
        server.expect("a");
        server.send("{'method':'process/closed','params':{'processId':'p'}}");
        String text = "exec-server notification handling failed: failed to serialize or deserialize exec-server JSON:"
                + " missing field `seq`";
        assertThat(failure(pending)).hasMessage(text);
        assertThat(failure(call("b"))).hasMessage(text);
        server.expectEnd();
    }

    @Test
    @Spec({"C40", "C41", "C42", "P94", "P95"})
    void anOrdinaryEndHasNoReason() throws Exception {
        connect();
        CompletableFuture<JsonSlice> pending = call("a");
        server.expect("a");
        server.hangUp();
        assertThat(failure(pending)).hasMessage(DISCONNECTED);
        assertThat(failure(call("b"))).hasMessage(DISCONNECTED);
        assertThat(client.end()).isSameAs(client.closed().get(30, TimeUnit.SECONDS));
    }

    @Test
    @Spec("C45")
    void noCallWaitsForEverWhenTheEndRacesWithIt() throws Exception {
        connect();
        List<CompletableFuture<JsonSlice>> calls = new ArrayList<>();
        CountDownLatch many = new CountDownLatch(500);
        Thread caller = Thread.ofPlatform().start(() -> {
            while (client.end() == null) {
                calls.add(call("a"));
                many.countDown();
            }
            calls.add(call("a"));
        });
        many.await();
        server.hangUp();
        caller.join();
        for (CompletableFuture<JsonSlice> call : calls) {
            assertThat(failure(call).getMessage())
                    .satisfiesAnyOf(
                            text -> assertThat(text).startsWith(DISCONNECTED),
                            text -> assertThat(text).startsWith("too many calls"));
        }
    }

    @Test
    @Spec({"E17", "C34"})
    void aCallMayHaveADeadline() throws Exception {
        connect(OPTIONS.withCallDeadline(Duration.ofMillis(50)), "");
        CompletableFuture<JsonSlice> late = call("a");
        JsonNode request = server.expect("a");
        assertThat(failure(late))
                .hasMessage("exec-server did not answer a within 50ms; whether it took effect is unknown");
        assertThat(failure(late).kind()).isEqualTo(Kind.CALL_TIMED_OUT);
        server.answer(request, "1");
        CompletableFuture<JsonSlice> next = call("b");
        server.answer(server.expect("b"), "2");
        assertThat(next.get(30, TimeUnit.SECONDS)).hasToString("2");
    }

    @Test
    void callsInFlightAreBounded() throws Exception {
        connect(OPTIONS.withMaxCallsInFlight(2), "");
        CompletableFuture<JsonSlice> first = call("a");
        call("b");
        assertThat(failure(call("c")))
                .hasMessage("too many calls of the exec-server are under way (limit 2); let one end before the next");
        server.answer(server.expect("a"), "1");
        first.get(30, TimeUnit.SECONDS);
        CompletableFuture<JsonSlice> third = call("d");
        server.expect("b");
        server.answer(server.expect("d"), "1");
        third.get(30, TimeUnit.SECONDS);
    }

    @Test
    void closingIsTheEndOfEverything() throws Exception {
        connect(ClientOptions.DEFAULT, "");
        CompletableFuture<JsonSlice> pending = call("a");
        server.expect("a");
        client.close();
        client.close();
        assertThat(failure(pending)).hasMessage("exec-server transport closed");
        assertThat(failure(call("b"))).hasMessage("exec-server transport closed");
        assertThat(client.closed()).isCompleted();
        server.expectEnd();
    }

    @Test
    @Spec({"C77", "P101"})
    void whatMeansThatTheTransportIsGone() {
        assertThat(ExecServerException.closed().isTransportClosed()).isTrue();
        assertThat(ExecServerException.disconnected("x", null).isTransportClosed())
                .isTrue();
        assertThat(ExecServerException.server(-32000, "JSON-RPC transport closed")
                        .isTransportClosed())
                .isTrue();
        assertThat(ExecServerException.server(-32000, "other").isTransportClosed())
                .isFalse();
        assertThat(ExecServerException.server(-32603, "JSON-RPC transport closed")
                        .isTransportClosed())
                .isFalse();
        assertThat(ExecServerException.protocol("x").isTransportClosed()).isFalse();
    }

    @Test
    void aListenerThatComesLateLearnsOfTheEnd() throws Exception {
        connect();
        server.hangUp();
        await().until(() -> client.end() != null);
        List<ExecServerException> ends = new ArrayList<>();
        client.listen(new SessionListener() {
            @Override
            public void notified(ProcessNotification notification) {}

            @Override
            public void resumed() {}

            @Override
            public void ended(ExecServerException cause) {
                ends.add(cause);
            }
        });
        assertThat(ends).containsExactly(client.end());
    }
}
