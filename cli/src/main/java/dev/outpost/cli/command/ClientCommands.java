package dev.outpost.cli.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** All commands of a person. */
public final class ClientCommands {
    private static final int HELP_WIDTH = 100;
    private static final int WRONG_USAGE = 2;
    private static final List<ClientCommand> COMMANDS = List.of(
            new ExecCommand(),
            new ShellCommand(),
            new ListCommand(),
            new CatCommand(),
            new CopyCommand(),
            new RemoveCommand(),
            new EnvironmentCommand(),
            new SandboxCommand(),
            new CompletionCommand());

    private ClientCommands() {}

    /** What they take, by their names. */
    public static Map<String, CommandSpec> specs() {
        Map<String, CommandSpec> specs = new LinkedHashMap<>();
        for (ClientCommand command : COMMANDS) {
            CommandSpec spec = command.spec();
            specs.put(spec.name(), spec);
        }
        return specs;
    }

    /**
     * Does what the command line asks for; failures are told on stderr. Blocks.
     *
     * @param arguments of one of these commands
     * @return the exit code
     */
    public static int run(ParseResult arguments, Here here) {
        String name = arguments.commandSpec().name();
        for (ClientCommand command : COMMANDS) {
            if (command.spec().name().equals(name)) {
                return run(command, arguments, here);
            }
        }
        throw new IllegalArgumentException("no command " + name);
    }

    private static int run(ClientCommand command, ParseResult arguments, Here here) {
        try {
            return command.run(arguments, here);
        } catch (ParameterException misuse) {
            System.err.println("Error: " + misuse.getMessage() + "\n\nTry '"
                    + arguments.commandSpec().qualifiedName() + " --help' for more information.");
            return WRONG_USAGE;
        } catch (CommandFailure failure) {
            return failure.report();
        }
    }

    /** A command with what all have. */
    static CommandSpec spec(String name, String header, String description, String... footer) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help and exit.")
                .build());
        UsageMessageSpec usage = spec.usageMessage();
        usage.header(header)
                .width(HELP_WIDTH)
                .sortOptions(false)
                .description("", description)
                .parameterListHeading("%nParameters:%n")
                .optionListHeading("%nOptions:%n")
                .commandListHeading("%nCommands:%n")
                .footer(footer);
        return spec;
    }

    /** A switch. */
    static OptionSpec flag(String description, String... names) {
        return OptionSpec.builder(names)
                .arity("0")
                .type(boolean.class)
                .description(description)
                .build();
    }
}
