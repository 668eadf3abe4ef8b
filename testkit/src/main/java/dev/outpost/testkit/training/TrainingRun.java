package dev.outpost.testkit.training;

import dev.outpost.testkit.ServerLaunch;
import dev.outpost.testkit.ServerProcess;
import dev.outpost.testkit.wire.RpcClient;
import dev.outpost.testkit.wire.WebSocketConnection;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Makes the start-up caches of a runtime: starts it once for each transport, watched by the JVM, lets it do what servers
 * do, and ends it, upon which the JVM writes what it has learnt into a file. Two files, because what is in one is loaded at
 * the next start whether it is needed or not, and who serves one client over stdio must not load Netty.
 *
 * <p>A runtime without caches works, only slower to start, so for a clone what goes wrong here is a warning. For a
 * distribution it is an error.
 */
public final class TrainingRun {
    private static final long WRITING_SECONDS = 120;
    private static final int CONNECTIONS = 8;

    private final Path runtime;
    private final Path java;
    private final Path scratch;

    private TrainingRun(Path runtime, Path java, Path scratch) {
        this.runtime = runtime;
        this.java = java;
        this.scratch = scratch;
    }

    /**
     * Trains with the Java that runs this, or with one that is distributed with the runtime.
     *
     * @param args the runtime's folder, in which {@code websocket.aot} and {@code stdio.aot} will be; the home of the
     *     distributed Java. Without the second there will also be {@code built-with}, which names the Java used.
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path runtime = Path.of(args[0]).toAbsolutePath();
        boolean distributed = args.length > 1;
        Path java = Path.of(distributed ? args[1] : System.getProperty("java.home"));
        Path scratch = Files.createTempDirectory("outpost-training-");
        try {
            new TrainingRun(runtime, java, scratch).run();
        } catch (IOException failure) {
            if (distributed) {
                throw failure;
            }
            System.out.println("[WARNING] no start-up cache, so Outpost will take several times as long to start: "
                    + failure.getMessage());
        } finally {
            deleteTree(scratch);
        }
        if (!distributed) {
            // Last, because its time is that of the build.
            Files.writeString(runtime.resolve("built-with"), java + "\n");
        }
    }

    /** Makes both or none: what was made from an older build must not survive a failure. */
    private void run() throws IOException, InterruptedException {
        Path webSocket = runtime.resolve("websocket.aot");
        Path stdio = runtime.resolve("stdio.aot");
        Files.deleteIfExists(webSocket);
        Files.deleteIfExists(stdio);
        trainStdio(stdio);
        try {
            trainWebSocket(webSocket);
        } catch (IOException failure) {
            Files.deleteIfExists(stdio);
            throw failure;
        }
    }

    private void trainWebSocket(Path cache) throws IOException, InterruptedException {
        try (ServerProcess server = launch(cache).webSocket()) {
            URI url = server.url();
            // Connections that only come and go, as health checks and resumed sessions do.
            for (int i = 0; i < CONNECTIONS; i++) {
                try (RpcClient client = new RpcClient(WebSocketConnection.connect(url))) {
                    client.handshake();
                }
            }
            for (boolean uris : List.of(true, false)) {
                try (RpcClient client = new RpcClient(WebSocketConnection.connect(url))) {
                    new Workload(client, scratch, uris).run();
                }
            }
            server.handle().destroy();
            awaitCache(server, cache);
        }
    }

    private void trainStdio(Path cache) throws IOException, InterruptedException {
        try (ServerProcess server = launch(cache).stdio()) {
            new Workload(new RpcClient(server.stdio()), scratch, true).run();
            server.stdio().endInput();
            awaitCache(server, cache);
        }
    }

    /** With the options of every launch, without which the JVM refuses the cache later. */
    private ServerLaunch launch(Path cache) {
        List<String> command = new ArrayList<>();
        command.add(java.resolve("bin/java").toString());
        command.add("@" + runtime.resolve("jvm.options"));
        command.add("-XX:AOTCacheOutput=" + cache);
        // No machine code: a JVM of this version doesn't check whether its processor can run it.
        command.addAll(List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTAdapterCaching", "-XX:-AOTStubCaching"));
        command.add("-Djava.library.path=" + runtime.resolve("lib/native"));
        command.addAll(List.of("-jar", runtime.resolve("lib/outpost.jar").toString(), "exec-server"));
        return new ServerLaunch(command, Map.of("PATH", "/usr/bin:/bin", "HOME", scratch.toString()), scratch);
    }

    /** The JVM writes the cache when the program has ended, with a second JVM that it starts. */
    private static void awaitCache(ServerProcess server, Path cache) throws IOException, InterruptedException {
        try {
            server.handle().onExit().get(WRITING_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException late) {
            throw new IOException("the JVM did not end after the training\n" + server.errors(), late);
        }
        if (!Files.isRegularFile(cache)) {
            throw new IOException("the JVM wrote no " + cache.getFileName() + "\n" + server.errors());
        }
    }

    private static void deleteTree(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
