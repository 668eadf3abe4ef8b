package dev.outpost.cli.command;

import dev.outpost.client.ClientOptions;
import dev.outpost.environment.EnvironmentException;
import dev.outpost.environment.EnvironmentFactory;
import dev.outpost.environment.EnvironmentManager;
import dev.outpost.environment.config.EnvironmentSources;
import dev.outpost.local.sandbox.SandboxMode;
import dev.outpost.transport.websocket.ProxySettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options with which every command finds its environment, and the one place where a command gets an {@link
 * EnvironmentManager}: what the user has configured counts for all of them alike.
 *
 * @param id the value of {@code -e}: an id or a URL; null for the default
 * @param ignoreUserConfig whether only the variable counts
 */
record EnvironmentsOption(@Nullable String id, boolean ignoreUserConfig) {
    static final String IGNORE = "--ignore-user-config";

    /**
     * Adds the options to a command.
     *
     * @param otherwise where it works without the option
     */
    static void addTo(CommandSpec command, String otherwise) {
        command.addOption(OptionSpec.builder("-e", "--environment")
                .arity("1")
                .type(String.class)
                .paramLabel("ENV")
                .description("Where: an id of environments.toml, 'local', or a URL (ws://, wss:// or unix://)."
                        + " Without it, " + otherwise + ".")
                .build());
        addIgnoreTo(command);
    }

    /** Adds the one that leaves the file out. */
    static void addIgnoreTo(CommandSpec command) {
        command.addOption(
                ClientCommands.flag("Don't read environments.toml; only CODEX_EXEC_SERVER_URL counts.", IGNORE));
    }

    static EnvironmentsOption of(ParseResult arguments) {
        String id = arguments.commandSpec().findOption("-e") == null
                ? null
                : arguments.matchedOptionValue("-e", (String) null);
        return new EnvironmentsOption(
                id, arguments.commandSpec().findOption(IGNORE) != null && arguments.hasMatchedOption(IGNORE));
    }

    /**
     * Reads what is configured; connects to nothing.
     *
     * @throws CommandFailure if what is configured is broken, with a text that is the same for every command
     */
    OpenEnvironments open(Here here) throws CommandFailure {
        try {
            EnvironmentFactory factory = new EnvironmentFactory(
                    here.variables(),
                    ProxySettings.fromVariables(here.variables()::text),
                    ClientOptions.DEFAULT,
                    null,
                    SandboxMode.ENFORCE);
            EnvironmentManager manager = new EnvironmentSources(here.variables()).open(factory, ignoreUserConfig);
            return new OpenEnvironments(manager, id, here);
        } catch (EnvironmentException broken) {
            throw new CommandFailure(
                    CommandFailure.OUTPOST, broken.getMessage() + " (" + IGNORE + " goes on without the file)");
        }
    }
}
