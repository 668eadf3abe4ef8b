package dev.outpost.cli.command;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code outpost rm}. */
final class RemoveCommand implements ClientCommand {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = ClientCommands.spec(
                "rm",
                "Remove files.",
                "Links are removed, not followed. Stops at the first path that can't be removed.",
                "",
                OpenFiles.LOCATIONS[0],
                OpenFiles.LOCATIONS[1],
                OpenFiles.LOCATIONS[2],
                "",
                "Examples:",
                "  outpost rm build-box:/tmp/core",
                "  outpost rm -r -f build-box:target",
                "",
                "Exit codes: 0 success, 1 a path could not be removed, 2 wrong usage, 125 as for exec.");
        EnvironmentsOption.addTo(spec, "this machine");
        spec.addOption(ClientCommands.flag("Remove directories with everything in them.", "-r", "--recursive"));
        spec.addOption(ClientCommands.flag("Forgive that there is nothing to remove.", "-f", "--force"));
        OpenFiles.addPaths(spec, "1..*", "[ENV:]PATH", "What to remove.");
        return spec;
    }

    @Override
    public int run(ParseResult arguments, Here here) throws CommandFailure {
        EnvironmentsOption option = EnvironmentsOption.of(arguments);
        try (OpenEnvironments environments = option.open(here)) {
            OpenFiles files = new OpenFiles(environments, option.id());
            for (String path : OpenFiles.paths(arguments)) {
                OpenFiles.Place place = files.place(path);
                if (Location.parse(path).path().isEmpty()) {
                    throw new CommandFailure(
                            CommandFailure.FAILED, "refusing to remove `" + path + "`: it names no path");
                }
                place.files().remove(place.path(), arguments.hasMatchedOption("-r"), arguments.hasMatchedOption("-f"));
            }
            return 0;
        }
    }
}
