package dev.outpost.cli.command;

import java.io.IOException;
import java.io.OutputStream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code outpost cat}. */
final class CatCommand implements ClientCommand {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = ClientCommands.spec(
                "cat",
                "Print files.",
                "Writes the files one after the other to stdout, unchanged. Those of more than 8 MiB are read by a cat of"
                        + " the environment.",
                "",
                OpenFiles.LOCATIONS[0],
                OpenFiles.LOCATIONS[1],
                OpenFiles.LOCATIONS[2],
                "",
                "Examples:",
                "  outpost cat build-box:/var/log/syslog",
                "  outpost cat build-box:part-1 build-box:part-2 > whole",
                "",
                "Exit codes: 0 success, 1 a file could not be read, 2 wrong usage, 125 as for exec.");
        EnvironmentsOption.addTo(spec, "this machine");
        OpenFiles.addPaths(spec, "1..*", "[ENV:]PATH", "A file.");
        return spec;
    }

    @Override
    public int run(ParseResult arguments, Here here) throws CommandFailure {
        EnvironmentsOption option = EnvironmentsOption.of(arguments);
        try (OpenEnvironments environments = option.open(here)) {
            OpenFiles files = new OpenFiles(environments, option.id());
            OutputStream stdout = Stdout.open();
            for (String path : OpenFiles.paths(arguments)) {
                OpenFiles.Place place = files.place(path);
                place.files().copyTo(place.path(), stdout);
            }
            return 0;
        } catch (IOException nobodyReads) {
            throw new CommandFailure(
                    CommandFailure.FAILED, "the output could not be written: " + nobodyReads.getMessage());
        }
    }
}
