package dev.outpost.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.testkit.Spec;
import dev.outpost.transport.ConnectException;
import dev.outpost.transport.ConnectException.Kind;
import dev.outpost.transport.RecordingHandler;
import dev.outpost.transport.websocket.RawServer.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From a URL to an open connection, or to the text that says why there is none. */
class ConnectorTest extends ConnectorTestBase {
    @TempDir
    Path directory;

    @Test
    void talksToAListenerOverTcp() throws Exception {
        WebSocketListener listener = listen(RecordingHandler::echo);
        RecordingHandler client = connect(listener.url());
        send(client, "hello €");
        assertThat(client.text()).isEqualTo("hello €");
        assertThat(client.connection().isWebSocket()).isTrue();
    }

    @Test
    void talksToAListenerOverAUnixSocket() throws Exception {
        Path socket = directory.resolve("server.sock");
        WebSocketListener listener = listen(
                ListenerConfig.builder(UnixDomainSocketAddress.of(socket)).build(), RecordingHandler::echo);
        assertThat(listener.url()).isEqualTo("unix://" + socket);
        RecordingHandler client = connect(listener.url());
        send(client, "hello");
        assertThat(client.text()).isEqualTo("hello");
    }

    /** Whether the caller or the event loop is faster. */
    @Test
    void everyConnectionThatWasOpenedStaysOpen() throws Exception {
        WebSocketListener listener = listen(RecordingHandler::echo);
        for (int i = 0; i < 300; i++) {
            RecordingHandler client = connect(listener.url());
            send(client, "hello");
            assertThat(client.text()).isEqualTo("hello");
        }
    }

    @Test
    @Spec({"C1"})
    void asksForTheUpgradeAndNothingElse() throws Exception {
        BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
        try (RawServer server = RawServer.start(peer -> {
            requests.add(peer.upgrade());
            peer.rest();
        })) {
            connect(server.url() + "/some/path?role=x&sig=a%2Fb");
            Request request = requests.take();
            assertThat(request.line()).isEqualTo("GET /some/path?role=x&sig=a%2Fb HTTP/1.1");
            assertThat(request.headers())
                    .containsOnlyKeys("host", "connection", "upgrade", "sec-websocket-version", "sec-websocket-key")
                    .containsEntry("host", "127.0.0.1:" + server.port())
                    .containsEntry("sec-websocket-version", "13");
            connect(server.url(), settings -> settings.bearerToken("s3cret"), new RecordingHandler());
            assertThat(requests.take().headers()).hasSize(6).containsEntry("authorization", "Bearer s3cret");
        }
    }

    @ParameterizedTest
    @Spec({"C2", "C4"})
    @CsvSource({"50, 50ms", "0, 0ns"})
    void aServerThatDoesNotAnswerTimesOut(int millis, String shown) throws Exception {
        try (RawServer server = RawServer.start(RawServer.Peer::rest)) {
            for (String scheme : List.of("ws", "wss")) {
                String url = scheme + "://127.0.0.1:" + server.port() + "/?sig=1";
                assertRefused(
                        url,
                        settings -> settings.connectTimeout(Duration.ofMillis(millis)),
                        Kind.TIMED_OUT,
                        "timed out connecting to exec-server websocket `" + url + "` after " + shown);
            }
        }
    }

    @Test
    void waitsTenSecondsByDefault() {
        assertThat(ConnectorConfig.builder("ws://x").build().connectTimeout()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    @Spec({"C3"})
    void aRefusedConnectionIsSaidInTheWordsOfTheReference() throws Exception {
        assertRefused("ws://127.0.0.1:" + freePort(), "IO error: Connection refused (os error 111)");
        assertRefused("unix://" + directory.resolve("nobody.sock"), "IO error: No such file or directory (os error 2)");
        assertRefused("ws://nobody.invalid", "IO error: failed to lookup address information: Name does not resolve");
    }

    @ParameterizedTest
    @Spec({"C3"})
    @CsvSource({
        "401 Whatever, 401 Unauthorized",
        "200 OK, 200 OK",
        "404 Not Found, 404 Not Found",
        "302 Found, 302 Found",
        "503 No, 503 Service Unavailable",
        "599 Odd, 599 <unknown status code>",
    })
    void anAnswerThatIsNoUpgradeIsNamedAndNotFollowed(String status, String shown) throws Exception {
        AtomicInteger sockets = new AtomicInteger();
        try (RawServer server = RawServer.start(peer -> {
            sockets.incrementAndGet();
            peer.request();
            peer.write("HTTP/1.1 " + status + "\r\nLocation: /elsewhere\r\nContent-Length: 2\r\n\r\nno");
            peer.rest();
        })) {
            assertRefused(server.url(), "HTTP error: " + shown);
            assertThat(sockets).hasValue(1);
        }
    }

    @Test
    @Spec({"C3"})
    void anAnswerThatBreaksTheProtocolIsNamed() throws Exception {
        try (RawServer server = RawServer.start(RawServer.Peer::request)) {
            assertRefused(server.url(), "WebSocket protocol error: Handshake not finished");
        }
        try (RawServer server = RawServer.start(peer -> {
            peer.request();
            peer.write("HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                    + "Sec-WebSocket-Accept: bm8=\r\n\r\n");
            peer.rest();
        })) {
            assertRefused(server.url(), "WebSocket protocol error: Key mismatch in \"Sec-WebSocket-Accept\" header");
        }
        try (RawServer server = RawServer.start(peer -> {
            peer.upgrade("Sec-WebSocket-Extensions: permessage-deflate");
            peer.rest();
        })) {
            assertRefused(
                    server.url(),
                    "WebSocket protocol error: Server chose an extension or a subprotocol that nobody offered");
        }
    }

    @ParameterizedTest
    @Spec({"C3", "E29"})
    @CsvSource({
        "http://127.0.0.1:1, URL error: URL scheme not supported",
        "nonsense, URL error: URL scheme not supported",
        "ws://, HTTP format error: empty string",
        "ws://:80, HTTP format error: invalid format",
        "ws://x:99999, URL error: no TCP port: 99999",
        "ws://x:0, URL error: no TCP port: 0",
        "ws://x:y, URL error: no TCP port: y",
        "ws://x y, HTTP format error: invalid uri character",
        "unix://, URL error: no path of a Unix socket after unix://",
    })
    void aUrlThatIsNoneFailsOnUse(String url, String detail) {
        assertRefused(url, detail);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "line\nbreak", "ünicode"})
    void aTokenThatIsNoHeaderValueIsRefusedWithoutShowingIt(String token) {
        assertThatThrownBy(() ->
                        ConnectorConfig.builder("ws://x").bearerToken(token).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the bearer token must be one or more visible ASCII characters, without white space");
    }

    @Test
    @Spec({"C78"})
    void aConfigurationShowsNeitherQueryNorToken() {
        assertThat(ConnectorConfig.builder("wss://me:pw@box:1/p?sig=1#f")
                        .bearerToken("s3cret")
                        .build())
                .hasToString("ConnectorConfig[wss://box:1/p]");
    }

    @Test
    void triesEveryAddressOfAName() throws Exception {
        // On most machines localhost is ::1 as well, where nobody listens.
        WebSocketListener listener = listen(RecordingHandler::echo);
        RecordingHandler client = connect("ws://localhost:" + listener.port());
        send(client, "x");
        assertThat(client.text()).isEqualTo("x");
    }

    @Test
    void anInterruptedCallerGetsAFailureAndStaysInterrupted() throws Exception {
        try (RawServer server = RawServer.start(RawServer.Peer::rest)) {
            CompletableFuture<String> outcome = new CompletableFuture<>();
            Thread caller = Thread.ofVirtual().start(() -> {
                try {
                    connector(server.url(), UnaryOperator.identity()).connect(new RecordingHandler());
                } catch (ConnectException e) {
                    outcome.complete(
                            e.getMessage() + " " + Thread.currentThread().isInterrupted());
                }
            });
            caller.interrupt();
            assertThat(outcome.join())
                    .isEqualTo("failed to connect to exec-server websocket `" + server.url()
                            + "`: the waiting thread was interrupted true");
        }
    }

    @Test
    void nothingConnectsAfterTheOwnerWasClosed() throws Exception {
        WebSocketListener listener = listen(RecordingHandler::echo);
        RecordingHandler client = connect(listener.url());
        eventLoops.close();
        assertThat(client.ended()).isTrue();
        assertRefused(listener.url(), "the owner of this connection has been closed");
        eventLoops.close();
    }

    @Test
    void waitingOnItsOwnThreadIsRefused() throws Exception {
        WebSocketListener listener = listen(RecordingHandler::echo);
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        RecordingHandler client = connect(listener.url(), UnaryOperator.identity(), new RecordingHandler() {
            @Override
            protected void received(byte[] bytes, int length) {
                try {
                    connector(listener.url(), UnaryOperator.identity()).connect(new RecordingHandler());
                } catch (ConnectException | RuntimeException e) {
                    thrown.complete(e);
                }
            }
        });
        send(client, "x");
        assertThat(thrown.join())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("called on client-net-1, which would wait for itself; use another thread");
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }
}
