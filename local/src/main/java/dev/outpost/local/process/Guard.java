package dev.outpost.local.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outpost.executor.HostPath;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.poll.Epoll;
import dev.outpost.linux.poll.PidFd;
import dev.outpost.linux.poll.Pipe;
import dev.outpost.linux.spawn.SpawnRequest;
import dev.outpost.linux.spawn.Spawner;
import dev.outpost.local.bubblewrap.Placeholders;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A small shell process that outlives the server by a moment: it waits at the end of a pipe whose other end only the
 * server has, and when the server is gone, however it went, it kills every process with one of the server's marks and
 * every group it was told of (those that could not be marked). Then it removes the placeholders of sandboxes, as far as
 * they are empty. The script is {@code guard.sh} beside this class.
 *
 * <p>Started before the first process, again before the next one if it died, and not at all after it died too often:
 * then the log says so, and processes run without it. Safe from any thread; {@link #ensureRunning} blocks for about a
 * millisecond when it starts the guard, so call it on a spawn thread.
 */
final class Guard implements Placeholders.Observer {
    private static final Logger LOG = System.getLogger(Guard.class.getName());
    private static final String NAME = "outpost-guard";
    private static final int MOST_FAILURES = 5;

    /** So many bytes are written to a pipe at once or not at all. */
    private static final int LONGEST_LINE = 4096;

    private final Lineage.Marks marks;
    private final ProcessLoop loop;
    private final FileDescriptor devNull;
    private final Set<Integer> groups = ConcurrentHashMap.newKeySet();

    private final String script;

    private final Object lock = new Object();
    // Guarded by the lock.
    /** In the order in which they were made. */
    private final Set<HostPath> placeholders = new LinkedHashSet<>();

    private @Nullable Running running;
    private int failures;
    private boolean closed;

    /** Whether there is nothing to start, so that most callers need no lock. */
    private volatile boolean settled;

    private record Running(PidFd process, FileDescriptor pipe, CompletableFuture<Void> ended) {
        void close() {
            pipe.close();
            process.close();
        }
    }

    Guard(Lineage.Marks marks, ProcessLoop loop, FileDescriptor devNull) {
        this.marks = marks;
        this.loop = loop;
        this.devNull = devNull;
        try (InputStream source = Objects.requireNonNull(Guard.class.getResourceAsStream("guard.sh"))) {
            this.script = new String(source.readAllBytes(), US_ASCII);
        } catch (IOException broken) {
            throw new UncheckedIOException("cannot read guard.sh of this installation", broken);
        }
    }

    /** Starts the guard unless it runs. */
    void ensureRunning() {
        if (settled) {
            return;
        }
        synchronized (lock) {
            if (running == null && !closed && failures < MOST_FAILURES) {
                try {
                    running = start();
                    groups.forEach(group -> send("+" + group));
                    placeholders.forEach(path -> send("make ", path));
                } catch (LinuxException e) {
                    failures = MOST_FAILURES;
                    LOG.log(
                            Level.WARNING,
                            "cannot start the guard process: should this server be killed, processes it started may"
                                    + " live on",
                            e);
                }
            }
            settled = true;
        }
    }

    /** A group that can't be found by a mark. */
    void watchGroup(int group) {
        groups.add(group);
        synchronized (lock) {
            send("+" + group);
        }
    }

    /** The group is gone, or nobody's business any more. */
    void forgetGroup(int group) {
        if (groups.remove(group)) {
            synchronized (lock) {
                send("-" + group);
            }
        }
    }

    @Override
    public void making(HostPath placeholder) {
        synchronized (lock) {
            placeholders.add(placeholder);
            send("make ", placeholder);
        }
    }

    @Override
    public void gone(HostPath placeholder) {
        synchronized (lock) {
            if (placeholders.remove(placeholder)) {
                send("gone ", placeholder);
            }
        }
    }

    /**
     * Dismisses the guard, which kills nothing then. Idempotent.
     *
     * @return completes when the loop has reaped it
     */
    CompletableFuture<Void> dismiss() {
        synchronized (lock) {
            send("bye");
            closed = true;
            settled = true;
            if (running == null) {
                return CompletableFuture.completedFuture(null);
            }
            running.pipe().close();
            return running.ended();
        }
    }

    // From here on: with the lock held.

    private Running start() throws LinuxException {
        Pipe pipe = Pipe.create();
        try {
            pipe.writeEnd().setNonBlocking();
            PidFd process = PidFd.open(spawn(pipe.readEnd().number()));
            Running started = new Running(process, pipe.writeEnd(), new CompletableFuture<>());
            loop.execute(() -> watch(started));
            return started;
        } catch (LinuxException failure) {
            // Should it run already, it must not take this for the end of the server.
            write(pipe.writeEnd(), "bye");
            pipe.writeEnd().close();
            throw failure;
        } finally {
            pipe.readEnd().close();
        }
    }

    private int spawn(int input) throws LinuxException {
        int output = devNull.number();
        String token = Integer.toString(marks.token());
        List<byte[]> argv = List.of(bytes(NAME), bytes("-c"), bytes(script), bytes(NAME), bytes(token));
        SpawnRequest request = new SpawnRequest(
                bytes("/bin/sh"), argv, List.of(bytes("LC_ALL=C")), bytes("/"), input, output, output, null);
        return marks.unmarked(() -> Spawner.spawn(request));
    }

    private void send(String line) {
        if (running != null && !closed) {
            write(running.pipe(), line);
        }
    }

    /** A path that is no line by itself, or longer than one, is left out: then its placeholder stays. */
    private void send(String what, HostPath path) {
        String text = new String(path.toBytes(), ISO_8859_1);
        if (text.indexOf('\n') < 0 && what.length() + text.length() < LONGEST_LINE) {
            send(what + text);
        }
    }

    // From here on: on the loop's thread.

    private void watch(Running started) {
        try {
            long[] token = new long[1];
            token[0] = loop.watch(started.process().descriptor(), Epoll.IN, _ -> ended(started, token[0]));
        } catch (LinuxException e) {
            LOG.log(Level.WARNING, "cannot watch the guard process", e);
        }
    }

    private void ended(Running started, long token) {
        try {
            if (started.process().reap() == null) {
                return;
            }
        } catch (LinuxException e) {
            LOG.log(Level.WARNING, "cannot reap the guard process", e);
        }
        loop.unwatch(started.process().descriptor(), token);
        synchronized (lock) {
            started.close();
            // There is at most one: the next is started only after this line.
            running = null;
            if (!closed) {
                failures++;
                settled = failures >= MOST_FAILURES;
                LOG.log(
                        Level.WARNING,
                        settled
                                ? "the guard process keeps dying and is not started again: should this server be"
                                        + " killed, processes it started may live on"
                                : "the guard process died; it is started again with the next process");
            }
        }
        started.ended().complete(null);
    }

    private static void write(FileDescriptor pipe, String line) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(line + "\n", ISO_8859_1);
            long length = text.byteSize() - 1;
            if (pipe.write(text, 0, length) != length) {
                LOG.log(Level.WARNING, "the guard process does not listen and misses: {0}", line);
            }
        } catch (LinuxException gone) {
            LOG.log(Level.DEBUG, "the guard process is gone", gone);
        }
    }

    private static byte[] bytes(String ascii) {
        return ascii.getBytes(US_ASCII);
    }
}
