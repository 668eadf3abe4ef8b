package dev.outpost.cli.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code outpost exec}: one command in an environment. */
final class ExecCommand implements ClientCommand {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = ClientCommands.spec(
                "exec",
                "Run a command in an environment.",
                "Runs the command as it is given, without a shell, with stdin, stdout and stderr passed through"
                        + " unchanged. Ctrl-C interrupts the command, a second one ends it.",
                "",
                "Examples:",
                "  outpost exec -e build-box -- make -j8",
                "  outpost exec -e build-box --cwd /srv/app -- git status",
                "  outpost exec -e ws://127.0.0.1:7777 -- sha256sum < image.iso",
                "  outpost exec -e build-box -- tar c src | tar x",
                "  outpost exec -t -- vim notes.txt",
                "",
                "Exit codes: the command's own; 128+n if signal n ended it; 2 wrong usage; 125 Outpost failed (broken",
                "configuration, environment out of reach); 126 the command can't be executed; 127 there is no such",
                "command; 255 the connection was lost while it ran.");
        EnvironmentsOption.addTo(spec, "the default environment");
        spec.addOption(OptionSpec.builder("--cwd")
                .arity("1")
                .type(String.class)
                .paramLabel("DIR")
                .description("Where the command starts. Without it: in a local environment the current directory, in"
                        + " others the home of the server's user.")
                .build());
        spec.addOption(OptionSpec.builder("--env")
                .arity("1")
                .type(String[].class)
                .paramLabel("NAME=VALUE")
                .description("A variable for the command, over those of the server; repeatable.")
                .build());
        spec.addOption(ClientCommands.flag("Give the command a terminal, as large as this one.", "-t", "--tty"));
        spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .arity("1..*")
                .required(true)
                .type(String[].class)
                .paramLabel("CMD")
                .description("The program and its arguments, best behind --.")
                .build());
        spec.parser().stopAtPositional(true);
        return spec;
    }

    @Override
    public int run(ParseResult arguments, Here here) {
        return request(arguments).run(here);
    }

    static ExecRequest request(ParseResult arguments) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String assignment : arguments.matchedOptionValue("--env", new String[0])) {
            if (!ExecRequest.assign(assignment, variables)) {
                throw new ParameterException(
                        arguments.commandSpec().commandLine(),
                        "invalid value '" + assignment + "' for --env: expected NAME=VALUE");
            }
        }
        return new ExecRequest(
                EnvironmentsOption.of(arguments),
                arguments.matchedOptionValue("--cwd", (String) null),
                variables,
                arguments.hasMatchedOption("-t"),
                List.of(arguments.matchedPositionalValue(0, new String[0])));
    }
}
