package dev.outpost.transport.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import dev.outpost.transport.CountedMessage;
import dev.outpost.transport.OutgoingMessage;
import dev.outpost.transport.RecordingHandler;
import dev.outpost.transport.websocket.RawClient.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesTest extends ListenerTest {
    @Test
    @Spec({"W13"})
    void textAndBinaryAreEqualAndAnswersAreText() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(RecordingHandler::echo))) {
            client.text("grüße");
            client.send(true, Opcode.BINARY, "grüße".getBytes(UTF_8));
            for (int i = 0; i < 2; i++) {
                Frame frame = client.data();
                assertThat(frame.opcode()).isEqualTo(Opcode.TEXT);
                assertThat(frame.text()).isEqualTo("grüße");
            }
        }
    }

    @Test
    @Spec({"W16"})
    void emptyAndBlankMessagesAreMessages() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(RecordingHandler::new))) {
            RecordingHandler handler = handler();
            client.text("");
            client.text("  ");
            client.send(true, Opcode.BINARY, new byte[0]);
            assertThat(handler.text()).isEmpty();
            assertThat(handler.text()).isEqualTo("  ");
            assertThat(handler.text()).isEmpty();
        }
    }

    @Test
    @Spec({"W13"})
    void putsFragmentsTogetherAlsoAroundControlFramesAndInsideCharacters() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(RecordingHandler::echo))) {
            byte[] euro = "€".getBytes(UTF_8);
            client.send(false, Opcode.TEXT, Arrays.copyOf(euro, 1));
            client.send(true, Opcode.PING, "now".getBytes(UTF_8));
            client.send(false, Opcode.CONTINUATION, new byte[0]);
            client.send(true, Opcode.PONG, "unasked".getBytes(UTF_8));
            client.send(true, Opcode.CONTINUATION, Arrays.copyOfRange(euro, 1, 3));
            assertThat(client.next()).satisfies(frame -> {
                assertThat(frame.opcode()).isEqualTo(Opcode.PONG);
                assertThat(frame.text()).isEqualTo("now");
            });
            assertThat(client.message()).isEqualTo("€");
        }
    }

    @Test
    @Spec({"W13"})
    void answersEachPingWithItsPayload() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(RecordingHandler::echo))) {
            for (int length : new int[] {0, 1, 125}) {
                byte[] payload = new byte[length];
                new Random(length).nextBytes(payload);
                client.send(true, Opcode.PING, payload);
                Frame pong = client.next();
                assertThat(pong.opcode()).isEqualTo(Opcode.PONG);
                assertThat(pong.payload()).isEqualTo(payload);
            }
        }
    }

    @Test
    @Spec({"W14"})
    void aCloseFrameEndsTheConnectionWithoutEcho() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(RecordingHandler::echo))) {
            client.send(true, Opcode.CLOSE, new byte[] {3, (byte) 0xE8});
            assertThat(client.frame()).isNull();
            assertThat(handler().end()).isEmpty();
        }
    }

    @Test
    @Spec({"W14"})
    void theServerEndsAConnectionWithoutCloseFrame() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(RecordingHandler::echo))) {
            RecordingHandler handler = handler();
            handler.connection().close();
            handler.connection().close();
            assertThat(client.frame()).isNull();
            assertThat(handler.end()).isEmpty();
        }
    }

    static Stream<Arguments> violations() {
        byte[] text = RawClient.frame(true, Opcode.TEXT, "x".getBytes(UTF_8));
        byte[] overlong = {(byte) 0xC0, (byte) 0x80};
        byte[] cut = {'a', (byte) 0xE2, (byte) 0x82};
        return Stream.of(
                Arguments.of("unmasked", new byte[] {(byte) 0x81, 1, 'x'}),
                Arguments.of("reserved bit 1", changed(text, 0xC1)),
                Arguments.of("reserved bit 2", changed(text, 0xA1)),
                Arguments.of("reserved bit 3", changed(text, 0x91)),
                Arguments.of("reserved data opcode", changed(text, 0x83)),
                Arguments.of("reserved control opcode", changed(text, 0x8B)),
                Arguments.of("fragmented ping", changed(text, 0x09)),
                Arguments.of("long ping", RawClient.frame(true, Opcode.PING, new byte[126])),
                Arguments.of("continuation of nothing", changed(text, 0x80)),
                Arguments.of("message in a message", twice(changed(text, 0x01), text)),
                Arguments.of("not UTF-8", RawClient.frame(true, Opcode.TEXT, overlong)),
                Arguments.of("half a character", RawClient.frame(true, Opcode.TEXT, cut)),
                Arguments.of(
                        "half a character in fragments",
                        twice(
                                RawClient.frame(false, Opcode.TEXT, cut),
                                RawClient.frame(true, Opcode.CONTINUATION, new byte[0]))),
                Arguments.of(
                        "not UTF-8 across fragments",
                        twice(
                                RawClient.frame(false, Opcode.TEXT, cut),
                                RawClient.frame(false, Opcode.CONTINUATION, "x".getBytes(UTF_8)))));
    }

    @ParameterizedTest(name = "{0}")
    @Spec({"W15"})
    @MethodSource("violations")
    void aViolationEndsTheConnectionWithoutReply(String name, byte[] bytes) throws Exception {
        try (RawClient client = RawClient.upgraded(listen(RecordingHandler::echo))) {
            assertThat(client.exchange("before")).isEqualTo("before");
            client.write(bytes);
            assertThat(client.frame()).isNull();
            assertThat(handler().end()).containsInstanceOf(ProtocolException.class);
        }
    }

    @Test
    @Spec({"W13"})
    void putsTenThousandTinyFragmentsTogether() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(RecordingHandler::echo))) {
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            for (int i = 0; i < 10_000; i++) {
                byte[] payload = {(byte) ('0' + i % 10)};
                wire.writeBytes(RawClient.frame(i == 9_999, i == 0 ? Opcode.TEXT : Opcode.CONTINUATION, payload));
            }
            client.write(wire.toByteArray());
            assertThat(client.message()).isEqualTo("0123456789".repeat(1000));
        }
    }

    @Test
    void readsFramesByteByByte() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(RecordingHandler::echo))) {
            String text = "x".repeat(300);
            for (byte b : RawClient.frame(true, Opcode.TEXT, text.getBytes(UTF_8))) {
                client.write(new byte[] {b});
            }
            assertThat(client.message()).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @Spec({"W13"})
    @ValueSource(longs = {11, 12, 13})
    void randomMessagesOverARealSocketComeBackAsTheyWere(long seed) throws Exception {
        Random random = new Random(seed);
        try (RawClient client = RawClient.upgraded(listen(RecordingHandler::echo))) {
            for (int round = 0; round < 30; round++) {
                StringBuilder text = new StringBuilder();
                int size = random.nextInt(1 << random.nextInt(20));
                while (text.length() < size) {
                    text.append("a").append(random.nextInt()).append("é€😀");
                }
                byte[] payload = text.toString().getBytes(UTF_8);
                int at = 0;
                for (boolean last = false; !last; ) {
                    int end = Math.min(payload.length, at + 1 + random.nextInt(payload.length + 1));
                    last = end == payload.length;
                    client.send(
                            last, at == 0 ? Opcode.BINARY : Opcode.CONTINUATION, Arrays.copyOfRange(payload, at, end));
                    at = end;
                }
                assertThat(client.message()).isEqualTo(text.toString());
            }
        }
    }

    @Test
    void echoesAMillionSmallMessagesInOrder() throws Exception {
        int count = 1_000_000;
        try (RawClient client = RawClient.upgraded(listen(RecordingHandler::echo))) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                ByteArrayOutputStream wire = new ByteArrayOutputStream();
                for (int i = 1; i <= count; i++) {
                    wire.writeBytes(RawClient.frame(
                            true, Opcode.TEXT, Integer.toString(i).getBytes(UTF_8)));
                    if (wire.size() > 50_000 || i == count) {
                        write(client, wire.toByteArray());
                        wire.reset();
                    }
                }
            });
            for (int i = 1; i <= count; i++) {
                if (!client.message().equals(Integer.toString(i))) {
                    assertThat(i).as("message out of order").isNegative();
                }
            }
            sent.join();
        }
    }

    @Test
    @Spec({"N14d"})
    void aLargeMessageLeavesInFramesOfAtMost8MiB() throws Exception {
        String text = "0123456789abcdef".repeat(20 * 1024 * 1024 / 16);
        try (RawClient client = RawClient.upgraded(listen(RecordingHandler::new))) {
            RecordingHandler handler = handler();
            handler.connection().send(new CountedMessage(text));
            handler.connection().send(new CountedMessage("x".repeat(FrameWriter.MAX_PAYLOAD)));
            handler.connection().send(new CountedMessage(""));
            StringBuilder received = new StringBuilder();
            List<Integer> sizes = new ArrayList<>();
            Frame frame;
            do {
                frame = client.data();
                assertThat(frame.opcode()).isEqualTo(sizes.isEmpty() ? Opcode.TEXT : Opcode.CONTINUATION);
                sizes.add(frame.payload().length);
                received.append(frame.text());
            } while (!frame.last());
            assertThat(sizes).allMatch(size -> size <= FrameWriter.MAX_PAYLOAD).hasSize(3);
            assertThat(received.toString().equals(text)).isTrue();
            Frame whole = client.data();
            assertThat(whole.last()).isTrue();
            assertThat(whole.payload()).hasSize(FrameWriter.MAX_PAYLOAD);
            assertThat(client.message()).isEmpty();
        }
    }

    @Test
    void nothingButControlFramesComesBetweenThePartsOfAMessage() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(RecordingHandler::new), 16 * 1024)) {
            RecordingHandler handler = handler();
            String[] parts = new String[60];
            Arrays.setAll(parts, i -> Character.toString('a' + i % 26).repeat(200_000));
            CountedMessage large = new CountedMessage(parts);
            CountedMessage small = new CountedMessage("small");
            handler.connection().send(large);
            handler.connection().send(small);
            client.send(true, Opcode.PING, "p".getBytes(UTF_8));
            assertThat(client.message().equals(String.join("", parts))).isTrue();
            assertThat(client.message()).isEqualTo("small");
            handler.connection().close();
            handler.end();
            assertThat(large.closes()).isEqualTo(1);
            assertThat(small.closes()).isEqualTo(1);
        }
    }

    @Test
    void aMessageThatFailsHalfWrittenEndsTheConnection() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(RecordingHandler::new))) {
            RecordingHandler handler = handler();
            CountedMessage next = new CountedMessage("next");
            int[] calls = new int[1];
            OutgoingMessage failing = out -> {
                if (++calls[0] == 2) {
                    throw new IllegalStateException("cannot go on");
                }
                out.raw("begin");
                return false;
            };
            handler.connection().send(failing);
            handler.connection().send(next);
            for (Frame frame = client.frame(); frame != null; frame = client.frame()) {
                assertThat(frame.last()).isFalse();
                assertThat(frame.text()).isEqualTo("begin");
            }
            assertThat(handler.end()).hasValueSatisfying(e -> assertThat(e).hasMessage("cannot go on"));
            assertThat(next.closes()).isEqualTo(1);
        }
    }

    @Test
    void aHandlerThatFailsEndsItsConnectionOnly() throws Exception {
        WebSocketListener listener = listen(() -> new RecordingHandler() {
            @Override
            protected void received(byte[] bytes, int length) {
                if (length == 4) {
                    throw new IllegalStateException("handler failed");
                }
                connection().send(new CountedMessage("fine"));
            }
        });
        try (RawClient client = RawClient.upgraded(listener);
                RawClient other = RawClient.upgraded(listener)) {
            client.text("fail");
            assertThat(client.frame()).isNull();
            assertThat(handler().end()).hasValueSatisfying(e -> assertThat(e).hasMessage("handler failed"));
            assertThat(other.exchange("go on")).isEqualTo("fine");
        }
    }

    @Test
    void closingInsideACallbackDeliversNothingMore() throws Exception {
        WebSocketListener listener = listen(() -> new RecordingHandler() {
            @Override
            protected void received(byte[] bytes, int length) {
                super.received(bytes, length);
                connection().close();
            }
        });
        try (RawClient client = RawClient.upgraded(listener)) {
            byte[] frame = RawClient.frame(true, Opcode.TEXT, "x".getBytes(UTF_8));
            client.write(twice(frame, frame));
            assertThat(client.frame()).isNull();
            RecordingHandler handler = handler();
            assertThat(handler.end()).isEmpty();
            assertThat(handler.text()).isEqualTo("x");
            assertThat(handler.waiting()).isZero();
        }
    }

    @Test
    void closeAfterSendingSendsWhatWasQueuedEvenWhileThePeerGoesOnSending() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(RecordingHandler::new), 16 * 1024)) {
            RecordingHandler handler = handler();
            String large = "y".repeat(4_000_000);
            handler.connection().send(new CountedMessage(large));
            handler.connection().send(new CountedMessage("last"));
            handler.connection().closeAfterSending();
            handler.connection().closeAfterSending();
            CountedMessage late = new CountedMessage("late");
            handler.connection().send(late);
            byte[] noise = new byte[1_000_000];
            client.send(true, Opcode.BINARY, noise);
            assertThat(client.message()).hasSize(large.length());
            client.send(true, Opcode.BINARY, noise);
            assertThat(client.message()).isEqualTo("last");
            assertThat(client.frame()).isNull();
            client.reset();
            handler.end();
            assertThat(late.closes()).isEqualTo(1);
            assertThat(handler.waiting()).isZero();
        }
    }

    @Test
    @Spec({"W13"})
    void servesTheClientOfTheJdk() throws Exception {
        WebSocketListener listener = listen(RecordingHandler::echo);
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        CompletableFuture<String> pong = new CompletableFuture<>();
        WebSocket.Listener collector = new WebSocket.Listener() {
            private final StringBuilder text = new StringBuilder();

            @Override
            public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                text.append(data);
                if (last) {
                    received.add(text.toString());
                    text.setLength(0);
                }
                socket.request(1);
                return null;
            }

            @Override
            public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
                pong.complete(UTF_8.decode(message).toString());
                socket.request(1);
                return null;
            }
        };
        try (HttpClient http = HttpClient.newHttpClient()) {
            WebSocket socket = http.newWebSocketBuilder()
                    .buildAsync(URI.create(listener.url() + "/?query"), collector)
                    .join();
            socket.sendText("hello €", true).join();
            assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo("hello €");
            socket.sendPing(ByteBuffer.wrap("p".getBytes(UTF_8))).join();
            assertThat(pong.get(30, TimeUnit.SECONDS)).isEqualTo("p");
            String large = "wörter ".repeat(2_000_000);
            socket.sendText(large.substring(0, 5_000_000), false).join();
            socket.sendText(large.substring(5_000_000), true).join();
            assertThat(large.equals(received.poll(60, TimeUnit.SECONDS))).isTrue();
            socket.abort();
            handler().end();
        }
    }

    private static void write(RawClient client, byte[] bytes) {
        try {
            client.write(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] changed(byte[] frame, int first) {
        byte[] changed = frame.clone();
        changed[0] = (byte) first;
        return changed;
    }

    private static byte[] twice(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
