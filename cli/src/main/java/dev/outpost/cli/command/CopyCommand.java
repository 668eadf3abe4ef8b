package dev.outpost.cli.command;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.FileMetadata;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code outpost cp}. */
final class CopyCommand implements ClientCommand {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = ClientCommands.spec(
                "cp",
                "Copy files between environments.",
                "The last path is the destination: a directory that is there gets the sources under their own names. Files"
                        + " of any size are copied; modes and times are those of new files. Inside one environment the"
                        + " server copies.",
                "",
                OpenFiles.LOCATIONS[0],
                OpenFiles.LOCATIONS[1],
                OpenFiles.LOCATIONS[2],
                "",
                "Examples:",
                "  outpost cp image.iso build-box:/tmp/",
                "  outpost cp -r build-box:/srv/app/logs .",
                "  outpost cp build-box:core test-box:core",
                "",
                "Exit codes: 0 success, 1 something could not be copied, 2 wrong usage, 125 as for exec.");
        EnvironmentsOption.addTo(spec, "this machine");
        spec.addOption(ClientCommands.flag(
                "Copy directories with everything in them. Links to files become files; links to directories are left"
                        + " out and named.",
                "-r",
                "--recursive"));
        OpenFiles.addPaths(spec, "2..*", "[ENV:]PATH", "What to copy, and at last where to.");
        return spec;
    }

    @Override
    public int run(ParseResult arguments, Here here) throws CommandFailure {
        List<String> paths = OpenFiles.paths(arguments);
        if (paths.size() < 2) {
            throw new ParameterException(
                    arguments.commandSpec().commandLine(), "a source and a destination are needed");
        }
        boolean recursive = arguments.hasMatchedOption("-r");
        EnvironmentsOption option = EnvironmentsOption.of(arguments);
        try (OpenEnvironments environments = option.open(here)) {
            OpenFiles files = new OpenFiles(environments, option.id());
            OpenFiles.Place destination = files.place(paths.getLast());
            FileMetadata there = destination.files().find(destination.path());
            boolean into = there != null && there.directory();
            if (!into && paths.size() > 2) {
                throw new CommandFailure(CommandFailure.FAILED, destination.name() + " is no directory");
            }
            Copying copying = new Copying(new Progress());
            for (String path : paths.subList(0, paths.size() - 1)) {
                OpenFiles.Place source = files.place(path);
                copying.copy(source, into ? below(destination, lastName(source.path())) : destination, recursive);
            }
            return copying.complete ? 0 : CommandFailure.FAILED;
        }
    }

    private static OpenFiles.Place below(OpenFiles.Place directory, HostPath name) {
        return new OpenFiles.Place(
                directory.files(), directory.path().resolve(name).normalized());
    }

    private static HostPath lastName(HostPath path) {
        byte[] bytes = path.toBytes();
        int start = bytes.length;
        while (start > 0 && bytes[start - 1] != '/') {
            start--;
        }
        return HostPath.ofBytes(Arrays.copyOfRange(bytes, start, bytes.length));
    }

    /** One run of the command. */
    private static final class Copying {
        private final Progress progress;
        private boolean complete = true;

        Copying(Progress progress) {
            this.progress = progress;
        }

        void copy(OpenFiles.Place source, OpenFiles.Place destination, boolean recursive) throws CommandFailure {
            FileMetadata found = source.files().look(source.path());
            if (found.directory() && !recursive) {
                throw new CommandFailure(CommandFailure.FAILED, source.name() + " is a directory; copy it with -r");
            }
            if (source.files() == destination.files()) {
                source.files().copyWithin(source.path(), destination.path(), found.directory());
            } else if (found.directory()) {
                tree(source, destination);
            } else {
                file(source, destination, found.size());
            }
        }

        private void tree(OpenFiles.Place source, OpenFiles.Place destination) throws CommandFailure {
            destination.files().makeDirectory(destination.path());
            for (DirectoryEntry entry : source.files().list(source.path())) {
                HostPath name = HostPath.of(entry.name());
                OpenFiles.Place child = below(source, name);
                if (entry.directory()) {
                    // What leads to a directory may lead back to where we are.
                    if (source.files().look(child.path()).symlink()) {
                        leaveOut(child, "is a link to a directory");
                    } else {
                        tree(child, below(destination, name));
                    }
                } else if (entry.file()) {
                    file(
                            child,
                            below(destination, name),
                            source.files().look(child.path()).size());
                } else {
                    leaveOut(child, "is no regular file");
                }
            }
        }

        private void leaveOut(OpenFiles.Place place, String why) {
            complete = false;
            System.err.println("Error: " + place.name() + " " + why + " and was left out");
        }

        private void file(OpenFiles.Place source, OpenFiles.Place destination, long size) throws CommandFailure {
            try (EnvironmentFiles.NewFile file = destination.files().create(destination.path());
                    OutputStream counted = progress.counting(source.name(), size, file)) {
                source.files().copyTo(source.path(), counted);
                file.complete();
            } catch (IOException failure) {
                throw new CommandFailure(CommandFailure.FAILED, String.valueOf(failure.getMessage()));
            }
        }
    }
}
