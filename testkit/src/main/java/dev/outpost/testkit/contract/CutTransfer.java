package dev.outpost.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.WriteStatus;
import dev.outpost.testkit.wire.CuttableProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * A process that prints a slice of a file for each line that it reads, behind a connection that is cut again and again, in
 * the middle of messages in both directions. For one thread.
 */
public final class CutTransfer {
    private static final long PATIENCE_SECONDS = 300;
    /** All are sent again at once, so what a connection lives for has to be more: otherwise none is ever answered. */
    private static final int WRITES_UNDER_WAY = 16;
    /** A handshake, of 1.2 KB at most, and those writes. */
    private static final int MOST_TO_SERVER = 5000;

    private final Size size;
    private final CuttableProxy network;
    private final Path applied;
    private final Random random;
    private final ExecProcess process;
    private final EventCollector events;
    private final FutureTask<List<ProcessEvent>> taking = new FutureTask<>(this::take);
    private final CompletableFuture<Void> allReceived = new CompletableFuture<>();
    private final List<String> lines = new ArrayList<>();

    /** How much of everything; {@code -Doutpost.cuts}, {@code .cut.mebibytes}, {@code .cut.lines}, {@code .cut.seed}. */
    public record Size(int cuts, int bytes, int lines, long seed) {
        /** As the properties say, and otherwise this. */
        public static Size orElse(int cuts, int mebibytes, int lines) {
            return new Size(
                    Integer.getInteger("outpost.cuts", cuts),
                    Integer.getInteger("outpost.cut.mebibytes", mebibytes) << 20,
                    Integer.getInteger("outpost.cut.lines", lines),
                    Long.getLong("outpost.cut.seed", 42));
        }

        /** What is printed for each line, but for the last. */
        public int slice() {
            return Math.ceilDiv(bytes, lines);
        }
    }

    /**
     * Starts the process, and takes what happens to it from now on.
     *
     * @param network what the backend's connection goes through
     * @param directory on the machine of the backend, and this one
     * @param data what is printed, as many bytes as the size says
     */
    public CutTransfer(Size size, ExecBackend backend, CuttableProxy network, Path directory, byte[] data)
            throws Exception {
        this.size = size;
        this.network = network;
        this.random = new Random(size.seed());
        applied = directory.resolve("applied");
        Files.write(directory.resolve("data"), data);
        Recipe recipe = Recipe.sh("""
                        i=0
                        while read -r line && [ "$line" != end ]; do
                          echo "$line" >> applied
                          dd if=data bs=SLICE skip=$i count=1 status=none
                          i=$((i+1))
                        done
                        exit 7
                        """.replace("SLICE", String.valueOf(size.slice())))
                .cwd(directory.toString())
                .withStdin();
        process = backend.start(recipe.request()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        events = new EventCollector(process);
        Thread.ofPlatform().daemon().start(taking);
    }

    /**
     * Writes the lines as fast as they are taken, while the cuts come, and when all was received has the cuts that are
     * left come soon. For servers that lose nothing: a gap fails it.
     */
    public void inOneGo() throws Exception {
        // As base64, twice that on average, and half of it in vain.
        network.cutAtRandom(size.cuts(), random, MOST_TO_SERVER, 4 * (size.bytes() / size.cuts()));
        ArrayDeque<CompletableFuture<WriteStatus>> underWay = new ArrayDeque<>();
        for (int i = 0; i < size.lines(); i++) {
            if (underWay.size() == WRITES_UNDER_WAY) {
                assertAccepted(underWay.remove());
            }
            underWay.add(write(nextLine()));
        }
        for (CompletableFuture<WriteStatus> write : underWay) {
            assertAccepted(write);
        }
        allReceived.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        network.cutAtRandom(size.cuts(), random, MOST_TO_SERVER, MOST_TO_SERVER);
        idleUntil(size.cuts());
    }

    /**
     * Writes each line when so many cuts have come as are its share. For servers that don't hold a process back: otherwise
     * it would be done long before the last cut.
     *
     * @param mostToClient how many bytes at most pass to the client before a cut; where no chunk gets through, nothing goes
     *     on
     */
    public void lineByLine(int mostToClient) throws Exception {
        network.cutAtRandom(size.cuts(), random, MOST_TO_SERVER, mostToClient);
        for (int i = 1; i <= size.lines(); i++) {
            assertAccepted(write(nextLine()));
            idleUntil((int) ((long) size.cuts() * i / size.lines()));
        }
    }

    /** Has the process end, which must have got each line once, and returns what happened to it. */
    public EventCollector end() throws Exception {
        assertAccepted(write("end"));
        taking.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(network.cuts()).isGreaterThanOrEqualTo(size.cuts());
        assertThat(events.exit()).isEqualTo(new ExitStatus.Code(7));
        assertThat(Files.readAllLines(applied)).isEqualTo(lines);
        return events;
    }

    private String nextLine() {
        String line = "line " + lines.size();
        lines.add(line);
        return line;
    }

    private CompletableFuture<WriteStatus> write(String line) {
        return process.write((line + "\n").getBytes(UTF_8), null);
    }

    /** Has something pass, for cuts to come. */
    private void idleUntil(int cuts) throws Exception {
        while (network.cuts() < cuts) {
            assertAccepted(process.write(new byte[0], null));
        }
    }

    private static void assertAccepted(CompletableFuture<WriteStatus> write) throws Exception {
        assertThat(write.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(WriteStatus.ACCEPTED);
    }

    private List<ProcessEvent> take() throws InterruptedException {
        long[] received = {0};
        try {
            return events.until(event -> {
                if (event instanceof ProcessEvent.Output output) {
                    received[0] += output.bytes().length;
                    if (received[0] >= size.bytes()) {
                        allReceived.complete(null);
                    }
                } else if (event instanceof ProcessEvent.Gap || event instanceof ProcessEvent.Failed) {
                    allReceived.completeExceptionally(new AssertionError("there is no more of the output: " + event));
                }
                return event instanceof ProcessEvent.Closed;
            });
        } catch (AssertionError e) {
            allReceived.completeExceptionally(e);
            throw e;
        }
    }
}
