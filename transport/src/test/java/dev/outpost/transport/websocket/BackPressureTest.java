package dev.outpost.transport.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.testkit.Spec;
import dev.outpost.transport.OutgoingMessage;
import dev.outpost.transport.RecordingHandler;
import dev.outpost.transport.websocket.RawClient.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Peers that don't read, and handlers that don't want to be told: nothing piles up, and others don't notice. */
@Spec({"W51"})
class BackPressureTest extends ListenerTest {
    private static final int SMALL_BUFFER = 16 * 1024;
    private static final int PART = 64 * 1024;
    /** More than socket buffers, the high-water mark and a part can hold, and far less than what was there to be had. */
    private static final int BOUND = 32 * 1024 * 1024;

    /** Gives messages without end when pulled, each with its number. */
    private static final class Source extends RecordingHandler {
        final AtomicInteger pulled = new AtomicInteger();
        final AtomicInteger closed = new AtomicInteger();

        @Override
        public OutgoingMessage pull() {
            int number = pulled.getAndIncrement();
            String text = String.format("%010d", number);
            return new OutgoingMessage() {
                @Override
                public boolean writeTo(JsonOutput out) {
                    out.raw(text.repeat(PART / 10));
                    return true;
                }

                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            };
        }
    }

    @Test
    void aPeerThatDoesNotReadIsNotPulledForAndLosesNothing() throws Exception {
        Source source = new Source();
        WebSocketListener listener = listen(first(source));
        try (RawClient slow = RawClient.upgraded(listener, SMALL_BUFFER);
                RawClient other = RawClient.upgraded(listener)) {
            source.connection().requestPull();
            int stalled = awaitStandstill(other, source.pulled);
            assertThat(stalled).isPositive().isLessThan(BOUND / PART);
            for (int i = 0; i < 4 * stalled; i++) {
                assertThat(slow.message()).startsWith(String.format("%010d", i));
            }
            assertThat(source.pulled.get()).isGreaterThanOrEqualTo(4 * stalled);
            source.connection().close();
            source.end();
            assertThat(source.closed).hasValue(source.pulled.get());
        }
    }

    @Test
    void sentMessagesAndPulledOnesBothGetThrough() throws Exception {
        Source source = new Source();
        WebSocketListener listener = listen(first(source));
        try (RawClient client = RawClient.upgraded(listener)) {
            source.connection().requestPull();
            for (int i = 0; i < 50; i++) {
                String answer = "answer " + i;
                source.connection().send(out -> {
                    out.raw(answer);
                    return true;
                });
                int before = 0;
                while (!client.message().equals(answer)) {
                    before++;
                }
                assertThat(before).isLessThan(BOUND / PART);
            }
        }
    }

    @Test
    void aPeerThatAsksAndDoesNotReadIsNotReadFromAnyMore() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        RecordingHandler answering = new RecordingHandler() {
            @Override
            protected void received(byte[] bytes, int length) {
                String answer = asked.getAndIncrement() + " ".repeat(PART);
                connection().send(out -> {
                    out.raw(answer);
                    return true;
                });
            }
        };
        int total = 3000;
        WebSocketListener listener = listen(settings -> settings.maxUnsentAnswers(16), first(answering));
        try (RawClient slow = RawClient.upgraded(listener, SMALL_BUFFER);
                RawClient other = RawClient.upgraded(listener)) {
            CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> {
                byte[] request =
                        RawClient.frame(true, Opcode.TEXT, "x".repeat(1000).getBytes(UTF_8));
                try {
                    for (int i = 0; i < total; i++) {
                        slow.write(request);
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            int stalled = awaitStandstill(other, asked);
            assertThat(stalled).isPositive().isLessThan(BOUND / PART + 16);
            for (int i = 0; i < total; i++) {
                assertThat(slow.message()).startsWith(i + " ");
            }
            asking.join();
        }
    }

    @Test
    void aFloodOfPingsFromAPeerThatDoesNotReadIsAnsweredInPartAndTheLastForSure() throws Exception {
        int pings = 200_000;
        WebSocketListener listener = listen(settings -> settings.waterMarks(1024, 4096), RecordingHandler::echo);
        try (RawClient client = RawClient.upgraded(listener, SMALL_BUFFER)) {
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            for (int i = 1; i <= pings; i++) {
                wire.writeBytes(RawClient.frame(
                        true, Opcode.PING, ByteBuffer.allocate(125).putInt(i).array()));
                if (wire.size() > 60_000 || i == pings) {
                    client.write(wire.toByteArray());
                    wire.reset();
                }
            }
            int pongs = 0;
            int last = 0;
            while (last < pings) {
                Frame pong = client.next();
                assertThat(pong.opcode()).isEqualTo(Opcode.PONG);
                int number = ByteBuffer.wrap(pong.payload()).getInt();
                assertThat(number).isGreaterThan(last);
                last = number;
                pongs++;
            }
            assertThat(pongs).isLessThan(pings);
        }
    }

    @Test
    void aPausedHandlerIsToldNothingNotEvenWhatHasArrived() throws Exception {
        RecordingHandler pausing = new RecordingHandler() {
            @Override
            protected void received(byte[] bytes, int length) {
                connection().pauseReading();
                super.received(bytes, length);
            }
        };
        WebSocketListener listener = listen(first(pausing));
        try (RawClient client = RawClient.upgraded(listener);
                RawClient other = RawClient.upgraded(listener)) {
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            for (int i = 0; i < 20; i++) {
                wire.writeBytes(RawClient.frame(true, Opcode.TEXT, ("message " + i).getBytes(UTF_8)));
            }
            client.write(wire.toByteArray());
            for (int i = 0; i < 20; i++) {
                assertThat(pausing.text()).isEqualTo("message " + i);
                assertThat(other.exchange("barrier")).isEqualTo("barrier");
                assertThat(pausing.waiting()).isZero();
                pausing.connection().pauseReading();
                pausing.connection().resumeReading();
            }
        }
    }

    @Test
    void aPausedConnectionHoldsBoundedInputAndCanStillSend() throws Exception {
        RecordingHandler paused = new RecordingHandler();
        WebSocketListener listener = listen(first(paused));
        try (RawClient client = RawClient.upgraded(listener)) {
            paused.connection().pauseReading();
            AtomicInteger written = new AtomicInteger();
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < 1000; i++) {
                        client.send(true, Opcode.BINARY, new byte[PART]);
                        written.incrementAndGet();
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            try (RawClient other = RawClient.upgraded(listener)) {
                assertThat(awaitStandstill(other, written)).isLessThan(BOUND / PART);
            }
            paused.connection().send(out -> {
                out.raw("sent while paused");
                return true;
            });
            assertThat(client.message()).isEqualTo("sent while paused");
            paused.connection().resumeReading();
            for (int i = 0; i < 1000; i++) {
                assertThat(paused.message()).hasSize(PART);
            }
            writing.join();
        }
    }

    @Test
    void aResetInTheMiddleOfEverythingClosesEverything() throws Exception {
        Source source = new Source();
        WebSocketListener listener = listen(first(source));
        RawClient client = RawClient.upgraded(listener, SMALL_BUFFER);
        source.connection().requestPull();
        client.message();
        client.write(RawClient.header(true, Opcode.TEXT, 1_000_000, new byte[4]));
        client.write(new byte[500_000]);
        client.reset();
        assertThat(source.end()).containsInstanceOf(IOException.class);
        assertThat(source.closed).hasValue(source.pulled.get());
    }

    /** The first connection gets this handler, all others echo. */
    private static Supplier<RecordingHandler> first(RecordingHandler handler) {
        AtomicInteger count = new AtomicInteger();
        return () -> count.getAndIncrement() == 0 ? handler : RecordingHandler.echo();
    }

    /**
     * Waits until a number stands still although the event loop has had many turns: another connection on the same loop
     * was served in between.
     */
    private static int awaitStandstill(RawClient other, AtomicInteger number) {
        await().until(() -> {
            int before = number.get();
            for (int i = 0; i < 300; i++) {
                assertThat(other.exchange("served")).isEqualTo("served");
            }
            return before > 0 && number.get() == before;
        });
        return number.get();
    }
}
