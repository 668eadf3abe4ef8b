package dev.outpost.testkit.training;

import dev.outpost.testkit.FileTree;
import dev.outpost.testkit.ServerLaunch;
import dev.outpost.testkit.ServerProcess;
import dev.outpost.testkit.wire.RpcClient;
import dev.outpost.testkit.wire.WebSocketConnection;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Makes the start-up caches of a runtime: starts it once as a server for each transport and once as a client, watched by
 * the JVM, lets it do what such programs do, and ends it, upon which the JVM writes what it has learnt into a file. Three
 * files, because what is in one is loaded at the next start whether it is needed or not: who serves one client over stdio
 * must not load Netty, and no client what only servers have.
 *
 * <p>A runtime without caches works, only slower to start, so for a clone what goes wrong here is a warning. For a
 * distribution it is an error.
 */
public final class TrainingRun {
    private static final long WRITING_SECONDS = 120;
    private static final int CONNECTIONS = 8;
    /** So much that what is done for each chunk counts as hot. */
    private static final int CLIENT_INPUT_BLOCKS = 64;

    private static final int CLIENT_INPUT_BLOCK = 1 << 20;
    private static final String CLIENT_COMMAND = "cat; head -c 67108864 /dev/zero; seq 1000 >&2";

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
     * @param args the runtime's folder, in which {@code websocket.aot}, {@code stdio.aot} and {@code client.aot} will be;
     *     the home of the distributed Java. Without the second there will also be {@code built-with}, which names the
     *     Java used.
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
            FileTree.delete(scratch);
        }
        if (!distributed) {
            // Last, because its time is that of the build.
            Files.writeString(runtime.resolve("built-with"), java + "\n");
        }
    }

    /** Makes all or none: what was made from an older build must not survive a failure. */
    private void run() throws IOException, InterruptedException {
        Path stdio = runtime.resolve("stdio.aot");
        Path webSocket = runtime.resolve("websocket.aot");
        Path client = runtime.resolve("client.aot");
        List<Path> caches = List.of(stdio, webSocket, client);
        deleteAll(caches);
        try {
            trainStdio(stdio);
            trainWebSocket(webSocket);
            trainClient(client);
        } catch (IOException failure) {
            deleteAll(caches);
            throw failure;
        }
    }

    private static void deleteAll(List<Path> files) throws IOException {
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }

    private void trainWebSocket(Path cache) throws IOException, InterruptedException {
        try (ServerProcess server = server(trainingFor(cache)).webSocket()) {
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
            awaitCache(server.handle().onExit(), cache, server::errors);
        }
    }

    private void trainStdio(Path cache) throws IOException, InterruptedException {
        try (ServerProcess server = server(trainingFor(cache)).stdio()) {
            new Workload(new RpcClient(server.stdio()), scratch, true).run();
            server.stdio().endInput();
            awaitCache(server.handle().onExit(), cache, server::errors);
        }
    }

    /** One command with input, output and errors: each start is one command, so there is no more to learn. */
    private void trainClient(Path cache) throws IOException, InterruptedException {
        try (ServerProcess server = server(List.of()).webSocket()) {
            List<String> command = program(trainingFor(cache));
            command.addAll(List.of("exec", "-e", server.url().toString(), "--", "sh", "-c", CLIENT_COMMAND));
            Path errors = scratch.resolve("client.stderr");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(scratch.toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(errors.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment());
            Process client = builder.start();
            try (OutputStream input = client.getOutputStream()) {
                byte[] block = new byte[CLIENT_INPUT_BLOCK];
                for (int i = 0; i < CLIENT_INPUT_BLOCKS; i++) {
                    input.write(block);
                }
            }
            try {
                awaitCache(client.onExit(), cache, () -> Files.readString(errors));
            } finally {
                client.destroyForcibly();
            }
            if (client.exitValue() != 0) {
                throw new IOException("a command ended with " + client.exitValue() + "\n" + Files.readString(errors));
            }
        }
    }

    private ServerLaunch server(List<String> options) {
        List<String> command = program(options);
        command.add("exec-server");
        return new ServerLaunch(command, environment(), scratch);
    }

    private Map<String, String> environment() {
        return Map.of("PATH", "/usr/bin:/bin", "HOME", scratch.toString());
    }

    private static List<String> trainingFor(Path cache) {
        return List.of(
                "-XX:AOTCacheOutput=" + cache,
                // No machine code: a JVM of this version doesn't check whether its processor can run it.
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-AOTAdapterCaching",
                "-XX:-AOTStubCaching",
                // What the optimizing compiler had in the training it compiles again as soon as it is used, before the
                // server serves at its pace. So only what is really hot is to be among that, such as base64.
                "-XX:Tier4InvocationThreshold=40000",
                "-XX:Tier4MinInvocationThreshold=4000",
                "-XX:Tier4CompileThreshold=120000");
    }

    /** With the options of every launch, without which the JVM refuses the cache later. */
    private List<String> program(List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(java.resolve("bin/java").toString());
        command.add("@" + runtime.resolve("jvm.options"));
        command.addAll(options);
        command.add("-Djava.library.path=" + runtime.resolve("lib/native"));
        command.addAll(List.of("-jar", runtime.resolve("lib/outpost.jar").toString()));
        return command;
    }

    private interface Diagnostics {
        String read() throws IOException;
    }

    /** The JVM writes the cache when the program has ended, with a second JVM that it starts. */
    private static void awaitCache(CompletableFuture<?> end, Path cache, Diagnostics errors)
            throws IOException, InterruptedException {
        try {
            end.get(WRITING_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException late) {
            throw new IOException("the JVM did not end after the training\n" + errors.read(), late);
        }
        if (!Files.isRegularFile(cache)) {
            throw new IOException("the JVM wrote no " + cache.getFileName() + "\n" + errors.read());
        }
    }
}
