package dev.outpost.cli.command;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.SandboxContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code outpost sandbox}: a command in the sandbox that a client's would run in, and what that allows. */
final class SandboxCommand implements ClientCommand {
    private static final String EXPLAIN = "explain";

    @Override
    public CommandSpec spec() {
        CommandSpec spec = ClientCommands.spec(
                "sandbox",
                "Run a command in a sandbox, or explain what one allows.",
                "Runs the command on this machine as the server runs a sandboxed one: what is not allowed the kernel"
                        + " refuses. If that can't be enforced here, nothing is run.",
                "",
                "Examples:",
                "  outpost sandbox -- make test",
                "  outpost sandbox --profile read-only -- ls -R",
                "  outpost sandbox --deny '**/.env' --network -- npm install",
                "  outpost sandbox explain src .git/config /etc/passwd",
                "",
                "Exit codes: as for exec; 125 also if the sandbox can't be enforced.");
        SandboxOptions.addTo(spec);
        spec.addOption(ClientCommands.flag("Give the command a terminal, as large as this one.", "-t", "--tty"));
        spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .type(String[].class)
                .paramLabel("CMD")
                .description("The program and its arguments, best behind --.")
                .build());
        spec.parser().stopAtPositional(true);
        spec.addSubcommand(EXPLAIN, explain());
        return spec;
    }

    private static CommandSpec explain() {
        CommandSpec spec = ClientCommands.spec(
                EXPLAIN,
                "Say what a sandbox allows and which rule decides.",
                "For each path what commands may do with it, and file operations if that differs; then what holds of the"
                        + " network, and what enforces all that on this machine. Runs nothing.",
                "",
                "Examples:",
                "  outpost sandbox explain src .git/config /etc/passwd",
                "  outpost sandbox explain --profile profile.json --cwd /srv/app /srv/app/.env",
                "",
                "Exit codes: 0 success, 2 wrong usage, 125 the profile is broken or makes no sense here.");
        SandboxOptions.addTo(spec);
        OpenFiles.addPaths(spec, "0..*", "PATH", "Absolute or relative to the working directory; need not exist.");
        return spec;
    }

    @Override
    public int run(ParseResult arguments, Here here) throws CommandFailure {
        try (OpenEnvironments environments = new EnvironmentsOption(null, true).open(here)) {
            Target target = environments.thisMachine();
            ParseResult explain = arguments.subcommand();
            if (explain != null) {
                return SandboxExplanation.print(explain, target, here);
            }
            List<String> argv = List.of(arguments.matchedPositionalValue(0, new String[0]));
            if (argv.isEmpty()) {
                throw new ParameterException(
                        arguments.commandSpec().commandLine(), "a command is needed, or " + EXPLAIN + " and paths");
            }
            return run(arguments, argv, target, here);
        }
    }

    private static int run(ParseResult arguments, List<String> argv, Target target, Here here) throws CommandFailure {
        SandboxContext sandbox = SandboxOptions.context(arguments, target);
        HostPath directory = SandboxOptions.cwd(arguments, target);
        boolean terminal = arguments.hasMatchedOption("-t");
        Map<String, String> variables = new LinkedHashMap<>();
        if (terminal) {
            ExecRequest.addTerminalType(variables, here);
        }
        AttachedProcess.endOnExit(target);
        return AttachedProcess.run(target, new AttachedProcess.Request(argv, directory, variables, terminal, sandbox));
    }
}
