package dev.outpost.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.Processes;
import dev.outpost.testkit.wire.RpcClient;
import dev.outpost.testkit.wire.WebSocketConnection;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Hostile clients and surroundings: each gets a clear error or waits, and an honest client beside it is served. The soak
 * driver of {@code benchmarks} does the same for longer.
 */
@Isolated("puts the machine under load")
class HostileTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long MIB = 1 << 20;
    /** More than a server without start-up cache ever holds at rest, and less than a large message. */
    private static final long RESIDENT_KIB = 200 << 10;

    /** Decimals that tell this run's processes from another's. */
    private static final String OWN = String.valueOf(ProcessHandle.current().pid());

    @TempDir
    private Path scratch;

    private static RpcClient connect(URI url) throws Exception {
        RpcClient client = new RpcClient(WebSocketConnection.connect(url));
        client.handshake();
        return client;
    }

    private static JsonNode json(String text) {
        return JSON.readTree(text.replace('\'', '"'));
    }

    private static void start(RpcClient client, String id, boolean tty, String... argv) throws Exception {
        JsonNode params = json("{'processId':'" + id + "','argv':[],'cwd':'/','env':{'PATH':'/usr/bin:/bin'},'tty':"
                + tty + ",'pipeStdin':true}");
        Stream.of(argv).forEach(((tools.jackson.databind.node.ArrayNode) params.get("argv"))::add);
        client.call("process/start", params);
    }

    /** Writes to the process {@code honest}, a {@code cat}, and waits for the echo. */
    private static void echo(RpcClient client, String text) throws Exception {
        client.forget();
        String chunk = Base64.getEncoder().encodeToString(text.getBytes(US_ASCII));
        client.call("process/write", json("{'processId':'honest','chunk':'" + chunk + "'}"));
        assertThat(client.await(
                        message -> message.path("params")
                                .path("chunk")
                                .asString("")
                                .equals(chunk),
                        PATIENCE))
                .isNotNull();
    }

    private static String writeFile(Path file, long bytes) {
        return "{'path':'" + file + "','dataBase64':'" + Base64.getEncoder().encodeToString(new byte[(int) bytes])
                + "'}";
    }

    @Test
    @Spec("N14d")
    void aMessageOf300MiB() throws Exception {
        try (Program program = Program.start(scratch, Program.launcherCommand("serve"))) {
            URI url = URI.create(program.readLine());
            try (RawPeer large = RawPeer.ready(url);
                    RpcClient honest = connect(url)) {
                start(honest, "honest", false, "cat");
                large.sendPadded("{\"id\":5,\"method\":\"fs/writeFile\",\"params\":{\"dataBase64\":\"", 300 * MIB);
                echo(honest, "served");
                assertThat(large.receive())
                        .contains("\"code\":-32600", "larger than the limit of 268435456 bytes", "\"id\":5");
                large.send("{\"id\":6,\"method\":\"environment/status\",\"params\":{}}");
                assertThat(large.receive()).contains("\"id\":6");
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(Footprint.residentKib(program.pid()))
                                .as("memory after the message")
                                .isLessThan(RESIDENT_KIB));
            }
        }
    }

    @Test
    void twoThousandConnections() throws Exception {
        List<RawPeer> peers = new ArrayList<>();
        try (Program program = Program.start(scratch, "serve")) {
            URI url = URI.create(program.readLine());
            try (RpcClient honest = connect(url)) {
                start(honest, "honest", false, "cat");
                for (int i = 0; i < 2000; i++) {
                    peers.add(RawPeer.ready(url));
                    if (i % 200 == 0) {
                        echo(honest, "served " + i);
                    }
                }
                for (RawPeer peer : peers) {
                    peer.send("{\"id\":1,\"method\":\"environment/status\",\"params\":{}}");
                    assertThat(peer.receive()).contains("\"id\":1");
                }
            } finally {
                for (RawPeer peer : peers) {
                    peer.close();
                }
            }
            connect(url).close();
            assertThat(program.stderr()).isEmpty();
        }
    }

    @Test
    @Spec({"W51", "N14i"})
    void whoeverDoesNotReadHoldsBackOnlyItself() throws Exception {
        int last = 4_000_000;
        try (Program program = Program.start(scratch, "serve", "--retained-output", "1MiB")) {
            URI url = URI.create(program.readLine());
            try (RawPeer deaf = RawPeer.ready(url);
                    RpcClient honest = connect(url)) {
                deaf.send("{\"id\":1,\"method\":\"process/start\",\"params\":{\"processId\":\"p\",\"argv\":[\"seq\",\""
                        + last + "\"],\"cwd\":\"/\",\"env\":{\"PATH\":\"/usr/bin:/bin\"},\"tty\":false}}");
                start(honest, "honest", false, "cat");
                // Blocked in a write: everything between here and there is full.
                await().atMost(PATIENCE)
                        .until(() -> Processes.running("seq", "" + last).stream()
                                .anyMatch(pid -> blockedInWrite(pid) && parent(pid) == program.pid()));
                echo(honest, "served");
                long next = 1;
                StringBuilder rest = new StringBuilder();
                String message = deaf.receive();
                while (!message.contains("process/closed")) {
                    JsonNode chunk = JSON.readTree(message).path("params").path("chunk");
                    if (chunk.isString()) {
                        rest.append(new String(Base64.getDecoder().decode(chunk.asString()), US_ASCII));
                        int newLine = rest.indexOf("\n");
                        while (newLine >= 0) {
                            assertThat(rest.substring(0, newLine)).isEqualTo(Long.toString(next++));
                            rest.delete(0, newLine + 1);
                            newLine = rest.indexOf("\n");
                        }
                    }
                    message = deaf.receive();
                }
                assertThat(rest).isEmpty();
                assertThat(next).isEqualTo(last + 1);
            }
        }
    }

    private static boolean blockedInWrite(long pid) {
        return read("/proc/" + pid + "/wchan").contains("pipe_write");
    }

    private static long parent(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(ProcessHandle::parent)
                .map(ProcessHandle::pid)
                .orElse(0L);
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException gone) {
            return "";
        }
    }

    @Test
    void aFullDisk() throws Exception {
        Path disk = Files.createDirectory(scratch.toRealPath().resolve("disk"));
        List<String> mounted = new ArrayList<>(List.of("unshare", "--mount"));
        if (!System.getProperty("user.name").equals("root")) {
            mounted.add("--map-root-user");
        }
        mounted.addAll(List.of("sh", "-c", "mount -t tmpfs -o size=4m none \"$0\" && exec \"$@\"", disk.toString()));
        List<String> probe = Stream.concat(mounted.stream(), Stream.of("true")).toList();
        assumeThat(new ProcessBuilder(probe).redirectErrorStream(true).start().waitFor())
                .as("a disk can be mounted")
                .isZero();
        mounted.addAll(Program.command("serve").command());
        try (Program program = Program.start(scratch, new ProcessBuilder(mounted));
                RpcClient client = connect(URI.create(program.readLine()))) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10; i++) {
                            client.call("fs/writeFile", json(writeFile(disk.resolve("file" + i), MIB)));
                        }
                    })
                    .hasMessageContaining("No space left on device (os error 28)");
            start(client, "honest", false, "cat");
            echo(client, "served");
            client.call("fs/remove", json("{'path':'" + disk.resolve("file0") + "'}"));
            client.call("fs/remove", json("{'path':'" + disk.resolve("file1") + "'}"));
            client.call("fs/writeFile", json(writeFile(disk.resolve("again"), MIB)));
        }
    }

    /** 64 and what the class path of tests has more than the packaged program, which the soak driver takes to 64. */
    @Test
    void fewDescriptors() throws Exception {
        List<String> limited = new ArrayList<>(List.of("sh", "-c", "ulimit -n 80; exec \"$@\"", "sh"));
        limited.addAll(Program.command("serve", "--session-ttl", "0s").command());
        List<Socket> waiting = new ArrayList<>();
        try (Program program = Program.start(scratch, new ProcessBuilder(limited))) {
            URI url = URI.create(program.readLine());
            try (RpcClient honest = connect(url)) {
                start(honest, "honest", false, "cat");
                // Loads what is needed later: here classes are files, and loading one takes a descriptor.
                echo(honest, "warm");
                honest.call("environment/status", json("{}"));
                try (RpcClient greedy = connect(url)) {
                    assertThatThrownBy(() -> {
                                for (int i = 0; i < 100; i++) {
                                    start(greedy, "p" + i, i % 2 == 0, "sleep", "1000");
                                }
                            })
                            .hasMessageContaining("(os error 24)");
                    for (int i = 0; i < 80; i++) {
                        waiting.add(new Socket(url.getHost(), url.getPort()));
                    }
                    await().atMost(PATIENCE)
                            .untilAsserted(() ->
                                    assertThat(program.stderr()).contains("connections cannot be accepted and wait"));
                    // Both threads of the listener go on, whichever is whose.
                    echo(honest, "served");
                    assertThat(greedy.call("environment/status", json("{}"))).isNotNull();
                }
                for (Socket socket : waiting) {
                    socket.close();
                }
                try (RpcClient next = connect(url)) {
                    await().atMost(PATIENCE).untilAsserted(() -> start(next, "q" + System.nanoTime(), true, "true"));
                }
                echo(honest, "served again");
            }
        }
    }

    @Test
    @Spec({"P67", "N14j"})
    void nothingOutlivesAServerThatIsKilled() throws Exception {
        String[] trees = {
            "trap '' TERM HUP INT; sleep 7001.ID & sleep 7002.ID",
            "setsid sleep 7003.ID & (setsid sh -c '(sleep 7004.ID & sleep 7005.ID) & exit' &) ; nohup sleep 7006.ID",
            "set -m; sleep 7007.ID & setsid sh -c 'while :; do sleep 0.02; done' & sleep 7008.ID",
            "sh -c 'kill -STOP $$; sleep 7009.ID' & (setsid sh -c '(setsid sleep 7010.ID &) ; exit' &) ; wait",
        };
        String all = "70[0-9][0-9]." + OWN;
        try (Program program = Program.start(scratch, "serve")) {
            try (RpcClient client = connect(URI.create(program.readLine()))) {
                for (int i = 0; i < 20; i++) {
                    String script = trees[i % trees.length].replace("ID", OWN);
                    start(client, "p" + i, i / trees.length % 2 == 0, "/bin/sh", "-c", script);
                }
                // 7009 comes only after a SIGCONT.
                await().atMost(PATIENCE)
                        .untilAsserted(() ->
                                assertThat(Processes.running("sleep", all)).hasSize(5 * 9));
            }
            // Closing kills.
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Stream.concat(
                                        Processes.running("sleep", all).stream(),
                                        Processes.running("sh|/bin/sh", "-c", ".*7009." + OWN + ".*").stream())
                                .collect(Collectors.toSet()))
                        .isEmpty());
    }
}
