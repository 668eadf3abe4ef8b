package dev.outpost.local.bubblewrap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outpost.executor.HostPath;
import dev.outpost.linux.FileAccess;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.MemoryFile;
import dev.outpost.linux.Signals;
import dev.outpost.linux.poll.Epoll;
import dev.outpost.linux.poll.PidFd;
import dev.outpost.linux.poll.WaitStatus;
import dev.outpost.linux.spawn.SpawnRequest;
import dev.outpost.linux.spawn.Spawner;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out once whether bubblewrap can be used here, by using it: programs, kernels and containers forbid namespaces in
 * many ways, and only an attempt tells. Safe from any thread; the first to ask waits for about 10 ms.
 */
public final class BubblewrapDetection {
    private static final String NAME = "bwrap";
    private static final long PATIENCE_SECONDS = 10;

    /** What the attempt writes is short; this is more than its help. */
    private static final int MOST_OUTPUT = 64 * 1024;

    /** Everything that a confined command may need, so that what works here works there. */
    private static final List<String> ATTEMPT = List.of(
            "--die-with-parent",
            "--new-session",
            "--unshare-pid",
            "--unshare-ipc",
            "--unshare-net",
            "--cap-drop",
            "ALL",
            "--ro-bind",
            "/",
            "/",
            "--dev",
            "/dev",
            "--proc",
            "/proc",
            "--ro-bind-try",
            "/proc/sys",
            "/proc/sys",
            "--");

    private final @Nullable String searchPath;
    private @Nullable Result result;

    /** What was found out. */
    public sealed interface Result {
        /** It can be used. */
        record Usable(Bubblewrap bubblewrap) implements Result {}

        /** It can't; {@code reason} is for people, without a full stop, and says what would help. */
        record Unusable(String reason) implements Result {}
    }

    /**
     * Nothing is looked for yet.
     *
     * @param searchPath the server's own {@code PATH}, or null; relative directories in it are ignored
     */
    public BubblewrapDetection(@Nullable String searchPath) {
        this.searchPath = searchPath;
    }

    /** The answer, which stays the same for the life of this object. Blocks. */
    public synchronized Result result() {
        if (result == null) {
            result = detect();
        }
        return result;
    }

    private Result detect() {
        HostPath program = find();
        if (program == null) {
            return new Result.Unusable("bubblewrap is not installed; install it (on Debian and Ubuntu: apt install"
                    + " bubblewrap) and restart Outpost");
        }
        try {
            Attempt first = attempt(program, List.of("--unshare-user"));
            if (first.succeeded()) {
                return usable(program, true, first);
            }
            // With the rights of root, mounts need no user namespace. Without them this fails like the first attempt.
            Attempt second = attempt(program, List.of());
            return second.succeeded() ? usable(program, false, second) : new Result.Unusable(first.reason(program));
        } catch (LinuxException failure) {
            return new Result.Unusable(program + " can't be started: " + failure.describe());
        }
    }

    private static Result usable(HostPath program, boolean userNamespace, Attempt attempt) {
        String help = attempt.output();
        return new Result.Usable(new Bubblewrap(
                program,
                userNamespace,
                help.contains("--argv0 "),
                help.contains("--bind-fd ") && help.contains("--ro-bind-fd ")));
    }

    private @Nullable HostPath find() {
        for (String directory : (searchPath == null ? "/usr/bin:/bin" : searchPath).split(":", -1)) {
            if (directory.startsWith("/")) {
                HostPath candidate = HostPath.of(directory).resolve(HostPath.of(NAME));
                byte[] path = candidate.toBytes();
                if (FileAccess.check(path, FileAccess.EXECUTE) == 0 && !FileAccess.isDirectory(path)) {
                    return candidate;
                }
            }
        }
        return null;
    }

    /** How it went to let bubblewrap print its help from inside a sandbox, which also tells what it can do. */
    private record Attempt(@Nullable WaitStatus status, String output) {
        boolean succeeded() {
            return status instanceof WaitStatus.Exited(int code) && code == 0;
        }

        String reason(HostPath program) {
            if (status == null) {
                return program + " did not answer within " + PATIENCE_SECONDS + " s";
            }
            String said = output.lines().findFirst().orElse("it says nothing and ends with " + status);
            return program + " can't make namespaces here: " + said
                    + "; allow user namespaces (sysctl kernel.unprivileged_userns_clone and user.max_user_namespaces, an"
                    + " AppArmor profile for bwrap, the container's filter of system calls)";
        }
    }

    private static Attempt attempt(HostPath program, List<String> more) throws LinuxException {
        List<byte[]> argv = new ArrayList<>();
        argv.add(NAME.getBytes(US_ASCII));
        more.forEach(word -> argv.add(word.getBytes(US_ASCII)));
        ATTEMPT.forEach(word -> argv.add(word.getBytes(US_ASCII)));
        argv.add(program.toBytes());
        argv.add("--help".getBytes(US_ASCII));
        try (MemoryFile output = MemoryFile.containing("bwrap-probe", new byte[0]);
                FileDescriptor nothing = FileAccess.openDevNull()) {
            int file = output.descriptor().number();
            int pid = Spawner.spawn(new SpawnRequest(
                    program.toBytes(), argv, List.of(), "/".getBytes(US_ASCII), nothing.number(), file, file, null));
            try (PidFd process = PidFd.open(pid)) {
                WaitStatus status = await(process);
                byte[] text = output.content(MOST_OUTPUT);
                return new Attempt(status, new String(text, ISO_8859_1));
            } catch (LinuxException tooManyFiles) {
                Signals.killGroup(pid, Signals.SIGKILL);
                throw tooManyFiles;
            }
        }
    }

    /** Reaps it; null if it takes too long, and then it is killed. */
    private static @Nullable WaitStatus await(PidFd process) throws LinuxException {
        try (Epoll epoll = Epoll.create()) {
            epoll.add(process.descriptor(), Epoll.IN, 0);
            boolean ended = awaitReady(epoll);
            if (!ended) {
                process.signal(Signals.SIGKILL);
                awaitReady(epoll);
            }
            WaitStatus status = process.reap();
            epoll.remove(process.descriptor());
            return ended ? Objects.requireNonNull(status) : null;
        }
    }

    private static boolean awaitReady(Epoll epoll) throws LinuxException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (epoll.await(1_000, (_, _) -> {}) == 0) {
            if (System.nanoTime() > deadline) {
                return false;
            }
        }
        return true;
    }
}
