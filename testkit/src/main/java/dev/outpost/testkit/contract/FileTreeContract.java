package dev.outpost.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.FailureKind;
import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.testkit.Spec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Directories, removing and copying (spec F11, F13–F16): the second half of {@link ExecutorFileSystemContract}. */
abstract class FileTreeContract extends FileSystemFixture {
    @Test
    @Spec({"F7", "F11"})
    void createsDirectoriesWithParents() throws Exception {
        Files.createSymbolicLink(root.resolve("l"), Path.of("a/b"));
        makeDirectories("a/b/c/d");
        makeDirectories("a/b/c/d");
        makeDirectories("l/e/f");
        makeDirectories("l");
        makeDirectories("");
        assertThat(root.resolve("a/b/c/d")).isDirectory();
        assertThat(root.resolve("a/b/e/f")).isDirectory();
        Path reference = Files.createDirectory(
                root.resolve("reference"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwxrwx")));
        assertThat(mode("a")).isEqualTo(mode(reference.getFileName().toString()));
    }

    @Test
    @Spec({"F7", "F11"})
    void recursiveCreateDirectoryFailures() throws Exception {
        Files.writeString(root.resolve("f"), "");
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("nowhere"));
        fails(FailureKind.FAILED, EXISTS, () -> makeDirectories("f"));
        fails(FailureKind.FAILED, EXISTS, () -> makeDirectories("dangling"));
        fails(FailureKind.FAILED, EXISTS, () -> makeDirectories("dangling/x/y"));
        fails(FailureKind.FAILED, NOT_A_DIRECTORY, () -> makeDirectories("f/x"));
        fails(FailureKind.FAILED, NOT_A_DIRECTORY, () -> makeDirectories("f/x/y"));
        assertThat(root.resolve("nowhere")).doesNotExist();
    }

    @Test
    @Spec({"F4", "F7", "F11"})
    void createsOneDirectory() throws Exception {
        fails(FailureKind.NOT_FOUND, NOT_FOUND, () -> makeDirectory("a/b"));
        makeDirectory("a");
        makeDirectory("a/b");
        assertThat(root.resolve("a/b")).isDirectory();
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("nowhere"));
        fails(FailureKind.FAILED, EXISTS, () -> makeDirectory("a"));
        fails(FailureKind.FAILED, EXISTS, () -> makeDirectory("dangling"));
    }

    @Test
    @Spec({"F4", "F7", "F13"})
    void listsWhatLeadsSomewhere() throws Exception {
        Files.createDirectories(root.resolve("d/sub/deeper"));
        Files.writeString(root.resolve("d/.hidden"), "");
        Files.createSymbolicLink(root.resolve("d/file-link"), Path.of(".hidden"));
        Files.createSymbolicLink(root.resolve("d/directory-link"), Path.of("sub"));
        Files.createSymbolicLink(root.resolve("d/dangling"), Path.of("nowhere"));
        Files.createSymbolicLink(root.resolve("d/loop"), Path.of("loop"));
        makeFifo("d/pipe");
        Files.createSymbolicLink(root.resolve("l"), Path.of("d"));
        assertThat(fileSystem().readDirectory(path("l"), null))
                .containsExactlyInAnyOrder(
                        new DirectoryEntry("sub", true, false),
                        new DirectoryEntry(".hidden", false, true),
                        new DirectoryEntry("file-link", false, true),
                        new DirectoryEntry("directory-link", true, false),
                        new DirectoryEntry("pipe", false, false));
        assertThat(fileSystem().readDirectory(path("d/sub/deeper"), null)).isEmpty();
        fails(FailureKind.NOT_FOUND, NOT_FOUND, () -> fileSystem().readDirectory(path("missing"), null));
        fails(FailureKind.FAILED, NOT_A_DIRECTORY, () -> fileSystem().readDirectory(path("d/.hidden"), null));
    }

    @Test
    @Spec({"F4", "F7", "F14"})
    void removesFilesAndDirectories() throws Exception {
        Files.createDirectories(root.resolve("d/e"));
        Files.writeString(root.resolve("d/e/f"), "");
        Files.writeString(root.resolve("f"), "");
        fails(FailureKind.FAILED, NOT_EMPTY, () -> remove("d", false, true));
        fails(FailureKind.FAILED, NOT_A_DIRECTORY, () -> remove("f/x", true, true));
        remove("f", false, false);
        Files.createDirectory(root.resolve("empty"));
        remove("empty", false, false);
        remove("d", true, false);
        assertThat(root).isEmptyDirectory();
        remove("d", true, true);
        remove("d/e/f", false, true);
        fails(FailureKind.NOT_FOUND, NOT_FOUND, () -> remove("d", true, false));
    }

    @Test
    @Spec("F14")
    void removeFollowsNoLink() throws Exception {
        Files.createDirectories(root.resolve("kept"));
        Files.writeString(root.resolve("kept/f"), "");
        Files.createDirectory(root.resolve("d"));
        Files.createSymbolicLink(root.resolve("d/l"), root.resolve("kept"));
        Files.createSymbolicLink(root.resolve("l"), Path.of("kept"));
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("nowhere"));
        makeFifo("d/p");
        remove("d", true, false);
        remove("l", true, false);
        remove("dangling", true, false);
        assertThat(root).isDirectoryContaining("glob:**/kept").isDirectoryNotContaining("glob:**/{d,l,dangling}");
        assertThat(root.resolve("kept/f")).exists();
    }

    @Test
    @Spec("F15")
    void copiesContentsAndPermissions() throws Exception {
        Files.write(root.resolve("a"), random(3_000_000));
        Files.setPosixFilePermissions(root.resolve("a"), PosixFilePermissions.fromString("rwxrw-rwx"));
        Files.writeString(root.resolve("old"), "x".repeat(4_000_000));
        Files.setPosixFilePermissions(root.resolve("old"), PosixFilePermissions.fromString("rw-------"));
        Files.createSymbolicLink(root.resolve("l"), Path.of("old"));
        copy("a", "new", false);
        copy("a", "l", true);
        assertThat(root.resolve("new")).hasSameBinaryContentAs(root.resolve("a"));
        assertThat(root.resolve("old")).hasSameBinaryContentAs(root.resolve("a"));
        assertThat(Files.isSymbolicLink(root.resolve("l"))).isTrue();
        assertThat(mode("new")).isEqualTo("rwxrw-rwx");
        assertThat(mode("old")).isEqualTo("rwxrw-rwx");
    }

    @Test
    @Spec({"F4", "F6", "F7", "F15"})
    void copyFailures() throws Exception {
        Files.createDirectory(root.resolve("d"));
        Files.writeString(root.resolve("f"), "");
        makeFifo("p");
        fails(
                FailureKind.REJECTED,
                "fs/copy requires recursive: true when sourcePath is a directory",
                () -> copy("d", "new", false));
        fails(
                FailureKind.REJECTED,
                "fs/copy only supports regular files, directories, and symlinks",
                () -> copy("p", "new", true));
        fails(FailureKind.NOT_FOUND, NOT_FOUND, () -> copy("missing", "new", true));
        fails(FailureKind.NOT_FOUND, NOT_FOUND, () -> copy("f", "missing/new", true));
        fails(FailureKind.FAILED, IS_A_DIRECTORY, () -> copy("f", "d", true));
        fails(FailureKind.FAILED, EXISTS, () -> copy("d", "f", true));
        assertThat(root.resolve("new")).doesNotExist();
    }

    @Test
    @Spec({"F6", "F15"})
    void copiesNoDirectoryIntoItself() throws Exception {
        Files.createDirectories(root.resolve("d/x"));
        Files.createSymbolicLink(root.resolve("l"), Path.of("d/x"));
        Files.createDirectory(root.resolve("dd"));
        fails(FailureKind.REJECTED, INTO_ITSELF, () -> copy("d", "d", true));
        fails(FailureKind.REJECTED, INTO_ITSELF, () -> copy("d", "d/x/y/z", true));
        fails(FailureKind.REJECTED, INTO_ITSELF, () -> copy("d", "l", true));
        fails(FailureKind.REJECTED, INTO_ITSELF, () -> copy("d", "l/y", true));
        copy("d", "dd/d", true);
        assertThat(root.resolve("dd/d/x")).isEmptyDirectory();
        assertThat(root.resolve("d/x")).isEmptyDirectory();
    }

    @Test
    @Spec("F15")
    void copiesAndMergesTrees() throws Exception {
        Files.createDirectories(root.resolve("d/s/t"));
        Files.writeString(root.resolve("d/s/f"), "new");
        Files.createSymbolicLink(root.resolve("d/l"), Path.of("s"));
        Files.createSymbolicLink(root.resolve("d/dangling"), Path.of("/no/where"));
        makeFifo("d/s/p");
        Files.createDirectories(root.resolve("e/s"));
        Files.writeString(root.resolve("e/s/f"), "old and longer");
        Files.writeString(root.resolve("e/kept"), "");
        copy("d", "e", true);
        copy("d", "fresh/with/parents", true);
        for (String copied : List.of("e", "fresh/with/parents")) {
            Path target = root.resolve(copied);
            assertThat(target.resolve("s/f")).hasContent("new");
            assertThat(target.resolve("s/t")).isEmptyDirectory();
            assertThat(Files.readSymbolicLink(target.resolve("l"))).isEqualTo(Path.of("s"));
            assertThat(Files.readSymbolicLink(target.resolve("dangling"))).isEqualTo(Path.of("/no/where"));
            assertThat(target.resolve("s/p")).doesNotExist();
        }
        assertThat(root.resolve("e/kept")).exists();
        fails(FailureKind.FAILED, EXISTS, () -> copy("d", "e", true));
    }

    @Test
    @Spec("F15")
    void mergesThroughLinksToDirectoriesOnly() throws Exception {
        Files.createDirectories(root.resolve("d/s"));
        Files.writeString(root.resolve("d/s/f"), "x");
        Files.createDirectories(root.resolve("elsewhere"));
        Files.createDirectories(root.resolve("e"));
        Files.createSymbolicLink(root.resolve("e/s"), root.resolve("elsewhere"));
        copy("d", "e", true);
        assertThat(root.resolve("elsewhere/f")).hasContent("x");
        Files.createDirectories(root.resolve("g"));
        Files.writeString(root.resolve("g/s"), "");
        fails(FailureKind.FAILED, EXISTS, () -> copy("d", "g", true));
        Files.createDirectories(root.resolve("h"));
        Files.createSymbolicLink(root.resolve("h/s"), Path.of("nowhere"));
        fails(FailureKind.FAILED, EXISTS, () -> copy("d", "h", true));
    }

    @Test
    @Spec({"F7", "F15"})
    void copiesLinksAsLinks() throws Exception {
        Files.writeString(root.resolve("f"), "");
        Files.createSymbolicLink(root.resolve("l"), Path.of("no/such//./target/"));
        copy("l", "m", false);
        assertThat(Files.readSymbolicLink(root.resolve("m"))).isEqualTo(Files.readSymbolicLink(root.resolve("l")));
        fails(FailureKind.FAILED, EXISTS, () -> copy("l", "f", false));
        fails(FailureKind.FAILED, EXISTS, () -> copy("l", "m", false));
    }

    @Test
    @Spec("F16")
    void copyOntoItselfChangesNothing() throws Exception {
        Files.writeString(root.resolve("f"), "content");
        Files.createLink(root.resolve("hard"), root.resolve("f"));
        Files.createSymbolicLink(root.resolve("soft"), Path.of("f"));
        copy("f", "f", false);
        assertThat(root.resolve("f")).hasContent("content");
        requires(Ability.COPIES_ONTO_OTHER_NAMES);
        copy("f", "hard", false);
        copy("f", "soft", false);
        assertThat(root.resolve("f")).hasContent("content");
        assertThat(Files.isSymbolicLink(root.resolve("soft"))).isTrue();
    }
}
