package dev.outpost.cli.command;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.local.bubblewrap.BubblewrapDetection;
import dev.outpost.local.bubblewrap.BubblewrapDetection.Result.Unusable;
import dev.outpost.local.bubblewrap.BubblewrapDetection.Result.Usable;
import dev.outpost.local.sandbox.Decision;
import dev.outpost.local.sandbox.SandboxHost;
import dev.outpost.local.sandbox.SandboxPolicy;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.ParseResult;

/** What a sandbox allows, in sentences. */
final class SandboxExplanation {
    private SandboxExplanation() {}

    /** Prints it on stdout. */
    static int print(ParseResult arguments, Target target, Here here) throws CommandFailure {
        SandboxContext context = SandboxOptions.context(arguments, target);
        HostPath cwd = SandboxOptions.cwd(arguments, target);
        SandboxHost host = SandboxHost.local(here.variables().unicode("TMPDIR"));
        SandboxPolicy processes;
        SandboxPolicy files;
        try {
            processes = SandboxPolicy.compile(context, host);
            files = SandboxPolicy.compileForFiles(context, host);
        } catch (ExecutorException senseless) {
            throw new CommandFailure(CommandFailure.OUTPOST, senseless.getMessage());
        }
        StringBuilder text = new StringBuilder();
        for (String path : arguments.matchedPositionalValue(0, new String[0])) {
            explain(cwd.resolve(HostPath.of(path)).normalized(), processes, files, text);
        }
        text.append("network: ").append(network(processes)).append('\n');
        text.append("commands: ").append(enforcement(processes, here)).append('\n');
        Stdout.print(text.toString());
        return 0;
    }

    private static void explain(HostPath path, SandboxPolicy processes, SandboxPolicy files, StringBuilder text) {
        HostPath location = location(path);
        text.append(path);
        if (!location.equals(path)) {
            text.append(" -> ").append(location);
        }
        text.append('\n');
        Decision decision = processes.decide(location);
        text.append("  ").append(describe(decision)).append('\n');
        Decision forFiles = files.decide(location);
        if (forFiles.access() != decision.access()) {
            text.append("  file operations: ").append(describe(forFiles)).append('\n');
        }
    }

    private static String describe(Decision decision) {
        String access = switch (decision.access()) {
            case READ -> "read";
            case WRITE -> "read and write";
            case NONE -> "nothing";
        };
        return access + ": " + decision.explanation();
    }

    /** Where a path leads, as far as it exists: rules are about places, whatever links lead there. */
    private static HostPath location(HostPath path) {
        Path at = Path.of(path.toString());
        Path missing = Path.of("");
        while (true) {
            try {
                return HostPath.of(at.toRealPath().resolve(missing).toString()).normalized();
            } catch (IOException notThere) {
                Path name = at.getFileName();
                Path parent = at.getParent();
                if (name == null || parent == null) {
                    return path;
                }
                missing = name.resolve(missing);
                at = parent;
            }
        }
    }

    private static String network(SandboxPolicy policy) {
        return switch (policy.network()) {
            case RESTRICTED ->
                "none, and no sockets but pairs within the command; servers of this machine, Outpost included, are out of"
                        + " reach";
            case ENABLED ->
                "that of this machine; servers on it, Outpost included, can be reached from inside, and the port of"
                        + " Outpost is guarded by authentication only";
        };
    }

    private static String enforcement(SandboxPolicy policy, Here here) {
        if (!policy.restrictsFiles() && policy.network() == NetworkPolicy.ENABLED) {
            return "run without a sandbox, since nothing is restricted";
        }
        return switch (new BubblewrapDetection(here.variables().unicode("PATH")).result()) {
            case Usable(var bubblewrap) ->
                "held to this by " + bubblewrap.program() + " (namespaces, mounts) and a filter of system calls";
            case Unusable(String reason) -> "refused, because " + reason;
        };
    }
}
