package dev.outpost.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A run of {@code codex exec}. */
final class CodexClient implements AutoCloseable {
    private static final long END_SECONDS = 60;

    private final Process process;
    private final Path log;

    /**
     * Starts it.
     *
     * @param home the client's home directory; {@code .codex} in it has its configuration
     * @param extra variables beside those that every client has
     */
    CodexClient(Peer peer, Path home, Path workspace, String sandboxMode, Map<String, String> extra)
            throws IOException {
        log = home.resolve("client.log");
        var builder = new ProcessBuilder(List.of(
                        peer.program().toString(),
                        "exec",
                        "--skip-git-repo-check",
                        "-C",
                        workspace.toString(),
                        "--sandbox",
                        sandboxMode,
                        "go"))
                .directory(home.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        Map<String, String> environment = new LinkedHashMap<>(extra);
        environment.put("PATH", System.getenv("PATH"));
        environment.put("LANG", "C.UTF-8");
        environment.put("HOME", home.toString());
        environment.put("CODEX_HOME", home.resolve(".codex").toString());
        environment.put("RUST_LOG", "error");
        builder.environment().clear();
        builder.environment().putAll(environment);
        process = builder.start();
    }

    /** Waits for the end of a run whose turn the model has ended. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the client doesn't end\n" + this);
        }
        return process.exitValue();
    }

    boolean hasEnded() {
        return !process.isAlive();
    }

    /** All that the client wrote. */
    @Override
    public String toString() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return String.valueOf(e);
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> family = process.descendants().toList();
        process.destroyForcibly();
        family.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
    }
}
