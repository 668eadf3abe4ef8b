package dev.outpost.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.client.ClientOptions;
import dev.outpost.environment.EnvironmentFactory;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.WriteStatus;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.sandbox.SandboxMode;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.EventCollector;
import dev.outpost.testkit.contract.Recipe;
import dev.outpost.testkit.wire.CuttableProxy;
import dev.outpost.transport.websocket.ProxySettings;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our client and a real 0.169 server between whom the connection is cut again and again. The server keeps 1 MiB of output,
 * so it can't give everything back: what is missing has to be told, in its place, and nothing else may be missing. What is
 * written to the process arrives once. On demand with more: {@code -Doutpost.cuts=1000 -Doutpost.cut.mebibytes=64
 * -Doutpost.cut.lines=1000}; the fewer lines, the more is printed at a time, and the more is lost.
 */
class CutPeerTest {
    private static final int CUTS = Integer.getInteger("outpost.cuts", 30);
    private static final int BYTES = Integer.getInteger("outpost.cut.mebibytes", 48) << 20;
    private static final int LINES = Integer.getInteger("outpost.cut.lines", 30);
    /** What is printed for each line. */
    private static final int SLICE = Math.ceilDiv(BYTES, LINES);

    /** What the server keeps of it (spec N35). */
    private static final int RETAINED = 1 << 20;

    private static final long SEED = Long.getLong("outpost.cut.seed", 42);
    private static final long PATIENCE_SECONDS = 300;

    /** A handshake and a few lines. */
    private static final int MOST_TO_SERVER = 1200;

    /** Well above a handshake, which is 1.2 KB here, and a chunk: where neither gets through, nothing goes on. */
    private static final int MOST_TO_CLIENT = 128 * 1024;

    /** What the process prints are numbers of so many bytes, so that each tells its place. */
    private static final int NUMBER = 8;

    @TempDir
    private Path directory;

    @Test
    @Spec({"E14", "C23", "C46", "C54", "N41", "N94"})
    void whatIsMissingIsToldAndNothingHappensTwice() throws Exception {
        byte[] data = numbers(BYTES / NUMBER);
        Files.write(directory.resolve("data"), data);
        Recipe recipe = Recipe.sh("""
                        i=0
                        while read -r line && [ "$line" != end ]; do
                          echo "$line" >> applied
                          dd if=data bs=SLICE skip=$i count=1 status=none
                          i=$((i+1))
                        done
                        exit 7
                        """.replace("SLICE", String.valueOf(SLICE)))
                .cwd(directory.toString())
                .withStdin();
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
            ExecProcess process =
                    environment.execBackend().start(recipe.request()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            EventCollector events = new EventCollector(process);
            FutureTask<List<ProcessEvent>> taking = new FutureTask<>(events::untilClosed);
            Thread.ofPlatform().daemon().start(taking);

            Random random = new Random(SEED);
            network.cutAtRandom(CUTS, random, MOST_TO_SERVER, MOST_TO_CLIENT);
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < LINES; i++) {
                lines.add("line " + i);
                write(process, "line " + i + "\n");
                // The server doesn't hold the process back: it would be done long before the last cut.
                while (network.cuts() < CUTS * (i + 1L) / LINES) {
                    write(process, "");
                }
            }
            write(process, "end\n");
            taking.get(PATIENCE_SECONDS, TimeUnit.SECONDS);

            assertThat(events.exit()).isEqualTo(new ExitStatus.Code(7));
            assertThat(Files.readAllLines(directory.resolve("applied"))).isEqualTo(lines);
            assertAccountedFor(events.events(), data);
        }
    }

    private static byte[] numbers(int count) {
        ByteBuffer data = ByteBuffer.allocate(count * NUMBER);
        for (int i = 0; i < count; i++) {
            data.putInt(i).putInt(~i);
        }
        return data.array();
    }

    /** Events have every number; the output has no hole but where a gap is told. */
    private static void assertAccountedFor(List<ProcessEvent> events, byte[] printed) {
        long seq = 0;
        int place = 0;
        int gaps = 0;
        boolean afterGap = false;
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        for (ProcessEvent event : events) {
            long first = event instanceof ProcessEvent.Gap gap ? gap.firstSeq() : event.seq();
            assertThat(first).as("number of the next event").isEqualTo(seq + 1);
            seq = event.seq();
            if (event instanceof ProcessEvent.Output output) {
                piece.writeBytes(output.bytes());
            } else if (event instanceof ProcessEvent.Gap) {
                place = endOf(piece.toByteArray(), printed, place, afterGap);
                piece.reset();
                afterGap = true;
                gaps++;
            }
        }
        int end = endOf(piece.toByteArray(), printed, place, afterGap);
        if (!(events.get(events.size() - 3) instanceof ProcessEvent.Gap)) { // The exit and the close are the last.
            assertThat(end).as("where the output ends").isEqualTo(printed.length);
        }
        if (SLICE > RETAINED) {
            assertThat(gaps).as("gaps; without any this has shown nothing").isPositive();
        }
    }

    /**
     * Where a piece without a gap ends, in what was printed.
     *
     * @param place where the piece before it ended
     */
    private static int endOf(byte[] piece, byte[] printed, int place, boolean afterGap) {
        int start = afterGap ? placeOf(piece, printed, place) : place;
        assertThat(start).as("the output goes on").isGreaterThanOrEqualTo(place);
        assertThat(Arrays.mismatch(
                        piece, 0, piece.length, printed, start, Math.min(start + piece.length, printed.length)))
                .as("first byte behind a silent hole, in what follows %d", start)
                .isEqualTo(-1);
        return start + piece.length;
    }

    /** Where it belongs by its first whole number; a place that doesn't matter if it is empty. */
    private static int placeOf(byte[] piece, byte[] printed, int place) {
        ByteBuffer bytes = ByteBuffer.wrap(piece);
        int beginning = Math.min(piece.length, 8 * NUMBER);
        for (int at = 0; at + NUMBER <= piece.length && at < NUMBER; at++) {
            int start = bytes.getInt(at) * NUMBER - at;
            if (start >= 0
                    && start + beginning <= printed.length
                    && Arrays.equals(piece, 0, beginning, printed, start, start + beginning)) {
                return start;
            }
        }
        assertThat(piece).as("a piece that can't be placed").isEmpty();
        return place;
    }

    private static void write(ExecProcess process, String text) throws Exception {
        assertThat(process.write(text.getBytes(UTF_8), null).get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isEqualTo(WriteStatus.ACCEPTED);
    }
}
