package dev.outpost.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What goes beyond Codex's methods. */
class ExtensionTest {
    private final TestServer server = new TestServer();
    private final MemoryConnection client = server.connectReady();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void resizeAndCloseStdinReachTheProcess() {
        client.send(Wire.start(1, "p", "'cat'", "/"));
        client.result(1);
        client.send(Wire.request(2, "process/resize", "'processId':'p','size':{'rows':30,'cols':100}"));
        client.result(2);
        client.send(Wire.request(3, "process/closeStdin", "'processId':'p'"));
        client.result(3);
        assertThat(server.processes(0).calls()).contains("resize p 30x100", "closeStdin p");
    }

    @Test
    void unknownProcessesAndBadSizesAreRefused() {
        client.send(Wire.request(1, "process/resize", "'processId':'x','size':{'rows':30,'cols':100}"));
        client.expectError(1, -32600, "unknown process id x");
        client.send(Wire.request(2, "process/closeStdin", "'processId':'x'"));
        client.expectError(2, -32600, "unknown process id x");
        client.send(Wire.request(3, "process/resize", "'processId':'x','size':{'rows':0,'cols':100}"));
        client.expectError(3, -32602, "invalid value: integer `0`, expected 1 to 65535");
    }
}
