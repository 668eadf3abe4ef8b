package dev.outpost.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.executor.filesystem.FileMetadata;
import dev.outpost.executor.process.EnvironmentPolicy;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.StartProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of an environment for the commands: of any size, because what is too large for one message goes through a
 * process, {@code cat}, whose stream holds as much as one likes.
 */
final class EnvironmentFiles {
    /** What a single message carries; more goes through a process. */
    static final int ONE_MESSAGE = 8 << 20;

    private static final int COPY_BUFFER = 256 * 1024;
    private static final HostPath ROOT = HostPath.of("/");

    private final Target target;
    private final ExecutorFileSystem files;

    EnvironmentFiles(Target target) {
        this.target = target;
        this.files = target.environment().fileSystem();
    }

    Target target() {
        return target;
    }

    HostPath resolve(String path) throws CommandFailure {
        return target.resolve(path);
    }

    /** What is there; null if nothing is. */
    @Nullable FileMetadata find(HostPath path) throws CommandFailure {
        try {
            return files.getMetadata(path, null);
        } catch (ExecutorException failure) {
            if (failure.kind() == FailureKind.NOT_FOUND) {
                return null;
            }
            throw failed(path, failure);
        }
    }

    FileMetadata look(HostPath path) throws CommandFailure {
        FileMetadata found = find(path);
        if (found == null) {
            throw new CommandFailure(CommandFailure.FAILED, name(path) + ": there is no such file or directory");
        }
        return found;
    }

    /** Sorted by name. */
    List<DirectoryEntry> list(HostPath path) throws CommandFailure {
        try {
            return files.readDirectory(path, null).stream()
                    .sorted(Comparator.comparing(DirectoryEntry::name))
                    .toList();
        } catch (ExecutorException failure) {
            throw failed(path, failure);
        }
    }

    void makeDirectory(HostPath path) throws CommandFailure {
        try {
            files.createDirectory(path, true, null);
        } catch (ExecutorException failure) {
            throw failed(path, failure);
        }
    }

    void remove(HostPath path, boolean recursive, boolean force) throws CommandFailure {
        FileMetadata found = recursive ? null : find(path);
        if (found != null && found.directory() && !found.symlink()) {
            throw new CommandFailure(CommandFailure.FAILED, name(path) + " is a directory; remove it with -r");
        }
        try {
            files.remove(path, recursive, force, null);
        } catch (ExecutorException failure) {
            throw failed(path, failure);
        }
    }

    void copyWithin(HostPath source, HostPath destination, boolean recursive) throws CommandFailure {
        try {
            files.copy(source, destination, recursive, null);
        } catch (ExecutorException failure) {
            throw failed(source, failure);
        }
    }

    /** Writes the whole content of a file, also of one that is none of the regular ones. */
    void copyTo(HostPath path, OutputStream sink) throws CommandFailure, IOException {
        FileMetadata found = look(path);
        if (found.directory()) {
            throw new CommandFailure(CommandFailure.FAILED, name(path) + " is a directory");
        }
        if (found.file() && found.size() >= 0 && found.size() <= ONE_MESSAGE) {
            copySmall(path, sink);
        } else {
            copyThroughProcess(path, sink);
        }
    }

    private void copySmall(HostPath path, OutputStream sink) throws CommandFailure, IOException {
        try (FileContent content = files.readFile(path, null)) {
            byte[] buffer = new byte[Math.clamp(content.size(), 1, COPY_BUFFER)];
            long at = 0;
            while (at < content.size()) {
                int count = content.copy(at, buffer, 0, buffer.length);
                sink.write(buffer, 0, count);
                at += count;
            }
        } catch (ExecutorException failure) {
            throw failed(path, failure);
        }
    }

    private void copyThroughProcess(HostPath path, OutputStream sink) throws CommandFailure, IOException {
        ExecProcess process = AttachedProcess.start(target, request(List.of("cat", "--", path.toString()), false));
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        finish(path, ProcessOutput.copy(process, sink, errors), errors);
    }

    /** A file that is created or overwritten by what is written until {@link NewFile#complete}. */
    NewFile create(HostPath path) {
        return new NewFile(path);
    }

    private static StartProcess request(List<String> argv, boolean pipeStdin) {
        return new StartProcess(
                AttachedProcess.newId(),
                argv,
                ROOT,
                EnvironmentPolicy.INHERIT_ALL,
                Map.of(),
                false,
                pipeStdin,
                null,
                null);
    }

    private void finish(HostPath path, int exitCode, ByteArrayOutputStream errors) throws CommandFailure {
        if (exitCode != 0) {
            String text = errors.toString(UTF_8).strip();
            throw new CommandFailure(
                    CommandFailure.FAILED, name(path) + ": " + (text.isEmpty() ? "cat ended with " + exitCode : text));
        }
    }

    /** As the user would name it. */
    String name(HostPath path) {
        return target.environment().isRemote() ? target.id() + ":" + path : path.toString();
    }

    private CommandFailure failed(HostPath path, ExecutorException failure) {
        return new CommandFailure(
                failure.kind() == FailureKind.UNAVAILABLE ? CommandFailure.OUTPOST : CommandFailure.FAILED,
                name(path) + ": " + failure.getMessage());
    }

    /**
     * Keeps what fits into one message until it is more, or all. Closed before it is complete, a small file is not
     * written at all, and a large one stays as far as it came.
     */
    final class NewFile extends OutputStream {
        private final HostPath path;
        private final ByteArrayOutputStream small = new ByteArrayOutputStream();
        private @Nullable Writer large;

        private NewFile(HostPath path) {
            this.path = path;
        }

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single});
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Writer writer = large;
            if (writer == null && small.size() + length <= ONE_MESSAGE) {
                small.write(bytes, offset, length);
                return;
            }
            if (writer == null) {
                writer = new Writer(path);
                large = writer;
                writer.write(small.toByteArray(), 0, small.size());
                small.reset();
            }
            writer.write(bytes, offset, length);
        }

        @Override
        public void close() {
            if (large != null) {
                large.abandon();
            }
        }

        /** Everything has been written; returns when it is in the file. */
        void complete() throws IOException {
            if (large != null) {
                large.finish();
                return;
            }
            try {
                files.writeFile(path, small.toByteArray(), null);
            } catch (ExecutorException failure) {
                throw new IOException(name(path) + ": " + failure.getMessage(), failure);
            }
        }
    }

    /** A process that writes a file. */
    private final class Writer {
        private final HostPath path;
        private final ExecProcess process;
        private final ProcessInput input;
        private boolean finished;

        Writer(HostPath path) throws IOException {
            this.path = path;
            try {
                ProcessInput.End end = AttachedProcess.endOfPipe(target);
                List<String> argv = List.of("sh", "-c", "exec cat > \"$1\"", "sh", path.toString());
                process = AttachedProcess.start(
                        target, request(end == ProcessInput.End.FEEDER ? ProcessInput.behindFeeder(argv) : argv, true));
                input = new ProcessInput(process, end);
            } catch (CommandFailure failure) {
                throw new IOException(failure.getMessage(), failure);
            }
        }

        void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                input.write(bytes, offset, length);
            } catch (ProcessInput.NobodyReads early) {
                finish();
                throw early;
            }
        }

        /** Ends it if it is not finished. */
        void abandon() {
            if (!finished) {
                var _ = process.terminate();
            }
        }

        void finish() throws IOException {
            finished = true;
            try {
                input.close();
            } catch (ProcessInput.NobodyReads early) {
                // The exit code and its words say why.
            }
            ByteArrayOutputStream errors = new ByteArrayOutputStream();
            try {
                EnvironmentFiles.this.finish(path, ProcessOutput.copy(process, errors, errors), errors);
            } catch (CommandFailure failure) {
                throw new IOException(failure.getMessage(), failure);
            }
        }
    }
}
