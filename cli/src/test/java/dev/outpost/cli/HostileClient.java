package dev.outpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.fuzz.HostileSource;
import dev.outpost.testkit.fuzz.Wire;
import dev.outpost.testkit.wire.Received;
import dev.outpost.testkit.wire.RpcClient;
import dev.outpost.testkit.wire.WireConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends hostile bytes, and behind them a marker: a request that is answered in every state of a connection. Where the
 * specification keeps the connection, the marker and all that is owed must be answered, and nothing else; where it ends
 * it, the connection must end. For one thread.
 */
final class HostileClient {
    /** Ends the fragments of a message: a last frame without content. */
    private static final byte[] LAST_FRAGMENT = {(byte) 0x80, (byte) 0x80, 0, 0, 0, 0};

    static final String MARKER = "the marker";
    static final String MARKER_REQUEST = "{\"id\":\"" + MARKER + "\",\"method\":\"no/such\"}";
    /** What takes this long doesn't come any more. */
    static final Duration HANG = Duration.ofSeconds(60);

    /** Frames that lack more than this are not completed. */
    private static final long COMPLETED = 1 << 17;

    private final HostileSource source;
    private Owed.Phase phase = Owed.Phase.NEW;

    HostileClient(HostileSource source) {
        this.source = source;
    }

    /** What became of a connection. */
    enum Outcome {
        KEPT,
        ENDED
    }

    /**
     * Something to send.
     *
     * @param things how many frames or lines it was made of
     * @param reading what the server sees in it
     * @param owed what it owes for it
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Attempt(byte[] bytes, long things, Wire.Reading reading, Owed owed) {
        /** Whether the next message can follow; else only the client can end the connection. */
        boolean canGoOn() {
            return reading.ends() || reading.isBetweenMessages();
        }
    }

    /** Something is done in the middle of sending. */
    interface Interlude {
        void run() throws IOException, InterruptedException;
    }

    /** A new connection is there, and has or has not been through the handshake. */
    void begin(WireConnection connection, boolean handshake) throws IOException, InterruptedException {
        phase = Owed.Phase.NEW;
        if (handshake) {
            new RpcClient(connection).handshake();
            phase = Owed.Phase.READY;
        }
    }

    /** The next thing to send, completed if that takes little. */
    Attempt next() {
        long before = source.made();
        byte[] bytes = source.next();
        Wire.Reading reading = source.read(bytes);
        while (!reading.ends()
                && !reading.isBetweenMessages()
                && reading.missing() >= 0
                && reading.missing() < COMPLETED) {
            bytes = reading.missing() > 0
                    ? Arrays.copyOf(bytes, bytes.length + (int) reading.missing())
                    : concatenated(bytes, LAST_FRAGMENT);
            reading = source.read(bytes);
        }
        return new Attempt(bytes, source.made() - before, reading, new Owed(reading.found(), phase));
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        ByteArrayOutputStream both = new ByteArrayOutputStream(first.length + second.length);
        both.writeBytes(first);
        both.writeBytes(second);
        return both.toByteArray();
    }

    /** Sends it and the marker, and waits for all that is owed, or for the end. */
    Outcome attempt(WireConnection connection, Attempt attempt, Interlude interlude)
            throws IOException, InterruptedException {
        boolean sent = send(connection, attempt, interlude);
        assertThat(sent || attempt.owed.end() != Owed.End.NO)
                .as(() -> "ended while being written to: " + describe(attempt))
                .isTrue();
        boolean marked = false;
        while (!marked || !attempt.owed.isPaid()) {
            Received next = connection.receive(HANG);
            assertThat(next)
                    .as(() -> "nothing comes any more: " + describe(attempt))
                    .isNotNull();
            Received received = Objects.requireNonNull(next);
            if (received instanceof Received.Ended) {
                assertThat(attempt.owed.end())
                        .as(() -> received + " for " + describe(attempt))
                        .isNotEqualTo(Owed.End.NO);
                return Outcome.ENDED;
            }
            JsonNode answer = received instanceof Received.Message(String text)
                    ? JsonMapper.shared().readTree(text)
                    : null;
            if (answer != null && isMarker(answer)) {
                assertThat(attempt.owed.end())
                        .as(() -> "lives on after " + describe(attempt))
                        .isNotEqualTo(Owed.End.YES);
                marked = true;
            } else {
                assertThat(settles(attempt.owed, received, answer))
                        .as(() -> received + " for " + describe(attempt))
                        .isTrue();
            }
        }
        phase = attempt.owed.phase();
        return Outcome.KEPT;
    }

    private static boolean send(WireConnection connection, Attempt attempt, Interlude interlude)
            throws IOException, InterruptedException {
        int half = attempt.bytes.length / 2;
        try {
            connection.sendBytes(Arrays.copyOf(attempt.bytes, half));
        } catch (IOException e) {
            return false;
        }
        interlude.run();
        try {
            connection.sendBytes(Arrays.copyOfRange(attempt.bytes, half, attempt.bytes.length));
            if (attempt.canGoOn()) {
                connection.send(MARKER_REQUEST);
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isMarker(JsonNode message) {
        return message.path("id").asString("").equals(MARKER);
    }

    private static boolean settles(Owed owed, Received received, @Nullable JsonNode answer) {
        return switch (received) {
            case Received.Pong(String payload) -> owed.pong(payload);
            case Received.Message _ -> answer != null && owed.answer(answer);
            case Received.Ended _ -> false;
        };
    }

    private static String describe(Attempt attempt) {
        return attempt.owed + " of " + attempt.reading.found().size() + " things in "
                + HexFormat.of().formatHex(attempt.bytes);
    }
}
