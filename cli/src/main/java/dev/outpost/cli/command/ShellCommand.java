package dev.outpost.cli.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code outpost shell}: the shell of an environment, on this terminal. */
final class ShellCommand implements ClientCommand {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = ClientCommands.spec(
                "shell",
                "Run the shell of an environment.",
                "The same as exec -t with the shell of the server's user. If stdin is not a terminal, the shell gets none"
                        + " either and reads its commands from there.",
                "",
                "Examples:",
                "  outpost shell -e build-box",
                "  outpost shell -e build-box < script.sh",
                "",
                "Exit codes: as for exec.");
        EnvironmentsOption.addTo(spec, "the default environment");
        return spec;
    }

    @Override
    public int run(ParseResult arguments, Here here) throws CommandFailure {
        try (OpenEnvironments environments = EnvironmentsOption.of(arguments).open(here)) {
            Target target = environments.target();
            AttachedProcess.endOnExit(target);
            boolean terminal = UserTerminal.isInput();
            Map<String, String> variables = new LinkedHashMap<>();
            if (terminal) {
                ExecRequest.addTerminalType(variables, here);
            }
            return AttachedProcess.run(
                    target,
                    new AttachedProcess.Request(
                            List.of(target.shell().toString()), target.directory(), variables, terminal));
        }
    }
}
