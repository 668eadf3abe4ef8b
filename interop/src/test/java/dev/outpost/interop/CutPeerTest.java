package dev.outpost.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.client.ClientOptions;
import dev.outpost.environment.EnvironmentFactory;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.sandbox.SandboxMode;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.CutTransfer;
import dev.outpost.testkit.contract.Recipe;
import dev.outpost.testkit.wire.CuttableProxy;
import dev.outpost.transport.websocket.ProxySettings;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our client and a real 0.169 server between whom the connection is cut again and again.
 *
 * <p>Of the output the server keeps the last 1 MiB and never waits for a reader, so it can't give everything back: what is
 * missing has to be told, in its place, and nothing else may be missing. What is written to the process arrives once, in
 * order: the server remembers the names of the last 4096 writes that it accepted (spec N41), and the client, which has at
 * most 100 under way, sends again under the same name what it has no answer for.
 *
 * <p>On demand with more: {@code -Doutpost.cuts=1000 -Doutpost.cut.mebibytes=64 -Doutpost.cut.lines=1000}; the fewer lines,
 * the more is printed at a time, and the more is lost.
 */
class CutPeerTest {
    private static final CutTransfer.Size SIZE = CutTransfer.Size.orElse(30, 48, 30);

    /** Well above a handshake, which is 1.2 KB here, and a chunk. */
    private static final int MOST_TO_CLIENT = 128 * 1024;

    /** What the server keeps of the output (spec N35). */
    private static final int RETAINED = 1 << 20;

    /** The most that one number stands for (spec P15). */
    private static final int CHUNK = 8192;

    /** What the process prints are numbers of so many bytes, so that each tells its place. */
    private static final int NUMBER = 8;

    @TempDir
    private Path directory;

    @Test
    @Spec({"E14", "C23", "C46", "C54", "N41", "N94"})
    void whatIsMissingIsToldAndNothingHappensTwice() throws Exception {
        byte[] data = numbers(SIZE.bytes() / NUMBER);
        try (var server = Peer.V169
                        .server(Map.of("PATH", Recipe.PATH, "HOME", directory.toString()), directory)
                        .webSocket();
                var network = new CuttableProxy(server.url());
                var factory = new EnvironmentFactory(
                        ExecutorEnvironment.ofThisProcess(),
                        ProxySettings.NONE,
                        ClientOptions.DEFAULT,
                        null,
                        SandboxMode.NONE);
                var environment = factory.ofUrl(network.url().toString())) {
            CutTransfer transfer = new CutTransfer(SIZE, environment.execBackend(), network, directory, data);
            transfer.lineByLine(MOST_TO_CLIENT);
            Account account = new Account(data);
            account.take(transfer.end().events());
            if (SIZE.slice() > RETAINED) {
                assertThat(account.gaps)
                        .as("gaps; without any this has shown nothing")
                        .isPositive();
            }
        }
    }

    private static byte[] numbers(int count) {
        ByteBuffer data = ByteBuffer.allocate(count * NUMBER);
        for (int i = 0; i < count; i++) {
            data.putInt(i).putInt(~i);
        }
        return data.array();
    }

    /**
     * Compares events with what was printed: they have every number, what is output goes on where it ended, and what is
     * missing in between can be what the numbers of the gap stood for.
     */
    private static final class Account {
        private final byte[] printed;
        private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
        /** Where in what was printed the last piece ended. */
        private int place;
        /** How many numbers are missing since. */
        private long missing;

        int gaps;

        Account(byte[] printed) {
            this.printed = printed;
        }

        void take(List<ProcessEvent> events) {
            long seq = 0;
            for (ProcessEvent event : events) {
                long first = event instanceof ProcessEvent.Gap gap ? gap.firstSeq() : event.seq();
                assertThat(first).as("number of the next event").isEqualTo(seq + 1);
                seq = event.seq();
                if (event instanceof ProcessEvent.Output output) {
                    assertThat(output.bytes()).hasSizeLessThanOrEqualTo(CHUNK);
                    piece.writeBytes(output.bytes());
                } else if (event instanceof ProcessEvent.Gap) {
                    endPiece();
                    missing += seq - first + 1;
                    gaps++;
                }
            }
            endPiece();
            assertMissing(printed.length);
        }

        private void endPiece() {
            byte[] bytes = piece.toByteArray();
            piece.reset();
            if (bytes.length > 0) {
                int start = missing > 0 ? placeOf(bytes) : place;
                assertMissing(start);
                assertThat(Arrays.mismatch(
                                bytes, 0, bytes.length, printed, start, Math.min(start + bytes.length, printed.length)))
                        .as("first byte behind a silent hole, in what follows %d", start)
                        .isEqualTo(-1);
                place = start + bytes.length;
                missing = 0;
            }
        }

        /** The output goes on here, or ends. */
        private void assertMissing(int next) {
            assertThat((long) next - place)
                    .as("bytes after %d that %d numbers stood for", place, missing)
                    .isBetween(missing, missing * CHUNK);
        }

        /** Where a piece belongs, by its first whole number. */
        private int placeOf(byte[] bytes) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            int beginning = Math.min(bytes.length, 8 * NUMBER);
            for (int at = 0; at + NUMBER <= bytes.length && at < NUMBER; at++) {
                int start = buffer.getInt(at) * NUMBER - at;
                if (start >= 0
                        && start + beginning <= printed.length
                        && Arrays.equals(bytes, 0, beginning, printed, start, start + beginning)) {
                    return start;
                }
            }
            throw new AssertionError("a piece of " + bytes.length + " bytes that can't be placed, after " + place);
        }
    }
}
