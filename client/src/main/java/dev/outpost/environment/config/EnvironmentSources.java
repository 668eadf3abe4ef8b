package dev.outpost.environment.config;

import dev.outpost.environment.EnvironmentException;
import dev.outpost.environment.EnvironmentFactory;
import dev.outpost.environment.EnvironmentManager;
import dev.outpost.environment.EnvironmentProvider;
import dev.outpost.local.env.ExecutorEnvironment;

/**
 * Which provider there is: the user's {@code environments.toml}, else {@code CODEX_EXEC_SERVER_URL}, else this machine
 * alone (spec E58).
 */
public final class EnvironmentSources {
    private final ExecutorEnvironment variables;

    /**
     * Reads nothing yet.
     *
     * @param variables of this process; read for the URL, for where files are, and for tokens
     */
    public EnvironmentSources(ExecutorEnvironment variables) {
        this.variables = variables;
    }

    /**
     * All environments of the user, for a program that embeds Outpost and has the user's variables. Reads a file; connects
     * to nothing.
     *
     * @throws EnvironmentException with the text for the user; the program must not go on without (spec E41)
     */
    public static EnvironmentManager open() throws EnvironmentException {
        return new EnvironmentSources(ExecutorEnvironment.ofThisProcess())
                .open(EnvironmentFactory.ofThisProcess(), false);
    }

    /**
     * All environments of the user (spec E19, E59).
     *
     * @param ignoreUserConfig whether only the variable counts
     * @param factory owned by the manager from now on, and closed if this fails
     * @throws EnvironmentException with the text for the user; the program must not go on without (spec E41)
     */
    public EnvironmentManager open(EnvironmentFactory factory, boolean ignoreUserConfig) throws EnvironmentException {
        return EnvironmentManager.create(
                factory, environments -> provider(ignoreUserConfig).snapshot(environments));
    }

    /**
     * The provider itself.
     *
     * @throws EnvironmentException if it can't be told whether there is a file
     */
    public EnvironmentProvider provider(boolean ignoreUserConfig) throws EnvironmentException {
        EnvironmentsFile file = ignoreUserConfig ? null : EnvironmentsFile.find(variables);
        return file == null
                ? new UrlVariableProvider(variables.unicode(UrlVariableProvider.VARIABLE))
                : new FileProvider(file, variables);
    }
}
