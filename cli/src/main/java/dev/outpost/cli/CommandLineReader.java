package dev.outpost.cli;

import dev.outpost.cli.command.ClientCommands;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Reads command lines with picocli, whose model is built by hand: reading annotations takes 50 ms longer. {@link
 * ShortcutReader} answers the common case without picocli.
 */
final class CommandLineReader {
    private static final String EXEC_SERVER = "exec-server";
    private static final int HELP_WIDTH = 100;

    private CommandLineReader() {}

    /** Never fails: a command line that makes no sense is {@link Invocation.Misuse}. */
    static Invocation read(String... args) {
        CommandLine root = root();
        try {
            ParseResult result = root.parseArgs(args);
            List<CommandLine> commands = result.asCommandLineList();
            CommandLine last = commands.getLast();
            if (last.isUsageHelpRequested()) {
                return new Invocation.Answer(last.getUsageMessage());
            }
            if (result.isVersionHelpRequested()) {
                return new Invocation.Answer(Version.line() + "\n" + StartUpCache.line() + "\n");
            }
            ParseResult command = result.subcommand();
            if (command == null) {
                return new Invocation.Misuse(root.getUsageMessage());
            }
            if (!command.commandSpec().name().equals(EXEC_SERVER)) {
                return new Invocation.Client(() -> ClientCommands.run(command, HostEnvironment.here()));
            }
            return new Invocation.ExecServer(ExecServerOptions.of(values(command)));
        } catch (ParameterException misuse) {
            String command = misuse.getCommandLine().getCommandSpec().qualifiedName();
            return misuse(String.valueOf(misuse.getMessage()), command);
        } catch (InvalidOption invalid) {
            return misuse(invalid.getMessage(), "outpost exec-server");
        }
    }

    private static Invocation misuse(String message, String command) {
        return new Invocation.Misuse("Error: " + message + "\n\nTry '" + command + " --help' for more information.\n");
    }

    private static Map<ExecServerFlag, List<String>> values(ParseResult result) {
        Map<ExecServerFlag, List<String>> values = new EnumMap<>(ExecServerFlag.class);
        for (ExecServerFlag flag : ExecServerFlag.values()) {
            OptionSpec option = result.matchedOption(flag.option());
            if (option != null) {
                values.put(flag, flag.label() == null ? List.of("") : option.originalStringValues());
            }
        }
        return values;
    }

    private static CommandLine root() {
        CommandSpec root = CommandSpec.create()
                .name("outpost")
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help and exit.")
                        .build())
                .addOption(OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("Print the version and exit.")
                        .build())
                .addSubcommand(EXEC_SERVER, execServer());
        ClientCommands.specs().forEach(root::addSubcommand);
        root.usageMessage()
                .width(HELP_WIDTH)
                .synopsisSubcommandLabel("COMMAND")
                .description("", "Remote hands for coding agents: runs commands and edits files where the code is.")
                .optionListHeading("%nOptions:%n")
                .commandListHeading("%nCommands:%n")
                .footer(
                        "",
                        "Examples:",
                        "  outpost serve                    listen on a free port of this machine, print the URL",
                        "  outpost serve --help             all options of the server",
                        "  outpost exec -e ws://127.0.0.1:7777 -- uname -a",
                        "  outpost shell -e build-box",
                        "",
                        "Exit codes: 0 success, 1 the server could not start, 2 wrong usage; for the other commands see",
                        "their --help.");
        return new CommandLine(root).setExpandAtFiles(false);
    }

    private static CommandSpec execServer() {
        CommandSpec command = CommandSpec.create().name(EXEC_SERVER).aliases("serve");
        for (ExecServerFlag flag : ExecServerFlag.values()) {
            command.addOption(option(flag));
        }
        command.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help and exit.")
                .build());
        command.usageMessage()
                .header("Run the server.")
                .width(HELP_WIDTH)
                .sortOptions(false)
                .description(
                        "",
                        "Serves the exec-server protocol of Codex: a client starts processes and works on files with the"
                                + " rights of the user who runs this. Prints the URL to connect to as the only line on"
                                + " stdout; logs go to stderr. Ends on SIGTERM and SIGINT, and with stdio at the end of"
                                + " stdin; the processes end with it.")
                .optionListHeading("%nOptions:%n")
                .footer(
                        "",
                        "Examples:",
                        "  outpost serve",
                        "      listen on a free port of this machine; then, for the client:",
                        "      CODEX_EXEC_SERVER_URL=ws://127.0.0.1:PORT codex",
                        "  outpost serve --listen ws://127.0.0.1:7777 --session-ttl 10m",
                        "      a fixed port; clients may stay away for ten minutes",
                        "  outpost serve --listen unix:///run/user/1000/outpost.sock",
                        "      only for yourself: the socket has mode 0600",
                        "  outpost exec-server --listen stdio",
                        "      for a client that starts its server itself, also through ssh",
                        "",
                        "Exit codes: 0 the client closed stdin (stdio), 1 the server could not start, 2 wrong usage,",
                        "130 SIGINT, 143 SIGTERM.");
        return command;
    }

    private static OptionSpec option(ExecServerFlag flag) {
        OptionSpec.Builder option = OptionSpec.builder(flag.option()).description(flag.description());
        String label = flag.label();
        if (label == null) {
            return option.arity("0").type(boolean.class).build();
        }
        return option.arity("1")
                .paramLabel(label)
                .type(flag.isRepeatable() ? String[].class : String.class)
                .build();
    }
}
