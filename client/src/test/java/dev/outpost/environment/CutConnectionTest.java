package dev.outpost.environment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.client.TestExecutor;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.executor.process.WriteStatus;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.EventCollector;
import dev.outpost.testkit.contract.Recipe;
import dev.outpost.testkit.wire.CuttableProxy;
import dev.outpost.transport.websocket.ListenerConfig;
import dev.outpost.transport.websocket.WebSocketListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process prints and reads while its connection is cut again and again, in the middle of messages in both directions:
 * nothing is lost and nothing happens twice. On demand with more: {@code -Doutpost.cuts=1000 -Doutpost.cut.mebibytes=64
 * -Doutpost.cut.lines=1000}.
 */
class CutConnectionTest {
    @RegisterExtension
    static final LeakCheck LEAKS = new LeakCheck();

    private static final int CUTS = Integer.getInteger("outpost.cuts", 50);
    private static final int BYTES = Integer.getInteger("outpost.cut.mebibytes", 4) << 20;
    private static final int LINES = Integer.getInteger("outpost.cut.lines", 200);
    private static final long SEED = Long.getLong("outpost.cut.seed", 42);
    private static final long PATIENCE_SECONDS = 300;

    /** A handshake and a few lines. */
    private static final int MOST_TO_SERVER = 1200;

    @TempDir
    private Path directory;

    @Test
    @Spec({"E14", "C23", "C46", "C54", "N41", "N94"})
    void nothingIsLostAndNothingHappensTwice() throws Exception {
        byte[] data = new byte[BYTES];
        new Random(SEED).nextBytes(data);
        Files.write(directory.resolve("data"), data);
        int slice = Math.ceilDiv(BYTES, LINES);
        Recipe recipe = Recipe.sh("""
                        i=0
                        while read -r line && [ "$line" != end ]; do
                          echo "$line" >> applied
                          dd if=data bs=SLICE skip=$i count=1 status=none
                          i=$((i+1))
                        done
                        exit 7
                        """.replace("SLICE", String.valueOf(slice)))
                .cwd(directory.toString())
                .withStdin();
        try (var executor = new TestExecutor();
                var listener = WebSocketListener.start(
                        ListenerConfig.builder(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                                .build(),
                        executor.server()::newConnection);
                var network = new CuttableProxy(URI.create(listener.url()));
                var factory = Factories.plain();
                var environment = factory.ofUrl(network.url().toString())) {
            ExecProcess process =
                    environment.execBackend().start(recipe.request()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            EventCollector events = new EventCollector(process);
            FutureTask<List<ProcessEvent>> taking = new FutureTask<>(events::untilClosed);
            Thread.ofPlatform().daemon().start(taking);

            Random random = new Random(SEED);
            network.cutAtRandom(CUTS, random, MOST_TO_SERVER, 2 * BYTES / CUTS);
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < LINES; i++) {
                lines.add("line " + i);
                write(process, "line " + i + "\n");
            }
            // There is little more to come, so the cuts that are left have to come soon.
            network.cutAtRandom(CUTS, random, MOST_TO_SERVER, MOST_TO_SERVER);
            while (network.cuts() < CUTS) {
                write(process, "");
            }
            write(process, "end\n");
            taking.get(PATIENCE_SECONDS, TimeUnit.SECONDS);

            assertThat(network.cuts()).isGreaterThanOrEqualTo(CUTS);
            assertThat(events.events()).noneMatch(ProcessEvent.Gap.class::isInstance);
            assertThat(sha256(events.bytes(ProcessStream.STDOUT))).isEqualTo(sha256(data));
            assertThat(events.exit()).isEqualTo(new ExitStatus.Code(7));
            assertThat(Files.readAllLines(directory.resolve("applied"))).isEqualTo(lines);
        }
    }

    private static void write(ExecProcess process, String text) throws Exception {
        assertThat(process.write(text.getBytes(UTF_8), null).get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isEqualTo(WriteStatus.ACCEPTED);
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
