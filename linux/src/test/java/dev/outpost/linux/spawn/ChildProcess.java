package dev.outpost.linux.spawn;

import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.Signals;
import dev.outpost.linux.poll.Epoll;
import dev.outpost.linux.poll.PidFd;
import dev.outpost.linux.poll.Pipe;
import dev.outpost.linux.poll.WaitStatus;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A child for tests, with a pipe for its input and one for both its outputs. Every wait has a deadline; close kills it. */
public final class ChildProcess implements AutoCloseable {
    private static final long DEADLINE_MILLIS = 30_000;

    private final int pid;
    private final PidFd pidFd;
    private final Pipe input;
    private final Pipe output;

    private ChildProcess(int pid, Pipe input, Pipe output) throws LinuxException {
        this.pid = pid;
        this.pidFd = PidFd.open(pid);
        this.input = input;
        this.output = output;
        // The child's own copies decide over the end of the streams.
        input.readEnd().close();
        output.writeEnd().close();
    }

    /** What a child said, with a byte in each character, and how it ended. */
    public record Result(WaitStatus status, String text) {}

    /** Starts it with an environment of only a PATH. */
    public static ChildProcess start(String... argv) throws LinuxException {
        return start(argv[0], null, environment("PATH=/usr/bin:/bin"), argv);
    }

    public static ChildProcess start(String program, @Nullable Path cwd, List<byte[]> environment, String... argv)
            throws LinuxException {
        Pipe input = Pipe.create();
        Pipe output = Pipe.create();
        try {
            int pid = Spawner.spawn(new SpawnRequest(
                    bytes(program),
                    Arrays.stream(argv).map(ChildProcess::bytes).toList(),
                    environment,
                    cwd == null ? null : bytes(cwd.toString()),
                    input.readEnd().number(),
                    output.writeEnd().number(),
                    output.writeEnd().number(),
                    null));
            return new ChildProcess(pid, input, output);
        } catch (LinuxException | RuntimeException e) {
            input.close();
            output.close();
            throw e;
        }
    }

    /** Starts it with an empty input, and waits for its end. */
    public static Result run(String... argv) throws LinuxException {
        try (ChildProcess child = start(argv)) {
            return child.finish();
        }
    }

    public static List<byte[]> environment(String... entries) {
        return Arrays.stream(entries).map(ChildProcess::bytes).toList();
    }

    /** A string with a byte in each character. */
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    public int pid() {
        return pid;
    }

    public PidFd pidFd() {
        return pidFd;
    }

    public void write(String text) throws LinuxException {
        writeAll(input.writeEnd(), text);
    }

    public String readLine() throws LinuxException {
        return ChildProcess.readLine(output.readEnd());
    }

    /** Closes its input, reads its output to the end, reaps it. */
    public Result finish() throws LinuxException {
        input.writeEnd().close();
        String text = readAll(output.readEnd());
        return new Result(await(), text);
    }

    public WaitStatus await() throws LinuxException {
        return await(pidFd);
    }

    /** Waits for its end and reaps it. */
    public static WaitStatus await(PidFd pidFd) throws LinuxException {
        awaitReadable(pidFd.descriptor());
        return Objects.requireNonNull(pidFd.reap(), "ended, but not reaped");
    }

    public static void writeAll(FileDescriptor fd, String text) throws LinuxException {
        byte[] bytes = bytes(text);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            long written = 0;
            while (written < bytes.length) {
                written += fd.write(buffer, written, bytes.length - written);
            }
        }
    }

    /** With a byte in each character. */
    public static String readAll(FileDescriptor fd) throws LinuxException {
        return readUntil(fd, -1);
    }

    /** Without its end of line. */
    public static String readLine(FileDescriptor fd) throws LinuxException {
        return readUntil(fd, '\n').stripTrailing();
    }

    /** To the end of the stream if {@code last} is -1, else up to that byte and not one more. */
    private static String readUntil(FileDescriptor fd, int last) throws LinuxException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(last < 0 ? 4096 : 1);
            while (true) {
                awaitReadable(fd);
                int count = fd.read(buffer, buffer.byteSize());
                if (count == 0) {
                    break;
                }
                bytes.writeBytes(buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
                if (last >= 0 && buffer.get(ValueLayout.JAVA_BYTE, 0) == last) {
                    break;
                }
            }
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private static void awaitReadable(FileDescriptor fd) throws LinuxException {
        try (Epoll epoll = Epoll.create()) {
            epoll.add(fd, Epoll.IN, 0);
            long deadline = System.nanoTime() + DEADLINE_MILLIS * 1_000_000;
            while (epoll.await(1_000, (token, events) -> {}) == 0) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError(fd + " not readable within " + DEADLINE_MILLIS + " ms");
                }
            }
            epoll.remove(fd);
        }
    }

    @Override
    public void close() throws LinuxException {
        input.close();
        output.close();
        if (pidFd.signal(Signals.SIGKILL) == 0) {
            await();
        }
        pidFd.close();
    }
}
