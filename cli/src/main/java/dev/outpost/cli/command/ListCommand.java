package dev.outpost.cli.command;

import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.FileMetadata;
import dev.outpost.protocol.json.JsonOutput;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code outpost ls}. */
final class ListCommand implements ClientCommand {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = ClientCommands.spec(
                "ls",
                "List a directory.",
                "One name a line, sorted; directories end with a slash.",
                "",
                OpenFiles.LOCATIONS[0],
                OpenFiles.LOCATIONS[1],
                OpenFiles.LOCATIONS[2],
                "",
                "Examples:",
                "  outpost ls build-box:/srv",
                "  outpost ls -e ws://127.0.0.1:7777 --json /etc",
                "",
                "Exit codes: 0 success, 1 a path could not be listed, 2 wrong usage, 125 as for exec.");
        EnvironmentsOption.addTo(spec, "this machine");
        spec.addOption(
                ClientCommands.flag("Print an array of objects with the fields name, directory and file.", "--json"));
        OpenFiles.addPaths(spec, "0..1", "[ENV:]PATH", "A directory, or a file. Without it, where commands start.");
        return spec;
    }

    @Override
    public int run(ParseResult arguments, Here here) throws CommandFailure {
        List<String> paths = OpenFiles.paths(arguments);
        EnvironmentsOption option = EnvironmentsOption.of(arguments);
        try (OpenEnvironments environments = option.open(here)) {
            OpenFiles.Place place =
                    new OpenFiles(environments, option.id()).place(paths.isEmpty() ? "" : paths.getFirst());
            FileMetadata found = place.files().look(place.path());
            List<DirectoryEntry> entries = found.directory()
                    ? place.files().list(place.path())
                    : List.of(new DirectoryEntry(place.path().toString(), false, found.file()));
            Stdout.print(arguments.hasMatchedOption("--json") ? json(entries) : lines(entries));
            return 0;
        }
    }

    private static String lines(List<DirectoryEntry> entries) {
        StringBuilder lines = new StringBuilder();
        for (DirectoryEntry entry : entries) {
            lines.append(entry.name()).append(entry.directory() ? "/\n" : "\n");
        }
        return lines.toString();
    }

    private static String json(List<DirectoryEntry> entries) {
        JsonOutput json = new JsonOutput();
        json.raw("[");
        String separator = "";
        for (DirectoryEntry entry : entries) {
            json.raw(separator)
                    .raw("{\"name\":")
                    .string(entry.name())
                    .raw(",\"directory\":")
                    .bool(entry.directory())
                    .raw(",\"file\":")
                    .bool(entry.file())
                    .raw("}");
            separator = ",";
        }
        json.raw("]\n");
        return new String(json.array(), 0, json.size(), StandardCharsets.UTF_8);
    }
}
