package dev.outpost.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.client.TestExecutor;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.CutTransfer;
import dev.outpost.testkit.contract.EventCollector;
import dev.outpost.testkit.wire.CuttableProxy;
import dev.outpost.transport.websocket.ListenerConfig;
import dev.outpost.transport.websocket.WebSocketListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process prints more than the server keeps and reads while its connection is cut again and again: nothing is lost and
 * nothing happens twice. On demand with more: {@code -Doutpost.cuts=1000 -Doutpost.cut.mebibytes=64
 * -Doutpost.cut.lines=1000}.
 */
class CutConnectionTest {
    @RegisterExtension
    static final LeakCheck LEAKS = new LeakCheck();

    private static final CutTransfer.Size SIZE = CutTransfer.Size.orElse(50, 24, 200);

    @TempDir
    private Path directory;

    @Test
    @Spec({"E14", "C23", "C46", "C54", "N14i", "N41", "N94"})
    void nothingIsLostAndNothingHappensTwice() throws Exception {
        byte[] data = new byte[SIZE.bytes()];
        new Random(SIZE.seed()).nextBytes(data);
        try (var executor = new TestExecutor();
                var listener = WebSocketListener.start(
                        ListenerConfig.builder(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                                .build(),
                        executor.server()::newConnection);
                var network = new CuttableProxy(URI.create(listener.url()));
                var factory = Factories.plain();
                var environment = factory.ofUrl(network.url().toString())) {
            CutTransfer transfer = new CutTransfer(SIZE, environment.execBackend(), network, directory, data);
            transfer.inOneGo();
            EventCollector events = transfer.end();
            assertThat(events.events()).noneMatch(ProcessEvent.Gap.class::isInstance);
            assertThat(sha256(events.bytes(ProcessStream.STDOUT))).isEqualTo(sha256(data));
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
