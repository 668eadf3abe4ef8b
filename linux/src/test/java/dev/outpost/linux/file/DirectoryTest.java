package dev.outpost.linux.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory.Entry;
import dev.outpost.linux.file.Directory.Purpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTest {
    @TempDir
    Path root;

    @Test
    void looksUpNamesBelowItself() throws Exception {
        try (Directory directory = open(root, Purpose.LOOK_UP)) {
            directory.makeDirectory(bytes("d"), 0700);
            directory.makeSymlink(bytes("d/../any text"), bytes("l"));
            try (OpenFile file = directory.openForWriting(bytes("d/f"), 0640)) {
                assertThat(file.write(bytes("abc"), 1, 2)).isEqualTo(2);
                assertThat(file.position()).isEqualTo(2);
            }
            assertThat(directory.readSymlink(bytes("l"))).isEqualTo(bytes("d/../any text"));
            try (Directory below = directory.openDirectory(bytes("d"), Links.NO_FOLLOW, Purpose.LIST);
                    Directory above = below.openParent()) {
                assertThat(above.status().id()).isEqualTo(directory.status().id());
                assertThat(below.status(bytes("f"), Links.NO_FOLLOW).size()).isEqualTo(2);
                below.unlink(bytes("f"));
            }
            directory.removeDirectory(bytes("d"));
            directory.unlink(bytes("l"));
        }
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void failuresNameTheCallAndTheErrno() throws Exception {
        Files.writeString(root.resolve("f"), "");
        Files.createSymbolicLink(root.resolve("l"), Path.of("f"));
        Files.createDirectories(root.resolve("d/e"));
        try (Directory directory = open(root, Purpose.LIST)) {
            fails("openat", Errno.ENOENT, () -> directory.openForReading(bytes("missing"), Links.FOLLOW));
            fails("openat", Errno.ELOOP, () -> directory.openForReading(bytes("l"), Links.NO_FOLLOW));
            fails("openat", Errno.ENOTDIR, () -> directory.openDirectory(bytes("f"), Links.FOLLOW, Purpose.LIST));
            fails("openat", Errno.EISDIR, () -> directory.openForWriting(bytes("d"), 0600));
            fails("unlinkat", Errno.EISDIR, () -> directory.unlink(bytes("d")));
            fails("unlinkat", Errno.ENOTEMPTY, () -> directory.removeDirectory(bytes("d")));
            fails("unlinkat", Errno.ENOTDIR, () -> directory.removeDirectory(bytes("f")));
            fails("mkdirat", Errno.EEXIST, () -> directory.makeDirectory(bytes("f"), 0700));
            fails("symlinkat", Errno.EEXIST, () -> directory.makeSymlink(bytes("x"), bytes("f")));
            fails("readlinkat", Errno.EINVAL, () -> directory.readSymlink(bytes("f")));
            fails("statx", Errno.ENOTDIR, () -> directory.status(bytes("f/x"), Links.FOLLOW));
            fails("path of 4096 bytes", Errno.ENAMETOOLONG, () -> directory.unlink(bytes("x".repeat(4096))));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Directory.host().unlink(bytes("/tmp/a\0b")))
                .withMessage("a NUL byte in a path");
    }

    @Test
    void statusIsWhatOthersSee() throws Exception {
        Path file = Files.writeString(root.resolve("f"), "12345");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r-x-w---x"));
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_123L));
        FileStatus status = Directory.host().status(bytes(file.toString()), Links.FOLLOW);
        assertThat(status.type()).isEqualTo(FileType.REGULAR);
        assertThat(status.permissions()).isEqualTo(0521);
        assertThat(status.size()).isEqualTo(5);
        assertThat(status.modifiedAtMillis()).isEqualTo(1_700_000_000_123L);
        assertThat(status.id().inode()).isEqualTo(Files.getAttribute(file, "unix:ino"));
        assertThat(Directory.host().status(bytes("/dev/null"), Links.FOLLOW).type())
                .isEqualTo(FileType.CHARACTER_DEVICE);
        Files.setLastModifiedTime(file, FileTime.fromMillis(-5000));
        try (Directory directory = open(root, Purpose.LOOK_UP)) {
            assertThat(directory.status(bytes("f"), Links.NO_FOLLOW).modifiedAtMillis())
                    .isEqualTo(-5000);
        }
    }

    @Test
    void listsInPiecesAndAnew() throws Exception {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            expected.add("name-" + i);
            Files.createFile(root.resolve("name-" + i));
        }
        try (Directory directory = open(root, Purpose.LIST)) {
            assertThat(names(directory)).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(directory.readEntries(512)).isEmpty();
            Files.createFile(root.resolve("later"));
            expected.add("later");
            directory.rewind();
            assertThat(names(directory)).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void removedDirectoryIsEmpty() throws Exception {
        Path gone = Files.createDirectory(root.resolve("gone"));
        try (Directory directory = open(gone, Purpose.LIST)) {
            Files.delete(gone);
            assertThat(directory.readEntries(4096)).isEmpty();
        }
    }

    @Test
    void closedIsClosed() throws Exception {
        Directory directory = open(root, Purpose.LOOK_UP);
        OpenFile file = directory.openForWriting(bytes("f"), 0600);
        file.close();
        file.close();
        directory.close();
        directory.close();
        assertThatIllegalStateException().isThrownBy(file::status);
        assertThatIllegalStateException().isThrownBy(() -> directory.unlink(bytes("f")));
        assertThat(Files.exists(root.resolve("f"))).isTrue();
    }

    @Test
    void noDescriptorReachesAChild() throws Exception {
        try (Directory directory = open(root, Purpose.LIST);
                Directory other = open(root, Purpose.LOOK_UP);
                OpenFile file = directory.openForWriting(bytes("f"), 0600)) {
            assertThat(file.status().isRegular()).isTrue();
            assertThat(other.status().isDirectory()).isTrue();
            assertThat(openFlags(root)).hasSize(2).allMatch(DirectoryTest::closesOnExec);
            assertThat(openFlags(root.resolve("f"))).hasSize(1).allMatch(DirectoryTest::closesOnExec);
        }
    }

    private static boolean closesOnExec(int flags) {
        return (flags & 0x80000) != 0;
    }

    /** The flags of each descriptor of this process that is open on a path. */
    private static List<Integer> openFlags(Path target) throws IOException {
        List<Integer> flags = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)
                        && Files.readSymbolicLink(descriptor).equals(target)) {
                    Path info = Path.of("/proc/self/fdinfo").resolve(descriptor.getFileName());
                    for (String line : Files.readAllLines(info)) {
                        if (line.startsWith("flags:")) {
                            flags.add(Integer.parseInt(line.substring(6).strip(), 8));
                        }
                    }
                }
            }
        }
        return flags;
    }

    private static List<String> names(Directory directory) throws LinuxException {
        List<String> names = new ArrayList<>();
        for (List<Entry> batch = directory.readEntries(512); !batch.isEmpty(); batch = directory.readEntries(512)) {
            assertThat(batch).allMatch(entry -> entry.type() == FileType.REGULAR);
            batch.forEach(entry -> names.add(new String(entry.name(), UTF_8)));
        }
        return names;
    }

    static Directory open(Path path, Purpose purpose) throws LinuxException {
        return Directory.host().openDirectory(bytes(path.toString()), Links.FOLLOW, purpose);
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static void fails(String call, int errno, ThrowingCallable operation) {
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(operation)
                .withMessage(call + ": " + Errno.describe(errno))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(errno));
    }
}
