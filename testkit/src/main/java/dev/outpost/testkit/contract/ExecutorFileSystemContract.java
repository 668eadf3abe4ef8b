package dev.outpost.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.executor.filesystem.FileMetadata;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.FileSystemPolicy.Restricted;
import dev.outpost.executor.sandbox.FileSystemPolicy.Unrestricted;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.PermissionProfile.Disabled;
import dev.outpost.executor.sandbox.PermissionProfile.External;
import dev.outpost.executor.sandbox.PermissionProfile.Managed;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.PolicyTarget.PathTarget;
import dev.outpost.executor.sandbox.PolicyTarget.SpecialTarget;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.testkit.Spec;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rules of {@link ExecutorFileSystem} that can be seen through the interface, without a sandbox. The file system
 * under test and this JVM must see the same disk, as the same user, and Linux must be below both.
 */
public abstract class ExecutorFileSystemContract extends FileTreeContract {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 65_536, 65_537, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5_000_000})
    @Spec({"F9", "F10"})
    void readsWhatWasWritten(int size) throws Exception {
        byte[] data = random(size);
        fileSystem().writeFile(path("f"), data, null);
        assertThat(Files.readAllBytes(root.resolve("f"))).isEqualTo(data);
        assertThat(read("f")).isEqualTo(data);
        try (FileContent content = fileSystem().readFile(path("f"), null)) {
            byte[] part = new byte[10];
            int rest = Math.min(size, 7);
            assertThat(content.copy(size - rest, part, 2, 8)).isEqualTo(rest);
            assertThat(List.of(part[0], part[1])).containsOnly((byte) 0);
        }
    }

    @Test
    @Spec({"F3", "F9"})
    void readFollowsLinks() throws Exception {
        Files.createDirectory(root.resolve("d"));
        Files.writeString(root.resolve("d/f"), "target");
        Files.createSymbolicLink(root.resolve("l"), Path.of("d"));
        Files.createSymbolicLink(root.resolve("d/m"), Path.of("f"));
        assertThat(read("l/m")).isEqualTo(bytes("target"));
    }

    @Test
    @Spec("F3")
    void namesAreNotNormalised() throws Exception {
        String composed = "\u00e9";
        String decomposed = "e\u0301";
        fileSystem().writeFile(path(composed), bytes("1"), null);
        fileSystem().writeFile(path(decomposed), bytes("2"), null);
        assertThat(read(composed)).isEqualTo(bytes("1"));
        assertThat(fileSystem().readDirectory(path(""), null))
                .extracting(DirectoryEntry::name)
                .containsExactlyInAnyOrder(composed, decomposed);
    }

    @Test
    @Spec({"F4", "F7", "F8", "F9"})
    void readFailures() throws Exception {
        Files.createDirectory(root.resolve("d"));
        Files.writeString(root.resolve("f"), "");
        Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
        fails(FailureKind.NOT_FOUND, NOT_FOUND, () -> read("missing"));
        fails(FailureKind.FAILED, IS_A_DIRECTORY, () -> read("d"));
        fails(FailureKind.FAILED, NOT_A_DIRECTORY, () -> read("f/x"));
        fails(FailureKind.FAILED, LOOP, () -> read("loop"));
        fails(FailureKind.FAILED, NAME_TOO_LONG, () -> read("x".repeat(256)));
        fails(FailureKind.FAILED, NAME_TOO_LONG, () -> read("x/".repeat(2100) + "x"));
    }

    @Test
    @Spec({"F9", "W74"})
    void refusesToReadMoreThanTheLimit() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(root.resolve("big").toFile(), "rw")) {
            file.setLength(ExecutorFileSystem.READ_LIMIT + 1);
        }
        fails(FailureKind.REJECTED, "file is too large to read: limit is 536870912 bytes", () -> read("big"));
    }

    @Test
    @Spec("F12")
    void whatIsKnownAtOnceIsTheSame() throws Exception {
        Files.writeString(root.resolve("f"), "abc");
        Files.createDirectory(root.resolve("d"));
        Files.createSymbolicLink(root.resolve("l"), root.resolve("f"));
        for (String name : List.of("f", "d", "l")) {
            FileMetadata asked = fileSystem().getMetadata(path(name), null);
            assertThat(fileSystem().metadataAtOnce(path(name), null)).isIn(null, asked);
        }
        Files.writeString(root.resolve("f"), "longer");
        assertThat(fileSystem().metadataAtOnce(path("f"), null))
                .isIn(null, fileSystem().getMetadata(path("f"), null));
        Files.delete(root.resolve("f"));
        assertThat(fileSystem().metadataAtOnce(path("f"), null)).isNull();
        assertThat(fileSystem().metadataAtOnce(path("l"), null)).isNull();
        assertThat(fileSystem().metadataAtOnce(HostPath.of("/a\0b"), null)).isNull();
    }

    @Test
    @Spec("F9")
    void readsFilesThatHaveNoSize() throws Exception {
        HostPath version = HostPath.of("/proc/version");
        assertThat(fileSystem().getMetadata(version, null).size())
                .isEqualTo(Ability.TELLS_SIZES.isIn(lacking()) ? 0 : -1);
        assertThat(content(version)).isEqualTo(Files.readAllBytes(Path.of("/proc/version")));
        requires(Ability.READS_SPECIAL_FILES);
        assertThat(content(HostPath.of("/dev/null"))).isEmpty();
    }

    @Test
    @Spec("F9")
    void readsPipeUntilItsWriterIsGone() throws Exception {
        requires(Ability.READS_SPECIAL_FILES);
        makeFifo("p");
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<byte[]> read = threads.submit(() -> read("p"));
            try (OutputStream out = Files.newOutputStream(root.resolve("p"))) {
                out.write(bytes("first "));
                out.write(bytes("second"));
            }
            assertThat(read.get()).isEqualTo(bytes("first second"));
        }
    }

    @Test
    @Spec("F10")
    void writeKeepsInodeLinksAndMode() throws Exception {
        Path file = Files.writeString(root.resolve("f"), "long content");
        Files.createLink(root.resolve("hard"), file);
        Files.createSymbolicLink(root.resolve("soft"), Path.of("f"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx--x---"));
        Object inode = Files.getAttribute(file, "unix:ino");
        fileSystem().writeFile(path("soft"), bytes("s"), null);
        assertThat(Files.readString(root.resolve("hard"))).isEqualTo("s");
        assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(inode);
        assertThat(Files.isSymbolicLink(root.resolve("soft"))).isTrue();
        assertThat(mode("f")).isEqualTo("rwx--x---");
    }

    @Test
    @Spec("F10")
    void writeCreatesFilesLikeEveryProgram() throws Exception {
        Files.createFile(
                root.resolve("reference"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-rw-rw-")));
        fileSystem().writeFile(path("f"), bytes("x"), null);
        assertThat(mode("f")).isEqualTo(mode("reference"));
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("target"));
        fileSystem().writeFile(path("dangling"), bytes("y"), null);
        assertThat(Files.readString(root.resolve("target"))).isEqualTo("y");
        assertThat(Files.isSymbolicLink(root.resolve("dangling"))).isTrue();
    }

    @Test
    @Spec({"F4", "F7", "F10"})
    void writeFailures() throws Exception {
        Files.createDirectory(root.resolve("d"));
        Files.writeString(root.resolve("f"), "kept");
        fails(FailureKind.NOT_FOUND, NOT_FOUND, () -> write("missing/f"));
        fails(FailureKind.FAILED, IS_A_DIRECTORY, () -> write("d"));
        fails(FailureKind.FAILED, NOT_A_DIRECTORY, () -> write("f/x"));
        fails(
                FailureKind.FAILED,
                "No space left on device (os error 28)",
                () -> fileSystem().writeFile(HostPath.of("/dev/full"), bytes("x"), null));
        assertThat(root.resolve("missing")).doesNotExist();
        assertThat(root.resolve("f")).hasContent("kept");
    }

    @Test
    @Spec({"F12", "N48"})
    void metadataOfEachKind() throws Exception {
        Files.writeString(root.resolve("f"), "12345");
        Files.createDirectory(root.resolve("d"));
        Files.createSymbolicLink(root.resolve("lf"), Path.of("f"));
        Files.createSymbolicLink(root.resolve("ld"), Path.of("d"));
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("nowhere"));
        makeFifo("p");
        long size = Ability.TELLS_SIZES.isIn(lacking()) ? 5 : -1;
        assertThat(metadata("f"))
                .extracting("directory", "file", "symlink", "size")
                .containsExactly(false, true, false, size);
        assertThat(metadata("lf"))
                .extracting("directory", "file", "symlink", "size")
                .containsExactly(false, true, true, size);
        assertThat(metadata("d")).extracting("directory", "file", "symlink").containsExactly(true, false, false);
        assertThat(metadata("ld")).extracting("directory", "file", "symlink").containsExactly(true, false, true);
        assertThat(metadata("p")).extracting("directory", "file", "symlink").containsExactly(false, false, false);
        fails(FailureKind.NOT_FOUND, NOT_FOUND, () -> metadata("dangling"));
        fails(FailureKind.NOT_FOUND, NOT_FOUND, () -> metadata("missing"));
        fails(FailureKind.FAILED, NOT_A_DIRECTORY, () -> metadata("f/x"));
    }

    @Test
    @Spec("F12")
    void timesAreMillisecondsSince1970() throws Exception {
        long before = System.currentTimeMillis();
        Path file = Files.writeString(root.resolve("f"), "");
        Files.createSymbolicLink(root.resolve("l"), Path.of("f"));
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_234_567_890_123L));
        assertThat(metadata("l").modifiedAtMillis()).isEqualTo(1_234_567_890_123L);
        // The clock of a file system may lag by one tick of the kernel.
        assertThat(metadata("f").createdAtMillis())
                .satisfiesAnyOf(
                        created -> assertThat(created).isZero(),
                        created -> assertThat(created).isBetween(before - 100, System.currentTimeMillis()));
        Files.setLastModifiedTime(file, FileTime.fromMillis(-5000));
        assertThat(metadata("f").modifiedAtMillis()).isZero();
    }

    @Test
    @Spec("F6")
    void refusesNul() {
        HostPath bad = path("a\0b");
        fails(FailureKind.REJECTED, NUL, () -> fileSystem().readFile(bad, null));
        fails(FailureKind.REJECTED, NUL, () -> fileSystem().writeFile(bad, new byte[0], null));
        fails(FailureKind.REJECTED, NUL, () -> fileSystem().createDirectory(bad, true, null));
        fails(FailureKind.REJECTED, NUL, () -> fileSystem().getMetadata(bad, null));
        fails(FailureKind.REJECTED, NUL, () -> fileSystem().readDirectory(bad, null));
        fails(FailureKind.REJECTED, NUL, () -> fileSystem().remove(bad, true, true, null));
        fails(FailureKind.REJECTED, NUL, () -> fileSystem().copy(bad, path("x"), true, null));
        fails(FailureKind.REJECTED, NUL, () -> fileSystem().copy(path(""), bad, true, null));
    }

    /** Profiles that restrict no file, so that every operation is direct. */
    static Stream<PermissionProfile> openProfiles() {
        PolicyEntry rootWrite = new PolicyEntry(new SpecialTarget(Kind.ROOT, null), Access.WRITE, false);
        PolicyTarget tmp = new PathTarget(HostPath.of("/tmp"));
        return Stream.of(
                new Disabled(),
                new External(NetworkPolicy.RESTRICTED),
                new Managed(new Unrestricted(), NetworkPolicy.RESTRICTED),
                managed(rootWrite),
                managed(rootWrite, new PolicyEntry(new SpecialTarget(Kind.ROOT, null), Access.READ, false)),
                managed(rootWrite, new PolicyEntry(new SpecialTarget(Kind.MINIMAL, null), Access.READ, false)),
                managed(rootWrite, new PolicyEntry(new SpecialTarget(Kind.UNKNOWN, null), Access.NONE, false)),
                managed(
                        rootWrite,
                        new PolicyEntry(tmp, Access.READ, false),
                        new PolicyEntry(new SpecialTarget(Kind.SLASH_TMP, null), Access.WRITE, false)));
    }

    @ParameterizedTest
    @MethodSource("openProfiles")
    @Spec({"F17", "F25", "F26", "F27", "F40", "F42", "F43", "F97", "F99"})
    void contextThatRestrictsNothingIsIgnored(PermissionProfile profile) throws Exception {
        SandboxContext context = new SandboxContext(profile, null, List.of(), false);
        fileSystem().createDirectory(path("d"), true, context);
        fileSystem().writeFile(path("d/f"), bytes("x"), context);
        fileSystem().copy(path("d/f"), path("d/g"), false, context);
        assertThat(fileSystem().getMetadata(path("d/g"), context).file()).isTrue();
        assertThat(fileSystem().readDirectory(path("d"), context)).hasSize(2);
        try (FileContent content = fileSystem().readFile(path("d/g"), context)) {
            assertThat(content.size()).isEqualTo(1);
        }
        fileSystem().remove(path("d"), true, false, context);
        assertThat(root).isEmptyDirectory();
    }

    private static PermissionProfile managed(PolicyEntry... entries) {
        return new Managed(new Restricted(List.of(entries), OptionalInt.empty()), NetworkPolicy.RESTRICTED);
    }
}
