package dev.outpost.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.executor.filesystem.FileMetadata;
import dev.outpost.testkit.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A directory per test, what tests do in it, and what they expect of failures. */
abstract class FileSystemFixture {
    static final String NOT_FOUND = "No such file or directory (os error 2)";
    static final String NOT_A_DIRECTORY = "Not a directory (os error 20)";
    static final String IS_A_DIRECTORY = "Is a directory (os error 21)";
    static final String EXISTS = "File exists (os error 17)";
    static final String LOOP = "Symbolic link loop (os error 40)";
    static final String NAME_TOO_LONG = "Filename too long (os error 36)";
    static final String READ_ONLY = "Read-only file system (os error 30)";
    static final String BUSY = "Resource busy (os error 16)";
    static final String NOT_EMPTY = "Directory not empty (os error 39)";
    static final String INTO_ITSELF = "fs/copy cannot copy a directory to itself or one of its descendants";
    static final String NUL = "file name contained an unexpected NUL byte";

    /** This test's directory. */
    Path root = Path.of("");

    /** Threads of an executor that lives longer than a test; what ends them is a matter of the executor's own tests. */
    private static final List<String> POOLS = List.of("fs-", "decoder-", "sandbox-");

    private LeakCheck leaks = LeakCheck.before(POOLS);

    /** The file system under test; asked for once per call. */
    protected abstract ExecutorFileSystem fileSystem();

    /** What the file system under test can't, each with the reason. */
    protected Map<Ability, String> lacking() {
        return Map.of();
    }

    /** Leaves the test out, with the reason, if the file system under test lacks the ability. */
    final void requires(Ability ability) {
        ability.require(lacking());
    }

    @BeforeEach
    void enter(@TempDir(factory = SharedDirectory.class) Path directory) throws Exception {
        root = directory;
        leaks = LeakCheck.before(POOLS);
    }

    @AfterEach
    void nothingIsLeaked() {
        leaks.assertNoLeak();
    }

    HostPath path(String relative) {
        return HostPath.of(root + "/" + relative).normalized();
    }

    byte[] read(String relative) throws ExecutorException {
        return content(path(relative));
    }

    byte[] content(HostPath path) throws ExecutorException {
        try (FileContent content = fileSystem().readFile(path, null)) {
            byte[] bytes = new byte[Math.toIntExact(content.size())];
            assertThat(content.copy(0, bytes, 0, bytes.length)).isEqualTo(bytes.length);
            return bytes;
        }
    }

    void write(String relative) throws ExecutorException {
        fileSystem().writeFile(path(relative), bytes("x"), null);
    }

    void makeDirectory(String relative) throws ExecutorException {
        fileSystem().createDirectory(path(relative), false, null);
    }

    void makeDirectories(String relative) throws ExecutorException {
        fileSystem().createDirectory(path(relative), true, null);
    }

    FileMetadata metadata(String relative) throws ExecutorException {
        return fileSystem().getMetadata(path(relative), null);
    }

    void remove(String relative, boolean recursive, boolean force) throws ExecutorException {
        fileSystem().remove(path(relative), recursive, force, null);
    }

    void copy(String from, String to, boolean recursive) throws ExecutorException {
        fileSystem().copy(path(from), path(to), recursive, null);
    }

    String mode(String relative) throws IOException {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(root.resolve(relative), LinkOption.NOFOLLOW_LINKS));
    }

    void makeFifo(String relative) throws Exception {
        Process mkfifo = new ProcessBuilder("mkfifo", root.resolve(relative).toString())
                .inheritIO()
                .start();
        assertThat(mkfifo.waitFor()).isZero();
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static byte[] random(int size) {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        return data;
    }

    void fails(FailureKind kind, String message, ThrowingCallable operation) {
        ExecutorException failure = catchThrowableOfType(ExecutorException.class, operation);
        assertThat(failure).isNotNull();
        if (Ability.WORDS_ERRORS.isIn(lacking())) {
            assertThat(failure).hasMessage(message);
            assertThat(failure.kind()).isEqualTo(kind);
        } else {
            assertThat(failure.kind() == FailureKind.NOT_FOUND)
                    .as("not found: %s", failure.getMessage())
                    .isEqualTo(kind == FailureKind.NOT_FOUND);
        }
    }
}
