package dev.outpost.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outpost.testkit.ServerLaunch;
import dev.outpost.testkit.ServerProcess;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.vector.VectorSuite;
import dev.outpost.testkit.wire.RpcClient;
import dev.outpost.testkit.wire.WebSocketConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.json.JsonMapper;

/** The conformance vectors against the real program, over WebSocket and over stdio. */
@Execution(ExecutionMode.SAME_THREAD)
class VectorsTest {
    @TempDir
    private static Path scratch;

    private static VectorSuite suite;
    private static long descriptors;
    private static long children;

    @BeforeAll
    static void start() throws Exception {
        Path directory = scratch.toRealPath();
        suite = new VectorSuite(ServerLaunch.outpost(VectorSuite.environment(directory), directory), Set.of("sandbox"));
        startAndForgetOneProcess();
        descriptors = suite.server().descriptors();
        children = suite.server().handle().descendants().count();
    }

    /** Brings up what lives as long as the server, so that it isn't taken for a leak. */
    private static void startAndForgetOneProcess() throws Exception {
        try (var client = new RpcClient(WebSocketConnection.connect(suite.url()))) {
            client.handshake();
            client.call("process/start", JsonMapper.shared().readTree("""
                                    {"processId": "p", "argv": ["true"], "cwd": "/", "env": {"PATH": "/usr/bin:/bin"}, "tty": false}
                                    """));
            assertThat(client.await(
                            message -> message.path("method").asString("").equals("process/closed"),
                            Duration.ofSeconds(10)))
                    .isNotNull();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        try (VectorSuite ending = suite) {
            ServerProcess server = ending.server();
            await("descriptors are closed")
                    .untilAsserted(() -> assertThat(server.descriptors()).isLessThanOrEqualTo(descriptors));
            await("processes have ended")
                    .untilAsserted(() ->
                            assertThat(server.handle().descendants().count()).isLessThanOrEqualTo(children));
            assertThat(server.stdio().receive(Duration.ZERO))
                    .as("more than the URL on stdout")
                    .isNull();
            assertThat(server.stop()).as("processes that outlive the server").isEmpty();
        }
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    @Spec({
        "W8", "W17", "W20", "W22", "W23", "W24", "W25", "W28", "W30", "W31", "W32", "W33", "W34", "W37", "W38", "W39",
        "W40", "W41", "W42", "W43", "W44", "W45", "W61", "W63", "W64", "W65", "W77", "W78", "W79", "W80"
    })
    Stream<DynamicContainer> envelope() {
        return suite.tests("envelope");
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    @Spec({"W53", "W54", "W56", "W57", "W62"})
    Stream<DynamicContainer> session() {
        return suite.tests("session");
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    @Spec({
        "W36", "W66", "W81", "W82", "W84", "W85", "W87", "W88", "W89", "W90", "W91", "W92", "W117", "W118", "W119",
                "P1", "P4",
        "P5", "P7", "P11", "P12", "P13", "P14", "P16", "P17", "P18", "P22", "P24", "P25", "P26", "P32", "P33", "P34",
                "P35",
        "P36", "P37", "P38", "P39", "P40", "P42", "P43", "P44", "P46", "P47", "P49", "P52", "P53", "P54", "P55", "P56",
                "P57",
        "P62", "P63", "P68", "P71", "P73", "P74", "P75", "P76", "P77", "P79"
    })
    Stream<DynamicContainer> process() {
        return suite.tests("process");
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    @Spec({
        "W67", "W93", "W94", "W95", "W96", "W97", "W98", "W99", "W100", "F1", "F2", "F3", "F4", "F6", "F10", "F11",
        "F13", "F14", "F17"
    })
    Stream<DynamicContainer> filesystem() {
        return suite.tests("filesystem");
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    @Spec({
        "F18", "F19", "F20", "F21", "F22", "F23", "F24", "F28", "F29", "F30", "F31", "F33", "F35", "F38", "F43", "F44",
        "F46", "F47", "F69"
    })
    Stream<DynamicContainer> sandbox() {
        return suite.tests("sandbox");
    }
}
