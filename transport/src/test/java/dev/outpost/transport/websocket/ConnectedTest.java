package dev.outpost.transport.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import dev.outpost.transport.CountedMessage;
import dev.outpost.transport.RecordingHandler;
import dev.outpost.transport.websocket.RawServer.Frame;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** A client's open connection, against a server whose every byte is known. */
class ConnectedTest extends ConnectorTestBase {
    private static final int MEBIBYTE = 1024 * 1024;
    private static final Duration NEVER = Duration.ofHours(1);

    @Test
    @Spec({"C7"})
    void takesTextAndBinaryMessagesAlsoInFragments() throws Exception {
        try (RawServer server = RawServer.webSocket(peer -> {
            peer.text("text €");
            peer.send(true, Opcode.BINARY, "binary €".getBytes(UTF_8));
            peer.send(false, Opcode.TEXT, "one ".getBytes(UTF_8));
            peer.send(true, Opcode.PONG, new byte[0]);
            peer.send(false, Opcode.CONTINUATION, "two ".getBytes(UTF_8));
            peer.send(true, Opcode.CONTINUATION, "three".getBytes(UTF_8));
            peer.rest();
        })) {
            RecordingHandler client = connect(server.url());
            assertThat(client.text()).isEqualTo("text €");
            assertThat(client.text()).isEqualTo("binary €");
            assertThat(client.text()).isEqualTo("one two three");
        }
    }

    @Test
    void takesWhatComesRightBehindTheAnswer() throws Exception {
        try (RawServer server = RawServer.start(peer -> {
            String accept = peer.request().accept();
            byte[] answer = ("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Accept: " + accept + "\r\n\r\n\u0081\u0005hello")
                    .getBytes(ISO_8859_1);
            peer.write(answer);
            peer.rest();
        })) {
            assertThat(connect(server.url()).text()).isEqualTo("hello");
        }
    }

    @Test
    @Spec({"C7", "C8"})
    void answersPingsAndSendsNeitherPingNorCloseOfItsOwn() throws Exception {
        BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        try (RawServer server = RawServer.webSocket(peer -> {
            peer.send(true, Opcode.PING, "are you there".getBytes(UTF_8));
            frames.add(peer.frame());
            peer.text("go");
            ended.complete(peer.frame() == null);
        })) {
            RecordingHandler client =
                    connect(server.url(), settings -> settings.pings(NEVER, NEVER), new RecordingHandler());
            Frame pong = frames.take();
            assertThat(pong.opcode()).isEqualTo(Opcode.PONG);
            assertThat(pong.masked()).isTrue();
            assertThat(pong.text()).isEqualTo("are you there");
            assertThat(client.text()).isEqualTo("go");
            client.connection().close();
            assertThat(ended.join()).as("the socket just ends").isTrue();
            assertThat(client.end()).isEmpty();
        }
    }

    @Test
    @Spec({"C7"})
    void aCloseFrameIsACleanEnd() throws Exception {
        try (RawServer server =
                RawServer.webSocket(peer -> peer.send(true, Opcode.CLOSE, new byte[] {0x03, (byte) 0xE8, 'b', 'y'}))) {
            assertThat(connect(server.url()).end()).isEmpty();
        }
    }

    @Test
    @Spec({"C9"})
    void masksAndSplitsWhatItSendsIntoFramesThatEveryPeerTakes() throws Exception {
        BlockingQueue<List<Frame>> received = new LinkedBlockingQueue<>();
        try (RawServer server = RawServer.webSocket(peer -> {
            while (true) {
                List<Frame> message = new ArrayList<>();
                do {
                    message.add(peer.frame());
                } while (!message.getLast().last());
                received.add(message);
            }
        })) {
            RecordingHandler client = connect(server.url());
            String large = "0123456789abcde\n".repeat(20 * MEBIBYTE / 16);
            for (String text : List.of("", "small €", "x".repeat(126), "y".repeat(70_000), large)) {
                send(client, text);
                List<Frame> message = received.take();
                assertThat(message).allSatisfy(frame -> {
                    assertThat(frame.masked()).isTrue();
                    assertThat(frame.payload()).hasSizeLessThanOrEqualTo(8 * MEBIBYTE);
                });
                assertThat(message.getFirst().opcode()).isEqualTo(Opcode.TEXT);
                assertThat(message.stream().skip(1)).allMatch(frame -> frame.opcode() == Opcode.CONTINUATION);
                StringBuilder whole = new StringBuilder();
                message.forEach(frame -> whole.append(frame.text()));
                assertThat(whole.toString().equals(text))
                        .as("%d characters", text.length())
                        .isTrue();
            }
            client.connection().send(new CountedMessage("in ", "three ", "parts"));
            assertThat(received.take()).extracting(Frame::text).containsExactly("in ", "three ", "parts");
        }
    }

    @Test
    @Spec({"C9"})
    void skipsAMessageAboveItsLimitAndLives() throws Exception {
        assertThat(ConnectorConfig.builder("ws://x").build().maxMessageBytes()).isEqualTo(256 * MEBIBYTE);
        int limit = 100_000;
        try (RawServer server = RawServer.webSocket(peer -> {
            peer.send(true, Opcode.TEXT, "x".repeat(limit).getBytes(UTF_8));
            peer.send(false, Opcode.TEXT, "y".repeat(limit).getBytes(UTF_8));
            peer.send(true, Opcode.CONTINUATION, "y".repeat(limit).getBytes(UTF_8));
            peer.text("after");
            peer.rest();
        })) {
            RecordingHandler client =
                    connect(server.url(), settings -> settings.maxMessageBytes(limit), new RecordingHandler());
            assertThat(client.text()).hasSize(limit);
            assertThat(client.oversized().limit()).isEqualTo(limit);
            assertThat(client.text()).isEqualTo("after");
        }
    }

    @Test
    @Spec({"C9"})
    void readsWhatTheReferenceCannot() throws Exception {
        byte[] frame = "z".repeat(17 * MEBIBYTE).getBytes(UTF_8);
        try (RawServer server = RawServer.webSocket(peer -> {
            for (int i = 0; i < 3; i++) {
                peer.send(false, i == 0 ? Opcode.TEXT : Opcode.CONTINUATION, frame);
            }
            peer.send(true, Opcode.CONTINUATION, frame);
            peer.rest();
        })) {
            assertThat(connect(server.url()).message()).hasSize(4 * frame.length);
        }
    }

    @Test
    @Spec({"C10"})
    void theEndWithoutACloseFrameIsAReadFailure() throws Exception {
        try (RawServer server = RawServer.webSocket(peer -> peer.text("last"))) {
            RecordingHandler client = connect(server.url() + "/?sig=1");
            assertThat(client.text()).isEqualTo("last");
            String label = "exec-server websocket " + server.url() + "/?sig=1";
            assertThat(client.connection().peer()).isEqualTo(label);
            assertThat(connector(server.url() + "/?sig=1", UnaryOperator.identity())
                            .label())
                    .isEqualTo(label);
            assertThat(client.end())
                    .hasValueSatisfying(reason -> assertThat(reason)
                            .hasMessage("failed to read websocket JSON-RPC message from " + label
                                    + ": WebSocket protocol error: Connection reset without closing handshake"));
        }
    }

    @Test
    @Spec({"C10"})
    void aResetIsNamed() throws Exception {
        try (RawServer server = RawServer.webSocket(peer -> {
            peer.frame();
            peer.socket.setSoLinger(true, 0);
        })) {
            RecordingHandler client = connect(server.url());
            send(client, "x");
            assertThat(client.end())
                    .hasValueSatisfying(reason -> assertThat(reason)
                            .hasMessage("failed to read websocket JSON-RPC message from exec-server websocket "
                                    + server.url() + ": IO error: Connection reset by peer (os error 104)"));
        }
    }

    @Test
    @Spec({"C10"})
    void aServerThatMasksBreaksTheProtocol() throws Exception {
        try (RawServer server = RawServer.webSocket(peer -> {
            peer.write(RawClient.frame(true, Opcode.TEXT, "masked".getBytes(UTF_8)));
            peer.rest();
        })) {
            assertThat(connect(server.url()).end())
                    .hasValueSatisfying(reason -> assertThat(reason)
                            .hasMessageEndingWith(": WebSocket protocol error: masked WebSocket frame"));
        }
    }

    @Test
    @Spec({"C8"})
    void pingsAndGivesUpAServerThatShowsNoLife() throws Exception {
        BlockingQueue<Frame> pings = new LinkedBlockingQueue<>();
        try (RawServer server = RawServer.webSocket(peer -> {
            for (Frame frame = peer.frame(); frame != null; frame = peer.frame()) {
                pings.add(frame);
                if (pings.size() <= 3) {
                    peer.send(true, Opcode.PONG, frame.payload());
                }
            }
        })) {
            RecordingHandler client = connect(
                    server.url(),
                    settings -> settings.pings(Duration.ofMillis(20), Duration.ofMillis(300)),
                    new RecordingHandler());
            assertThat(client.end())
                    .hasValueSatisfying(reason -> assertThat(reason).hasMessageEndingWith("no pong within 300 ms"));
            assertThat(pings).hasSizeGreaterThan(3).allSatisfy(frame -> {
                assertThat(frame.opcode()).isEqualTo(Opcode.PING);
                assertThat(frame.masked()).isTrue();
            });
        }
    }

    @Test
    void readsOnHoweverMuchWaitsToBeSent() throws Exception {
        int count = 1000;
        CountDownLatch sent = new CountDownLatch(1);
        try (RawServer server = RawServer.webSocket(peer -> {
            try {
                sent.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            for (int i = 0; i < count; i++) {
                peer.text("answer " + i);
            }
            peer.rest();
        })) {
            RecordingHandler client = connect(server.url());
            String request = "r".repeat(100_000);
            for (int i = 0; i < count; i++) {
                send(client, request);
            }
            sent.countDown();
            for (int i = 0; i < count; i++) {
                assertThat(client.text()).isEqualTo("answer " + i);
            }
        }
    }

    @Test
    void closeAfterSendingDeliversWhatWasSent() throws Exception {
        WebSocketListener listener = listen(RecordingHandler::new);
        RecordingHandler client = connect(listener.url());
        RecordingHandler server = handler();
        send(client, "x".repeat(3 * MEBIBYTE));
        send(client, "last");
        client.connection().closeAfterSending();
        assertThat(server.text()).hasSize(3 * MEBIBYTE);
        assertThat(server.text()).isEqualTo("last");
        assertThat(client.end()).isEmpty();
    }

    @Test
    @Spec({"C78"})
    void theLogHasNoQuery() throws Exception {
        List<String> lines = new ArrayList<>();
        Handler capture = new Handler() {
            @Override
            public synchronized void publish(LogRecord entry) {
                lines.add(entry.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(WebSocketConnection.class.getName());
        logger.addHandler(capture);
        try (RawServer server = RawServer.webSocket(peer -> {
            peer.text("x");
            peer.rest();
        })) {
            RecordingHandler client =
                    connect(server.url() + "/p?sig=s3cret", UnaryOperator.identity(), new RecordingHandler() {
                        @Override
                        protected void received(byte[] bytes, int length) {
                            throw new IllegalStateException("handler failed");
                        }
                    });
            assertThat(client.end()).isNotEmpty();
            assertThat(lines)
                    .containsExactly("exec-server websocket " + server.url()
                            + "/p: closing the connection after an internal error");
        } finally {
            logger.removeHandler(capture);
        }
    }
}
