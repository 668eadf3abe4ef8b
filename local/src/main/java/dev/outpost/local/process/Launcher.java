package dev.outpost.local.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.process.StartProcess;
import dev.outpost.executor.process.TerminalSize;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.linux.Errno;
import dev.outpost.linux.FileAccess;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.Signals;
import dev.outpost.linux.poll.PidFd;
import dev.outpost.linux.poll.Pipe;
import dev.outpost.linux.pty.Pty;
import dev.outpost.linux.spawn.SpawnRequest;
import dev.outpost.linux.spawn.Spawner;
import dev.outpost.local.env.ChildEnvironment;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.env.UserAccount;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From a request to a running process (spec 02 §8–9): computes the environment, finds directory and program, has it put
 * into a sandbox if one is asked for, connects pipes or a terminal, spawns. Blocks while spawning; safe from any thread.
 */
final class Launcher {
    private final ExecutorEnvironment environment;
    private final UserAccount user;
    private final FileDescriptor devNull;
    private final Lineage.Marks marks;
    private final ProcessSandbox sandboxes;
    private final RestrictedBirths births;

    Launcher(
            ExecutorEnvironment environment,
            UserAccount user,
            FileDescriptor devNull,
            Lineage.Marks marks,
            ProcessSandbox sandboxes,
            RestrictedBirths births) {
        this.environment = environment;
        this.user = user;
        this.devNull = devNull;
        this.marks = marks;
        this.sandboxes = sandboxes;
        this.births = births;
    }

    /** Tries programs in order, as execvp does, and reports a denial rather than a missing file. */
    static int spawnFirst(List<byte[]> programs, Function<byte[], SpawnRequest> request) throws LinuxException {
        LinuxException denied = null;
        LinuxException missing = null;
        for (byte[] program : programs) {
            try {
                return Spawner.spawn(request.apply(program));
            } catch (LinuxException failure) {
                switch (failure.errno()) {
                    case Errno.EACCES -> denied = failure;
                    case Errno.ENOENT, Errno.ENOTDIR -> missing = failure;
                    default -> throw failure;
                }
            }
        }
        throw Objects.requireNonNull(denied == null ? missing : denied, "no program to try");
    }

    /** Starts it (spec P55–P68). {@code argv} is not empty. */
    Launched launch(StartProcess start) throws ExecutorException {
        if (start.argv().getFirst().isEmpty()) {
            throw failed("missing program for " + (start.tty() ? "PTY" : "pipe") + " spawn");
        }
        requireNoNul(start);
        ChildEnvironment childEnvironment =
                ChildEnvironment.compute(start.environmentPolicy(), start.environment(), environment);
        try (Command command = command(start, childEnvironment)) {
            try {
                return start.tty()
                        ? launchOnTerminal(command, start.terminalSize())
                        : launchOnPipes(command, start.pipeStdin());
            } catch (LinuxException | RuntimeException notStarted) {
                command.confinement().onEnd().run();
                throw notStarted;
            }
        } catch (LinuxException refused) {
            throw new ExecutorException(FailureKind.FAILED, refused.describe(), refused);
        }
    }

    private Command command(StartProcess start, ChildEnvironment environment) throws ExecutorException, LinuxException {
        HostPath cwd = start.tty() ? terminalDirectory(start, environment) : pipeDirectory(start);
        List<byte[]> argv = new ArrayList<>(bytes(start.argv()));
        byte[] called = argv.getFirst();
        String arg0 = start.arg0();
        if (arg0 != null) {
            argv.set(0, arg0.getBytes(UTF_8));
        }
        SandboxContext sandbox = start.sandbox();
        boolean restricted = sandboxes.isNeededFor(sandbox);
        List<byte[]> programs = List.of();
        String missing = "";
        try {
            programs = start.tty()
                    ? List.of(ProgramLookup.forTerminal(argv.getFirst(), cwd.toBytes(), environment.get("PATH")))
                    : ProgramLookup.forPipes(called, cwd.toBytes(), environment.get("PATH"));
            if (restricted) {
                requireExecutable(cwd, programs.getFirst());
            }
        } catch (ExecutorException notFound) {
            if (!restricted) {
                throw notFound;
            }
            programs = List.of();
            // The sandbox starts, and the command in it fails (spec N77).
            missing = "cannot run " + start.argv().getFirst() + " in the sandbox: " + notFound.getMessage();
        }
        if (start.tty()) {
            environment.setIfAbsent("SHELL", user.shell().toBytes());
        }
        if (sandbox == null || !restricted) {
            return Command.plain(programs, argv, environment.entries(), cwd);
        }
        byte[] program = programs.isEmpty() ? null : programs.getFirst();
        boolean named = arg0 != null && !start.tty();
        return sandboxes.confine(
                new ProcessSandbox.Inner(program, missing, argv, named, environment.entries(), cwd, start.tty()),
                sandbox);
    }

    private static void requireExecutable(HostPath cwd, byte[] program) throws ExecutorException {
        byte[] path = cwd.resolve(HostPath.ofBytes(program)).toBytes();
        int error = FileAccess.isDirectory(path) ? Errno.EACCES : FileAccess.check(path, FileAccess.EXECUTE);
        if (error != 0) {
            throw failed(Errno.describe(error));
        }
    }

    private static HostPath pipeDirectory(StartProcess start) throws LinuxException {
        Spawner.checkDirectory(start.cwd().toBytes());
        return start.cwd();
    }

    private HostPath terminalDirectory(StartProcess start, ChildEnvironment environment) {
        byte[] home = environment.get("HOME");
        byte[] cwd = start.cwd().toBytes();
        if (!FileAccess.isDirectory(cwd)) {
            cwd = home == null ? user.home().toBytes() : home;
        }
        return HostPath.ofBytes(cwd);
    }

    private Launched launchOnPipes(Command command, boolean pipeStdin) throws LinuxException {
        List<Pipe> pipes = new ArrayList<>();
        try {
            Pipe stdout = add(pipes);
            Pipe stderr = add(pipes);
            Pipe stdin = pipeStdin ? add(pipes) : null;
            return launchOn(stdout, stderr, stdin, command);
        } catch (LinuxException | RuntimeException failure) {
            pipes.forEach(Pipe::close);
            throw failure;
        }
    }

    private Launched launchOn(Pipe stdout, Pipe stderr, @Nullable Pipe stdin, Command command) throws LinuxException {
        stdout.readEnd().setNonBlocking();
        stderr.readEnd().setNonBlocking();
        if (stdin != null) {
            stdin.writeEnd().setNonBlocking();
        }
        FileDescriptor input = stdin == null ? devNull : stdin.readEnd();
        Lineage lineage = marks.marked(() -> command.spawn(
                input.number(), stdout.writeEnd().number(), stderr.writeEnd().number(), null, births));
        stdout.writeEnd().close();
        stderr.writeEnd().close();
        if (stdin != null) {
            stdin.readEnd().close();
        }
        return new Launched(
                lineage,
                open(lineage.leader()),
                stdin == null ? null : stdin.writeEnd(),
                stdout.readEnd(),
                stderr.readEnd(),
                command.confinement());
    }

    private Launched launchOnTerminal(Command command, TerminalSize size) throws LinuxException {
        Pty pty = Pty.open(size.rows(), size.columns());
        try {
            return launchOn(pty, command);
        } catch (LinuxException | RuntimeException failure) {
            pty.close();
            throw failure;
        }
    }

    private Launched launchOn(Pty pty, Command command) throws LinuxException {
        pty.setNonBlocking();
        Lineage lineage;
        // In reserve, so that a process that was spawned with the last descriptors can still be watched; pipes leave
        // the child's ends for that.
        try (FileDescriptor _ = FileAccess.openDevNull()) {
            lineage = marks.marked(() -> command.spawn(0, 1, 2, pty.slavePath(), births));
        }
        return new Launched(lineage, open(lineage.leader()), pty.master(), pty.master(), null, command.confinement());
    }

    /** Opens the process that was just spawned; if that is impossible it must not run on unseen. */
    static PidFd open(int pid) throws LinuxException {
        try {
            return PidFd.open(pid);
        } catch (LinuxException tooManyFiles) {
            Signals.killGroup(pid, Signals.SIGKILL);
            throw tooManyFiles;
        }
    }

    private static Pipe add(List<Pipe> pipes) throws LinuxException {
        Pipe pipe = Pipe.create();
        pipes.add(pipe);
        return pipe;
    }

    private static void requireNoNul(StartProcess start) throws ExecutorException {
        String arg0 = start.arg0();
        boolean nul = start.cwd().hasNul()
                || start.argv().stream().anyMatch(Launcher::hasNul)
                || (arg0 != null && hasNul(arg0))
                || start.environment().entrySet().stream()
                        .anyMatch(entry -> hasNul(entry.getKey()) || hasNul(entry.getValue()));
        var policy = start.environmentPolicy();
        if (policy != null) {
            nul |= policy.set().entrySet().stream()
                    .anyMatch(entry -> hasNul(entry.getKey()) || hasNul(entry.getValue()));
        }
        if (nul) {
            throw failed("nul byte found in provided data");
        }
    }

    private static boolean hasNul(String text) {
        return text.indexOf('\0') >= 0;
    }

    private static List<byte[]> bytes(List<String> texts) {
        return texts.stream().map(text -> text.getBytes(UTF_8)).toList();
    }

    private static ExecutorException failed(String message) {
        return new ExecutorException(FailureKind.FAILED, message);
    }
}
