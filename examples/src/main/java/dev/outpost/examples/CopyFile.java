package dev.outpost.examples;

import dev.outpost.environment.Environment;
import dev.outpost.environment.EnvironmentFactory;
import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.filesystem.FileContent;

/** Copies a file of this machine into a directory elsewhere and lists that: {@code CopyFile URL FILE DIRECTORY}. */
final class CopyFile {
    private CopyFile() {}

    public static void main(String[] args) throws Exception {
        // File operations take absolute paths without dots.
        HostPath source = HostPath.of(args[1]).normalized();
        HostPath directory = HostPath.of(args[2]).normalized();
        String name = args[1].substring(args[1].lastIndexOf('/') + 1);

        try (EnvironmentFactory factory = EnvironmentFactory.ofThisProcess();
                Environment here = factory.local();
                Environment there = factory.ofUrl(args[0])) {
            ExecutorFileSystem files = there.fileSystem();
            if (!exists(files, directory)) {
                files.createDirectory(directory, true, null);
            }
            // A whole file at once, 512 MiB at most. What was read has to be closed: it may be outside of the heap.
            try (FileContent content = here.fileSystem().readFile(source, null)) {
                files.writeFile(directory.resolve(HostPath.of(name)), content, null);
            }
            for (DirectoryEntry entry : files.readDirectory(directory, null)) {
                System.out.println(entry.name() + (entry.directory() ? "/" : ""));
            }
        }
    }

    private static boolean exists(ExecutorFileSystem files, HostPath path) throws ExecutorException {
        try {
            files.getMetadata(path, null);
            return true;
        } catch (ExecutorException failure) {
            if (failure.kind() == FailureKind.NOT_FOUND) {
                return false;
            }
            throw failure;
        }
    }
}
