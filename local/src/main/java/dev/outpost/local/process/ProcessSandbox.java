package dev.outpost.local.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.process.SandboxType;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.linux.FileAccess;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.MemoryFile;
import dev.outpost.linux.seccomp.SeccompFilter;
import dev.outpost.linux.seccomp.SeccompFilter.Ban;
import dev.outpost.local.bubblewrap.Bubblewrap;
import dev.outpost.local.bubblewrap.BubblewrapCommand;
import dev.outpost.local.bubblewrap.BubblewrapDetection;
import dev.outpost.local.bubblewrap.BubblewrapDetection.Result.Unusable;
import dev.outpost.local.bubblewrap.BubblewrapDetection.Result.Usable;
import dev.outpost.local.bubblewrap.Placeholders;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.sandbox.Mount;
import dev.outpost.local.sandbox.MountPlan;
import dev.outpost.local.sandbox.ProcessLandlock;
import dev.outpost.local.sandbox.SandboxHost;
import dev.outpost.local.sandbox.SandboxMode;
import dev.outpost.local.sandbox.SandboxPolicy;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts commands into sandboxes (spec N78, N79): what a profile doesn't allow, the kernel refuses. What can't be enforced
 * here is an error. Safe from any thread; blocks for the time of looking at a few files, the first time for that of
 * starting bubblewrap once.
 */
final class ProcessSandbox {
    private static final HostPath ROOT = HostPath.of("/");
    private static final HostPath SHELL = HostPath.of("/bin/sh");
    private static final HostPath BASH = HostPath.of("/bin/bash");

    /** What the reference's helper ends with when the command isn't there (spec N77). */
    private static final String NOT_THERE = "printf '%s\\n' \"$1\" >&2; exit 101";

    private final SandboxMode mode;
    private final SandboxHost host;
    private final BubblewrapDetection detection;
    private final Placeholders placeholders;

    /** Nothing is looked for yet; {@code observer} knows what this leaves on the disk if it is killed. */
    ProcessSandbox(SandboxMode mode, ExecutorEnvironment environment, Placeholders.Observer observer) {
        this.mode = mode;
        placeholders = new Placeholders(observer);
        host = SandboxHost.local(environment.unicode("TMPDIR"));
        detection = new BubblewrapDetection(environment.unicode("PATH"));
    }

    /** Whether a process under this context has to be confined: it restricts something, and that is this program's task. */
    boolean isNeededFor(@Nullable SandboxContext context) {
        return context != null && context.permissions().restrictsProcesses() && mode != SandboxMode.EXTERNAL;
    }

    /**
     * What is to be confined.
     *
     * @param program the file, absolute or relative to {@code cwd}; null if there is none
     * @param missing why there is none, for the user
     * @param argv from {@code argv[0]} on, which is the command's name
     * @param named whether the name was asked for, rather than how the program was called
     */
    record Inner(
            byte @Nullable [] program,
            String missing,
            List<byte[]> argv,
            boolean named,
            List<byte[]> environment,
            HostPath cwd,
            boolean tty) {}

    /**
     * Puts a command into the sandbox of a context that restricts it.
     *
     * @throws ExecutorException {@code INVALID_ARGUMENT} if the context can't be enforced here or makes no sense; the
     *     command must not be run then
     */
    Command confine(Inner inner, SandboxContext context) throws ExecutorException {
        if (mode == SandboxMode.NONE) {
            throw unenforceable("this program was not given the means to");
        }
        if (!inner.cwd().isAbsolute()) {
            throw unprepared("the working directory " + inner.cwd() + " is not absolute", null);
        }
        SandboxPolicy policy = prepare(() -> SandboxPolicy.compile(context, host));
        return switch (detection.result()) {
            case Usable(Bubblewrap bubblewrap) -> inBubblewrap(bubblewrap, inner, policy, context);
            case Unusable(String reason) -> underLandlock(reason, inner, policy);
        };
    }

    /** Without namespaces: the thread that starts the command gives up what the policy doesn't grant. */
    private static Command underLandlock(String noBubblewrap, Inner inner, SandboxPolicy policy)
            throws ExecutorException {
        if (!ProcessLandlock.isAvailable()) {
            throw unenforceable(noBubblewrap);
        }
        ProcessLandlock landlock;
        try {
            landlock = ProcessLandlock.of(policy);
        } catch (ExecutorException inexpressible) {
            throw unenforceable(inexpressible.getMessage() + ", and " + noBubblewrap);
        }
        byte[] program = inner.program();
        if (program == null) {
            throw new ExecutorException(FailureKind.FAILED, inner.missing());
        }
        Set<Ban> bans = EnumSet.noneOf(Ban.class);
        if (policy.network() == NetworkPolicy.RESTRICTED) {
            bans.add(Ban.NETWORK);
        }
        if (landlock.isReadOnly()) {
            bans.add(Ban.FILE_ATTRIBUTES);
        }
        return new Command(
                List.of(program),
                inner.argv(),
                inner.environment(),
                inner.cwd(),
                true,
                new InheritedFiles(),
                new Restrictions(landlock, bans),
                new Confinement(SandboxType.LINUX_SECCOMP, false, () -> {}));
    }

    private static ExecutorException unenforceable(String why) {
        return new ExecutorException(
                FailureKind.INVALID_ARGUMENT, "sandbox intent cannot be enforced on this executor: " + why);
    }

    private Command inBubblewrap(Bubblewrap bubblewrap, Inner inner, SandboxPolicy policy, SandboxContext context)
            throws ExecutorException {
        MountPlan plan = prepare(() -> MountPlan.of(policy, context, host));
        boolean network = policy.network() == NetworkPolicy.ENABLED;
        Placeholders.Held held = prepare(() -> placeholders.hold(plan.placeholders()));
        InheritedFiles files = new InheritedFiles();
        try (HeldPlaces places = prepare(() -> HeldPlaces.of(plan, bubblewrap))) {
            BubblewrapCommand command = wrap(bubblewrap, inner, policy, plan, places.mounts(), network);
            files.add(prepare(
                    () -> MemoryFile.containing("seccomp", filter(network).toBytes())));
            files.add(prepare(() -> MemoryFile.containing("bwrap-options", command.options())));
            places.giveTo(files);
            return new Command(
                    List.of(bubblewrap.program().toBytes()),
                    command.argv(),
                    List.of(),
                    ROOT,
                    false,
                    files,
                    null,
                    new Confinement(SandboxType.LINUX_SECCOMP, true, held::close));
        } catch (ExecutorException failure) {
            files.close();
            held.close();
            throw failure;
        }
    }

    private static BubblewrapCommand wrap(
            Bubblewrap bubblewrap, Inner inner, SandboxPolicy policy, MountPlan plan, List<Mount> held, boolean network)
            throws ExecutorException {
        byte[] program = inner.program();
        List<byte[]> argv = inner.argv();
        boolean withName = inner.named() && program != null && bubblewrap.argv0() && !inner.tty();
        if (program == null) {
            program = SHELL.toBytes();
            argv = List.of(bytes("sh"), bytes("-c"), bytes(NOT_THERE), bytes("sh"), bytes(inner.missing()));
        } else if (inner.named() && !withName) {
            List<byte[]> renamed = new ArrayList<>(List.of(bytes("bash"), bytes("-c"), bytes("exec -a \"$0\" \"$@\"")));
            renamed.add(argv.getFirst());
            renamed.add(program);
            renamed.addAll(argv.subList(1, argv.size()));
            program = requireRenamer(policy).toBytes();
            argv = renamed;
        }
        BubblewrapCommand command = new BubblewrapCommand(
                bubblewrap, plan, held, network, inner.environment(), inner.cwd(), HostPath.ofBytes(program), argv);
        if (withName) {
            command.withName(argv.getFirst());
        }
        if (inner.tty() && isThere(SHELL, policy)) {
            command.onTerminal(SHELL);
        }
        return command;
    }

    private static HostPath requireRenamer(SandboxPolicy policy) throws ExecutorException {
        if (isThere(BASH, policy)) {
            return BASH;
        }
        throw new ExecutorException(
                FailureKind.INVALID_ARGUMENT,
                "a sandboxed process can have an arg0 only with bubblewrap 0.9 or newer, or with /bin/bash in the"
                        + " sandbox; leave it out");
    }

    /** Whether a program of the system is in the sandbox. */
    private static boolean isThere(HostPath program, SandboxPolicy policy) {
        return FileAccess.check(program.toBytes(), FileAccess.EXECUTE) == 0
                && (policy.readsEverything() || policy.decide(program).canRead());
    }

    private static SeccompFilter filter(boolean network) {
        return SeccompFilter.of(network ? EnumSet.noneOf(Ban.class) : EnumSet.of(Ban.NETWORK));
    }

    /** Something that has to be found out or made before a start. */
    private interface Preparation<T> {
        T run() throws ExecutorException, LinuxException;
    }

    private static <T> T prepare(Preparation<T> preparation) throws ExecutorException {
        try {
            return preparation.run();
        } catch (ExecutorException failure) {
            throw unprepared(failure.getMessage(), failure);
        } catch (LinuxException failure) {
            throw unprepared(failure.describe(), failure);
        }
    }

    private static ExecutorException unprepared(String why, @Nullable Exception cause) {
        return new ExecutorException(FailureKind.INVALID_ARGUMENT, "failed to prepare process sandbox: " + why, cause);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
