package dev.outpost.transport.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import dev.outpost.transport.CountedMessage;
import dev.outpost.transport.RecordingHandler;
import dev.outpost.transport.websocket.RawClient.Frame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@Spec({"N29"})
class KeepAliveTest extends ListenerTest {
    @Test
    void pingsEvery30SecondsAndWaits60ByDefault() {
        ListenerConfig config = ListenerConfig.builder(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .build();
        assertThat(config.pingInterval()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.pongTimeout()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void aPeerThatAnswersStays() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(20, 1500))) {
            for (int i = 0; i < 100; i++) {
                Frame ping = client.next();
                assertThat(ping.opcode()).isEqualTo(Opcode.PING);
                assertThat(ping.payload()).isEmpty();
                client.send(true, Opcode.PONG, ping.payload());
            }
            assertThat(client.exchange("x")).isEqualTo("x");
        }
    }

    @Test
    void aPeerThatAnswersNoPingIsDropped() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(20, 300))) {
            Frame frame = client.next();
            while (frame != null) {
                assertThat(frame.opcode()).isEqualTo(Opcode.PING);
                frame = client.frame();
            }
            assertThat(handler().end()).containsInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void aPeerThatNeitherReadsNorAnswersIsDropped() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(20, 300), 16 * 1024)) {
            RecordingHandler handler = handler();
            String text = "x".repeat(200_000);
            List<CountedMessage> stuck =
                    Stream.generate(() -> new CountedMessage(text)).limit(200).toList();
            stuck.forEach(handler.connection()::send);
            assertThat(handler.end()).containsInstanceOf(SocketTimeoutException.class);
            assertThat(stuck).extracting(CountedMessage::closes).containsOnly(1);
            client.reset();
        }
    }

    @Test
    void aPeerThatReadsSlowlyBehindMuchOutputStays() throws Exception {
        WebSocketListener listener = listen(20, 1500);
        try (RawClient slow = RawClient.upgraded(listener, 16 * 1024)) {
            RecordingHandler handler = handler();
            // Fewer than would stop the reading, but far more than the socket buffers hold.
            int count = 120;
            String text = "x".repeat(400_000);
            for (int i = 0; i < count; i++) {
                handler.connection().send(new CountedMessage(text));
            }
            // Our pings are behind all that. The pings of another connection tell it when to read on, for twice the
            // timeout.
            try (RawClient clock = RawClient.upgraded(listener)) {
                for (int i = 0; i < 100; i++) {
                    clock.send(true, Opcode.PONG, clock.next().payload());
                    assertThat(slow.message()).hasSize(text.length());
                }
            }
            for (int i = 100; i < count; i++) {
                assertThat(slow.message()).hasSize(text.length());
            }
            assertThat(handler.ended()).isFalse();
        }
    }

    @Test
    void aPeerInTheMiddleOfAFrameStays() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(50, 1500))) {
            byte[] frame = RawClient.frame(true, Opcode.TEXT, "y".repeat(200).getBytes(UTF_8));
            client.write(new byte[] {frame[0], frame[1], frame[2], frame[3], frame[4], frame[5], frame[6], frame[7]});
            for (int at = 8; at < frame.length; at++) {
                if (at % 4 == 0) {
                    assertThat(client.next().opcode()).isEqualTo(Opcode.PING);
                }
                client.write(new byte[] {frame[at]});
            }
            assertThat(client.message()).isEqualTo("y".repeat(200));
        }
    }

    @Test
    void aPeerThatWeDoNotListenToStays() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(20, 200))) {
            RecordingHandler handler = handler();
            handler.connection().pauseReading();
            client.text("held");
            for (int i = 0; i < 50; i++) {
                client.send(true, Opcode.PONG, client.next().payload());
            }
            handler.connection().resumeReading();
            assertThat(client.message()).isEqualTo("held");
        }
    }

    private WebSocketListener listen(int intervalMillis, int timeoutMillis) throws IOException {
        return listen(
                settings -> settings.pings(Duration.ofMillis(intervalMillis), Duration.ofMillis(timeoutMillis)),
                RecordingHandler::echo);
    }
}
