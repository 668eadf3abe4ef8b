package dev.outpost.server;

import static dev.outpost.server.Wire.read;
import static dev.outpost.server.Wire.readFile;
import static dev.outpost.server.Wire.start;
import static dev.outpost.server.Wire.writeFile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Nothing is left behind by connections that came and went, nor by a server that was closed. */
class LeakTest {
    @Test
    void threadsEndWithTheServer() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        var config = new ServerConfig(
                Duration.ofSeconds(60), Duration.ofSeconds(10), 100, 256, 4096, 1 << 20, 16, 1000, 64, 2);
        try (var server = new TestServer(config)) {
            for (int i = 0; i < 50; i++) {
                try (var client = server.connectReady()) {
                    client.send(start(1, "p"));
                    client.send(read(2, "p", 1_000_000));
                    client.send(writeFile(3, "/a", "x".repeat(5000)));
                    client.send(readFile(4, "/a"));
                    client.result(4);
                }
            }
            assertThat(names(before)).contains("session-clock", "fs-1", "decoder-1");
        }
        await().untilAsserted(() -> assertThat(names(before)).isEmpty());
    }

    @Test
    void nothingIsKeptOfAConnectionButItsSession() {
        try (var server = new TestServer()) {
            server.files.put("/a", new byte[10]);
            for (int i = 0; i < 50; i++) {
                try (var client = server.connectReady()) {
                    client.send(start(1, "p"));
                    client.result(1);
                    client.send(read(2, "p", 1_000_000));
                    client.post(readFile(3, "/a"));
                }
            }
            await().untilAsserted(() -> {
                assertThat(server.allProcesses()).hasSize(50).allSatisfy(processes -> {
                    assertThat(processes.process("p").subscriptions()).isZero();
                    assertThat(processes.process("p").parkedReads()).isZero();
                });
                assertThat(server.files.openContents()).isZero();
                assertThat(server.server.openConnections()).isZero();
            });
        }
    }

    private static Set<String> names(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.matches("(fs|decoder)-\\d+|session-clock|memory-connection"))
                .collect(Collectors.toSet());
    }
}
