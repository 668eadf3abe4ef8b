package dev.outpost.cli.command;

import dev.outpost.environment.Environment;
import dev.outpost.environment.EnvironmentException;
import dev.outpost.environment.EnvironmentManager;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is configured, for one run of a command. Closing it ends what runs there, and the connections. */
final class OpenEnvironments implements AutoCloseable {
    private static final Pattern URL = Pattern.compile("(wss?|unix)://.*", Pattern.DOTALL);

    private final EnvironmentManager manager;
    private final @Nullable String selected;
    private final Here here;

    OpenEnvironments(EnvironmentManager manager, @Nullable String selected, Here here) {
        this.manager = manager;
        this.selected = selected;
        this.here = here;
    }

    EnvironmentManager manager() {
        return manager;
    }

    /** This machine, whether it may be selected or not. */
    Target thisMachine() {
        return new Target(EnvironmentManager.LOCAL, manager.localEnvironment(), here);
    }

    /** The one that {@code -e} names, else the default one. */
    Target target() throws CommandFailure {
        String id = selected == null ? manager.defaultEnvironmentId() : selected;
        if (id == null) {
            throw new CommandFailure(
                    CommandFailure.OUTPOST,
                    "there is no default environment (`none` is configured); name one with -e: " + known());
        }
        return target(id);
    }

    /** The one with this id, or behind this URL. */
    Target target(String id) throws CommandFailure {
        if (URL.matcher(id).matches() && manager.environment(id) == null) {
            try {
                manager.upsertEnvironment(id, id);
            } catch (EnvironmentException invalid) {
                throw new CommandFailure(CommandFailure.OUTPOST, invalid.getMessage());
            }
        }
        Environment environment = manager.environment(id);
        if (environment == null) {
            throw new CommandFailure(
                    CommandFailure.OUTPOST,
                    "there is no environment `" + id + "`; give a URL (ws://, wss:// or unix://) or one of: "
                            + known());
        }
        return new Target(id, environment, here);
    }

    private String known() {
        return String.join(", ", manager.environmentIds());
    }

    @Override
    public void close() {
        manager.close();
    }
}
