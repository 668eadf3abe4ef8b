package dev.outpost.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.client.ExecServerException.Kind;
import dev.outpost.testkit.Spec;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Opening and resuming a session (spec C20–C25). */
class HandshakeTest extends ConnectedTest {
    @Test
    @Spec({"C20", "C25", "C26", "C28", "W76", "W80"})
    void theMessagesAreExactlyThese() throws Exception {
        FutureTask<ExecServerClient> connecting = connecting(OPTIONS);
        server.accept();
        assertThat(server.line())
                .isEqualTo("{\"id\":1,\"method\":\"initialize\",\"params\":"
                        + "{\"clientName\":\"codex-core\",\"resumeSessionId\":null}}");
        server.send("{'id':1,'result':{'sessionId':'any text'}}");
        assertThat(server.line()).isEqualTo("{\"method\":\"initialized\",\"params\":{}}");
        client = connecting.get(30, TimeUnit.SECONDS);
        assertThat(client.sessionId()).isEqualTo("any text");
        assertThat(client.environmentInfo()).isNull();
        assertThat(client.isConnected()).isTrue();
    }

    @Test
    @Spec({"C20", "C23", "C24"})
    void aLibraryUserMayResume() throws Exception {
        FutureTask<ExecServerClient> connecting = inBackground(() ->
                ExecServerClient.connect(server.connector(), OPTIONS.withClientName("me"), new DialectMemory(), "s-0"));
        server.accept();
        assertThat(server.expect("initialize").get("params").toString())
                .isEqualTo("{\"clientName\":\"me\",\"resumeSessionId\":\"s-0\"}");
        server.send("{'id':1,'result':{'sessionId':'s-0'}}");
        client = connecting.get(30, TimeUnit.SECONDS);
        assertThat(client.sessionId()).isEqualTo("s-0");
    }

    @Test
    @Spec("C21")
    void theTimeoutCoversTheHandshake() throws Exception {
        FutureTask<ExecServerClient> connecting = connecting(OPTIONS.withInitializeTimeout(Duration.ofMillis(50)));
        server.accept();
        ExecServerException failure = failure(connecting);
        assertThat(failure).hasMessage("timed out waiting for exec-server initialize handshake after 50ms");
        assertThat(failure.kind()).isEqualTo(Kind.INITIALIZE_TIMED_OUT);
        server.expect("initialize");
        server.expectEnd();
    }

    @Test
    @Spec({"C21", "E42"})
    void aTimeoutOfZeroIsOverAtOnce() throws Exception {
        assertThat(failure(connecting(OPTIONS.withInitializeTimeout(Duration.ZERO))))
                .hasMessage("timed out waiting for exec-server initialize handshake after 0ns");
    }

    @Test
    @Spec({"W75", "W76", "E14"})
    void theDefaults() {
        ClientOptions defaults = ClientOptions.DEFAULT;
        assertThat(defaults.clientName()).isEqualTo("codex-core");
        assertThat(defaults.initializeTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(defaults.recoveryWindow()).isEqualTo(Duration.ofSeconds(45));
        assertThat(defaults.callDeadline()).isNull();
    }

    @Test
    @Spec({"C22", "P102"})
    void anErrorIsTheServers() throws Exception {
        FutureTask<ExecServerClient> connecting = connecting(OPTIONS);
        server.accept();
        server.refuse(server.expect("initialize"), -32600, "unknown session id x");
        ExecServerException failure = failure(connecting);
        assertThat(failure).hasMessage("exec-server rejected request (-32600): unknown session id x");
        assertThat(failure.kind()).isEqualTo(Kind.SERVER);
        assertThat(failure.code()).isEqualTo(-32600);
        server.expectEnd();
    }

    @Test
    @Spec("C22")
    void aResultHasToBeOne() throws Exception {
        FutureTask<ExecServerClient> connecting = connecting(OPTIONS);
        server.accept();
        server.answer(server.expect("initialize"), "{}");
        assertThat(failure(connecting))
                .hasMessage("failed to serialize or deserialize exec-server JSON: missing field `sessionId`");
        server.expectEnd();
    }

    @Test
    @Spec({"C19", "C22", "C41"})
    void anEndDuringTheHandshakeIsClosed() throws Exception {
        FutureTask<ExecServerClient> connecting = connecting(OPTIONS);
        server.accept();
        server.expect("initialize");
        server.hangUp();
        ExecServerException failure = failure(connecting);
        assertThat(failure).hasMessage("exec-server transport closed");
        assertThat(failure.kind()).isEqualTo(Kind.CLOSED);
    }

    @Test
    void whoeverCannotConnectIsToldByTheConnector() throws Exception {
        server.stopListening();
        ExecServerException failure = failure(connecting(OPTIONS));
        assertThat(failure.kind()).isEqualTo(Kind.WEBSOCKET_CONNECT);
        assertThat(failure).hasMessageStartingWith("failed to connect to exec-server websocket `");
    }
}
