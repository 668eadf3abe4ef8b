package dev.outpost.cli.command;

import dev.outpost.environment.EnvironmentManager;
import dev.outpost.executor.HostPath;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The files that a command line names, in whichever environments they are. */
final class OpenFiles {
    /** For the help of every command that takes files. */
    static final String[] LOCATIONS = {
        "ENV:PATH is a file of an environment (an id, or a URL up to the colon behind its host); relative paths begin in",
        "the home of the server's user. PATH without ENV is a file of this machine, or of the environment of -e. A file",
        "of this machine with a colon in its name is ./a:b.",
    };

    private final OpenEnvironments environments;
    private final String elsewhere;
    private final Map<String, EnvironmentFiles> files = new HashMap<>();

    /**
     * @param selected the environment of paths without one; null for this machine
     */
    OpenFiles(OpenEnvironments environments, @Nullable String selected) {
        this.environments = environments;
        this.elsewhere = selected == null ? EnvironmentManager.LOCAL : selected;
    }

    /** A file and where it is. */
    record Place(EnvironmentFiles files, HostPath path) {
        String name() {
            return files.name(path);
        }
    }

    Place place(String text) throws CommandFailure {
        Location location = Location.parse(text);
        String id = location.environment() == null ? elsewhere : location.environment();
        EnvironmentFiles found = files.get(id);
        if (found == null) {
            found = new EnvironmentFiles(
                    id.equals(EnvironmentManager.LOCAL) ? environments.thisMachine() : environments.target(id));
            files.put(id, found);
        }
        return new Place(found, found.resolve(location.path()));
    }

    static void addPaths(CommandSpec spec, String arity, String label, String description) {
        spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .arity(arity)
                .required(!arity.startsWith("0"))
                .type(String[].class)
                .paramLabel(label)
                .description(description)
                .build());
    }

    static List<String> paths(ParseResult arguments) {
        return List.of(arguments.matchedPositionalValue(0, new String[0]));
    }
}
