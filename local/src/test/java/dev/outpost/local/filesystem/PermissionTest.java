package dev.outpost.local.filesystem;

import static dev.outpost.local.filesystem.Disk.host;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.linux.Libc;
import dev.outpost.testkit.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an ordinary user may not. Run by the superuser, the operations under test are made with the identity of nobody
 * as far as files are concerned, which Linux lets a single thread have.
 */
class PermissionTest {
    private static final int NOBODY = 65534;
    private static final String DENIED = "Permission denied (os error 13)";

    private static final Libc.Function SETFSUID = Libc.function("setfsuid");
    private static final Libc.Function SETFSGID = Libc.function("setfsgid");

    private final LocalFileSystem fileSystem = new LocalFileSystem();
    private boolean superuser;

    @TempDir
    Path root;

    @BeforeEach
    void openRoot() throws Exception {
        superuser = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        mode(root, "rwxr-xr-x");
        // Classes are loaded by the identity of the moment, so every operation is made once before.
        HostPath missing = host(root.resolve("missing/x"));
        HostPath file = host(Files.writeString(root.resolve("warm"), ""));
        Disk.fails(
                FailureKind.NOT_FOUND,
                "No such file or directory (os error 2)",
                () -> fileSystem.readFile(missing, null));
        fileSystem.createDirectory(host(root.resolve("a/b/c")), true, null);
        fileSystem.copy(file, host(root.resolve("a/b/f")), true, null);
        fileSystem.copy(host(root.resolve("a")), host(root.resolve("e")), true, null);
        fileSystem.writeFile(file, new byte[0], null);
        fileSystem.readDirectory(host(root), null);
        fileSystem.readFile(file, null).close();
        fileSystem.getMetadata(file, null);
        for (String name : new String[] {"a", "e", "warm"}) {
            fileSystem.remove(host(root.resolve(name)), true, false, null);
        }
        refused("Is a directory (os error 21)", FailureKind.FAILED, () -> fileSystem.readFile(host(root), null));
    }

    @AfterEach
    void makeRemovable() throws Exception {
        try (Stream<Path> left = Files.walk(root)) {
            for (Path path : (Iterable<Path>) left::iterator) {
                if (Files.isDirectory(path)) {
                    mode(path, "rwxrwxrwx");
                }
            }
        }
    }

    @Test
    @Spec({"F5", "F9", "F10", "F12", "F13"})
    void closedFilesAndDirectories() throws Exception {
        Path file = mode(Files.writeString(root.resolve("f"), "kept"), "---------");
        Path directory = Files.createDirectory(root.resolve("d"));
        Files.writeString(directory.resolve("f"), "");
        mode(directory, "---------");
        refused(() -> fileSystem.readFile(host(file), null));
        refused(() -> fileSystem.writeFile(host(file), new byte[0], null));
        refused(() -> fileSystem.getMetadata(host(directory.resolve("f")), null));
        refused(() -> fileSystem.readDirectory(host(directory), null));
        allowed(() -> fileSystem.getMetadata(host(directory), null));
        mode(file, "rw-r--r--");
        assertThat(file).hasContent("kept");
    }

    @Test
    @Spec({"F5", "F10", "F11", "F14", "F15"})
    void directoryThatCantBeWritten() throws Exception {
        Path directory = Files.createDirectories(root.resolve("d"));
        Path file = mode(Files.writeString(directory.resolve("f"), ""), "rw-r--r--");
        Files.createDirectory(directory.resolve("empty"));
        mode(directory, "r-xr-xr-x");
        refused(() -> fileSystem.writeFile(host(directory.resolve("new")), new byte[0], null));
        refused(() -> fileSystem.createDirectory(host(directory.resolve("new")), false, null));
        refused(() -> fileSystem.createDirectory(host(directory.resolve("new/x")), true, null));
        refused(() -> fileSystem.remove(host(file), true, true, null));
        refused(() -> fileSystem.remove(host(directory.resolve("empty")), true, true, null));
        refused(() -> fileSystem.copy(host(file), host(directory.resolve("new")), false, null));
        refused(() -> fileSystem.copy(host(directory.resolve("empty")), host(directory.resolve("new")), true, null));
        allowed(() -> fileSystem.createDirectory(host(directory.resolve("empty")), true, null));
        assertThat(directory).isDirectoryNotContaining("glob:**/new");
        assertThat(file).exists();
    }

    @Test
    @Spec("F13")
    void entriesOfADirectoryThatCantBeSearchedAreLeftOut() throws Exception {
        Path directory = Files.createDirectory(root.resolve("d"));
        Files.writeString(directory.resolve("f"), "");
        mode(directory, "r--r--r--");
        allowed(() ->
                assertThat(fileSystem.readDirectory(host(directory), null)).isEmpty());
    }

    @Test
    @Spec("F15")
    void copiesIntoADirectoryThatCantBeListed() throws Exception {
        Path source = root.resolve("s");
        Files.createDirectories(source.resolve("sub"));
        Path target = Files.createDirectory(root.resolve("t"));
        Files.writeString(source.resolve("sub/f"), "x");
        mode(target, "-wx-wx-wx");
        allowed(() -> fileSystem.copy(host(source), host(target), true, null));
        mode(target, "rwxrwxrwx");
        assertThat(target.resolve("sub/f")).hasContent("x");
    }

    @Test
    @Spec({"F5", "F14"})
    void othersFilesInAStickyDirectory() throws Exception {
        assumeTrue(superuser, "not tested: EPERM from a sticky directory needs files of two users, so the superuser");
        Files.writeString(root.resolve("f"), "");
        assertThat(Disk.run("chmod", "1777", root.toString())).isTrue();
        refused(
                "Operation not permitted (os error 1)",
                FailureKind.REJECTED,
                () -> fileSystem.remove(host(root.resolve("f")), true, true, null));
        assertThat(root.resolve("f")).exists();
    }

    private void refused(ThrowingCallable operation) {
        refused(DENIED, FailureKind.REJECTED, operation);
    }

    private void refused(String message, FailureKind kind, ThrowingCallable operation) {
        Disk.fails(kind, message, asOrdinaryUser(operation));
    }

    private void allowed(ThrowingCallable operation) {
        assertThatCode(asOrdinaryUser(operation)).doesNotThrowAnyException();
    }

    private ThrowingCallable asOrdinaryUser(ThrowingCallable operation) {
        return () -> {
            if (superuser) {
                SETFSGID.callOrErrno(NOBODY);
                SETFSUID.callOrErrno(NOBODY);
            }
            try {
                // An impossible identity is refused, and the answer is the present one.
                assumeTrue(
                        !superuser || SETFSUID.callOrErrno(-1) == NOBODY,
                        "not tested: what an ordinary user may not, because this superuser can't become another");
                operation.call();
            } finally {
                if (superuser) {
                    SETFSUID.callOrErrno(0);
                    SETFSGID.callOrErrno(0);
                }
            }
        };
    }

    private static Path mode(Path path, String mode) throws IOException {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
