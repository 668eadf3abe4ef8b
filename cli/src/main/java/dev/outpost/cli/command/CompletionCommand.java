package dev.outpost.cli.command;

import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code outpost completion}. */
final class CompletionCommand implements ClientCommand {
    private static final List<String> SHELLS = List.of("bash", "zsh");

    @Override
    public CommandSpec spec() {
        CommandSpec spec = ClientCommands.spec(
                "completion",
                "Print a script with which a shell completes command lines.",
                "One script serves both shells.",
                "",
                "Examples:",
                "  source <(outpost completion bash)",
                "  outpost completion zsh >> ~/.zshrc",
                "",
                "Exit codes: 0 success, 2 wrong usage.");
        OpenFiles.addPaths(spec, "1", "bash|zsh", "The shell.");
        return spec;
    }

    @Override
    public int run(ParseResult arguments, Here here) throws CommandFailure {
        if (!SHELLS.contains(OpenFiles.paths(arguments).getFirst())) {
            throw new ParameterException(
                    arguments.commandSpec().commandLine(),
                    "there is no completion for `" + OpenFiles.paths(arguments).getFirst()
                            + "`; bash or zsh is needed");
        }
        CommandSpec root = arguments.commandSpec().root();
        Stdout.print(AutoComplete.bash(root.name(), root.commandLine()));
        return 0;
    }
}
