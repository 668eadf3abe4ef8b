package dev.outpost.local.filesystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.filesystem.FileContent;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the tests of this package do to the disk and expect of failures. */
final class Disk {
    private Disk() {}

    static HostPath host(Path path) {
        return HostPath.of(path.toString());
    }

    static byte[] read(ExecutorFileSystem fileSystem, Path path) throws ExecutorException {
        try (FileContent content = fileSystem.readFile(host(path), null)) {
            byte[] bytes = new byte[Math.toIntExact(content.size())];
            content.copy(0, bytes, 0, bytes.length);
            return bytes;
        }
    }

    static void fails(FailureKind kind, String message, ThrowingCallable operation) {
        ExecutorException failure = catchThrowableOfType(ExecutorException.class, operation);
        assertThat(failure).isNotNull().hasMessage(message);
        assertThat(failure.kind()).isEqualTo(kind);
    }

    /** Runs a command to its end; false if it can't be run or fails. */
    static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    static Path fifo(Path path) throws InterruptedException {
        assertThat(run("mkfifo", path.toString())).isTrue();
        return path;
    }

    /** A file that takes no room, whatever its size. */
    static Path sparse(Path path, long size) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(size);
        }
        return path;
    }
}
