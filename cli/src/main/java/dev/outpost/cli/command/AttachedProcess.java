package dev.outpost.cli.command;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.Extension;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.process.EnvironmentPolicy;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.transport.RandomBytes;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A command in an environment, on the standard streams of this program. */
final class AttachedProcess {
    private static final Path STDIN = Path.of("/proc/self/fd/0");

    private AttachedProcess() {}

    /**
     * What to run.
     *
     * @param directory absolute
     * @param terminal whether it gets one
     * @param sandbox what it may do; null for everything its user may
     */
    record Request(
            List<String> argv,
            HostPath directory,
            Map<String, String> variables,
            boolean terminal,
            @Nullable SandboxContext sandbox) {
        /** Without a sandbox. */
        Request(List<String> argv, HostPath directory, Map<String, String> variables, boolean terminal) {
            this(argv, directory, variables, terminal, null);
        }
    }

    /**
     * Runs it to its end.
     *
     * @return its exit code
     */
    static int run(Target target, Request request) throws CommandFailure {
        try (UserTerminal terminal = request.terminal() ? UserTerminal.take() : UserTerminal.none()) {
            boolean stdin = isOpen();
            boolean piped = stdin && !request.terminal();
            ProcessInput.End end = !piped
                    ? stdin && !terminal.isRaw() ? ProcessInput.End.CONTROL_D : ProcessInput.End.NONE
                    : endOfPipe(target);
            List<String> argv =
                    end == ProcessInput.End.FEEDER ? ProcessInput.behindFeeder(request.argv()) : request.argv();
            ExecProcess process = start(
                    target,
                    new StartProcess(
                            newId(),
                            argv,
                            request.directory(),
                            EnvironmentPolicy.INHERIT_ALL,
                            request.variables(),
                            request.terminal(),
                            piped,
                            null,
                            request.sandbox(),
                            terminal.size()));
            Interrupts.passTo(process, request.terminal());
            terminal.resizes(process);
            AtomicBoolean ended = new AtomicBoolean();
            if (stdin) {
                Thread.ofPlatform().daemon().name("stdin").start(() -> forward(process, end, ended));
            }
            try {
                return ProcessOutput.copy(
                        process, new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
            } finally {
                ended.set(true);
            }
        }
    }

    /** However this program ends, but for SIGKILL, what it runs there ends with it. */
    static void endOnExit(Target target) {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform()
                        .name("processes")
                        .unstarted(() -> target.environment().execBackend().close()));
    }

    static ProcessId newId() {
        return new ProcessId("outpost-" + RandomBytes.uuid());
    }

    /** The start, waited for, with an exit code for what can go wrong as shells have it. */
    static ExecProcess start(Target target, StartProcess request) throws CommandFailure {
        try {
            return Target.await(target.environment().execBackend().start(request));
        } catch (ExecutorException failure) {
            String program = "`" + request.argv().getFirst() + "`";
            String text = failure.getMessage();
            if (failure.kind() == FailureKind.UNAVAILABLE) {
                throw new CommandFailure(CommandFailure.OUTPOST, text);
            }
            if (!isDirectory(target, request.cwd())) {
                throw new CommandFailure(
                        CommandFailure.OUTPOST,
                        "there is no directory " + request.cwd() + " in environment `" + target.id()
                                + "`; give another one with --cwd");
            }
            // The texts of Linux, and of the library with which Codex starts processes on terminals.
            if (text.contains("os error 2)") || text.contains("No viable candidates found in PATH")) {
                throw new CommandFailure(
                        CommandFailure.NOT_FOUND,
                        "there is no program " + program + " in environment `" + target.id() + "`");
            }
            if (text.contains("os error 13)") || text.contains("os error 8)")) {
                throw new CommandFailure(CommandFailure.NOT_EXECUTABLE, program + " can't be executed: " + text);
            }
            throw new CommandFailure(CommandFailure.OUTPOST, program + " could not be started: " + text);
        }
    }

    private static boolean isDirectory(Target target, HostPath path) {
        try {
            return target.environment().fileSystem().getMetadata(path, null).directory();
        } catch (ExecutorException absent) {
            return absent.kind() != FailureKind.NOT_FOUND;
        }
    }

    /** How the end of a pipe is told there. */
    static ProcessInput.End endOfPipe(Target target) throws CommandFailure {
        if (target.can(Extension.PROCESS_CLOSE_STDIN)) {
            return ProcessInput.End.CLOSE;
        }
        return UserTerminal.isInput() ? ProcessInput.End.NONE : ProcessInput.End.FEEDER;
    }

    /** Whether there is a stdin from which something may come. */
    private static boolean isOpen() {
        try {
            return !Files.readSymbolicLink(STDIN).toString().equals("/dev/null");
        } catch (IOException closed) {
            return false;
        }
    }

    /** On a thread of its own: a read of a terminal can't be ended. A command whose input is broken is ended. */
    private static void forward(ExecProcess process, ProcessInput.End end, AtomicBoolean ended) {
        byte[] buffer = new byte[ProcessInput.BUFFER];
        try (InputStream stdin = new FileInputStream(FileDescriptor.in);
                ProcessInput input = new ProcessInput(process, end)) {
            for (int count = stdin.read(buffer); count >= 0; count = stdin.read(buffer)) {
                input.write(buffer, 0, count);
            }
        } catch (ProcessInput.NobodyReads noReader) {
            // As on a local pipe whose reader is gone, but nobody needs a signal for it.
        } catch (IOException failure) {
            if (!ended.get()) {
                System.err.println("Error: stdin could not be passed on: " + failure.getMessage());
                var _ = process.terminate();
            }
        }
    }
}
