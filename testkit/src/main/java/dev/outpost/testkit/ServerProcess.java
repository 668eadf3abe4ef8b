package dev.outpost.testkit;

import dev.outpost.testkit.wire.Received;
import dev.outpost.testkit.wire.StdioConnection;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server in a child process. Closing it ends it and all that it started. */
public final class ServerProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);
    private static final long END_SECONDS = 10;
    private static final Pattern PEER_DESCRIPTOR = Pattern.compile("^(socket:|pipe:|/dev/pt|.*pidfd)");

    private final Process process;
    private final Path errors;
    private final StdioConnection stdio;

    ServerProcess(List<String> commandLine, Map<String, String> environment, Path directory) throws IOException {
        errors = Files.createTempFile(directory, "server-", ".stderr");
        var builder =
                new ProcessBuilder(commandLine).directory(directory.toFile()).redirectError(errors.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        process = builder.start();
        stdio = new StdioConnection(process.getOutputStream(), process.getInputStream());
    }

    /**
     * Waits up to 30 s for the line that a listening server prints (spec W8). Call it once.
     *
     * @throws IOException if something else comes or nothing; the message has the server's diagnostics, and the server
     *     is closed
     */
    public URI url() throws IOException, InterruptedException {
        Received first = stdio.receive(START);
        if (first instanceof Received.Message line && line.text().startsWith("ws://")) {
            return URI.create(line.text());
        }
        close();
        throw new IOException("the server printed no ws:// line but " + first + "\n" + errors());
    }

    /** The standard streams: the connection of a stdio server, or what a listening one prints. */
    public StdioConnection stdio() {
        return stdio;
    }

    /** What the server wrote to stderr so far. */
    public String errors() throws IOException {
        return Files.readString(errors);
    }

    /** The server itself, for what the system knows of it. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /**
     * How many descriptors the server has open for others: sockets, pipes, terminals, processes. Files are left out,
     * because a JVM opens those as it needs its classes.
     */
    public long descriptors() throws IOException {
        long count = 0;
        try (DirectoryStream<Path> links = Files.newDirectoryStream(Path.of("/proc/" + process.pid() + "/fd"))) {
            for (Path link : links) {
                try {
                    count += PEER_DESCRIPTOR
                                    .matcher(Files.readSymbolicLink(link).toString())
                                    .find()
                            ? 1
                            : 0;
                } catch (NoSuchFileException e) {
                    // closed while we looked
                }
            }
        }
        return count;
    }

    /**
     * Waits up to 10 s for the server to end by itself.
     *
     * @return its exit code
     * @throws IOException if it doesn't end; the message has the server's diagnostics
     */
    public int awaitExit() throws IOException, InterruptedException {
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("the server didn't end\n" + errors());
        }
        return process.exitValue();
    }

    /** Kills the server itself, as a crash would. What it started is left to it. */
    public void kill() throws IOException, InterruptedException {
        process.destroyForcibly();
        awaitExit();
    }

    /**
     * Ends the server with SIGTERM and waits up to 10 s for it and for the processes below it.
     *
     * @return descriptions of those that were still there and had to be killed; empty if all is well
     */
    public List<String> stop() throws InterruptedException {
        List<ProcessHandle> family =
                Stream.concat(Stream.of(handle()), handle().descendants()).toList();
        process.destroy();
        process.waitFor(END_SECONDS, TimeUnit.SECONDS);
        stdio.close();
        List<ProcessHandle> left =
                family.stream().filter(member -> !endsInTime(member)).toList();
        List<String> descriptions =
                left.stream().map(member -> member.pid() + " " + member.info()).toList();
        left.forEach(ProcessHandle::destroyForcibly);
        return descriptions;
    }

    private static boolean endsInTime(ProcessHandle process) {
        try {
            process.onExit().get(END_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** {@link #stop} for when what is left doesn't matter. */
    @Override
    public void close() {
        try {
            stop();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
