package dev.outpost.local.filesystem;

import static dev.outpost.local.filesystem.Disk.host;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outpost.executor.FailureKind;
import dev.outpost.testkit.Spec;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs a file system of its own: a full disk, a read-only one, two of them. */
class MountTest {
    private final LocalFileSystem fileSystem = new LocalFileSystem();
    private Path mounted;

    @TempDir
    Path root;

    @BeforeEach
    void mount() throws Exception {
        mounted = Files.createDirectory(root.resolve("mounted"));
        assumeTrue(
                Disk.run("mount", "-t", "tmpfs", "-o", "size=1m", "outpost-test", mounted.toString()),
                "not tested: a full, a read-only and a second disk, because mounting is not permitted here");
    }

    @AfterEach
    void unmount() throws Exception {
        Disk.run("umount", mounted.toString());
    }

    @Test
    @Spec({"F7", "F10", "F15"})
    void fullDisk() throws Exception {
        Path file = mounted.resolve("f");
        String full = "No space left on device (os error 28)";
        Disk.fails(FailureKind.FAILED, full, () -> fileSystem.writeFile(host(file), new byte[2 << 20], null));
        assertThat(Files.size(file)).isBetween(1L, 1L << 20);
        Path source = Disk.sparse(root.resolve("source"), 2 << 20);
        Disk.fails(FailureKind.FAILED, full, () -> fileSystem.copy(host(source), host(file), false, null));
        fileSystem.remove(host(file), false, false, null);
        fileSystem.writeFile(host(file), new byte[1 << 19], null);
        assertThat(file).hasSize(1 << 19);
    }

    @Test
    @Spec({"F7", "F11", "F14"})
    void readOnlyDisk() throws Exception {
        Files.writeString(mounted.resolve("f"), "");
        assertThat(Disk.run("mount", "-o", "remount,ro", mounted.toString())).isTrue();
        String readOnly = "Read-only file system (os error 30)";
        Disk.fails(
                FailureKind.FAILED,
                readOnly,
                () -> fileSystem.writeFile(host(mounted.resolve("f")), new byte[0], null));
        Disk.fails(
                FailureKind.FAILED,
                readOnly,
                () -> fileSystem.createDirectory(host(mounted.resolve("d/e")), true, null));
        Disk.fails(FailureKind.FAILED, readOnly, () -> fileSystem.remove(host(mounted.resolve("f")), true, true, null));
        fileSystem.createDirectory(host(mounted), true, null);
    }

    @Test
    @Spec({"F7", "F8", "F14"})
    void mountPointIsBusy() {
        Disk.fails(
                FailureKind.FAILED,
                "Resource busy (os error 16)",
                () -> fileSystem.remove(host(mounted), true, true, null));
    }

    @Test
    @Spec("F15")
    void copiesFromOneDiskToAnother() throws Exception {
        Path source = root.resolve("s");
        Files.createDirectories(source.resolve("t"));
        Files.writeString(source.resolve("t/f"), "content");
        fileSystem.copy(host(source), host(mounted.resolve("s")), true, null);
        assertThat(mounted.resolve("s/t/f")).hasContent("content");
    }

    @Test
    @Spec("F15")
    void seesThroughBindMounts() throws Exception {
        Path source = root.resolve("s");
        Files.createDirectories(source.resolve("t"));
        Path alias = Files.createDirectory(mounted.resolve("alias"));
        assertThat(Disk.run("mount", "--bind", source.toString(), alias.toString()))
                .isTrue();
        try {
            Disk.fails(
                    FailureKind.REJECTED,
                    "fs/copy cannot copy a directory to itself or one of its descendants",
                    () -> fileSystem.copy(host(source), host(alias.resolve("t/u")), true, null));
            // Here the destination is mounted into the source, so that only the walk can find it.
            Path target = Files.createDirectory(root.resolve("target"));
            assertThat(Disk.run(
                            "mount",
                            "--bind",
                            target.toString(),
                            source.resolve("t").toString()))
                    .isTrue();
            try {
                Disk.fails(
                        FailureKind.REJECTED,
                        "fs/copy cannot copy a directory to itself or one of its descendants",
                        () -> fileSystem.copy(host(source), host(target), true, null));
            } finally {
                Disk.run("umount", source.resolve("t").toString());
            }
        } finally {
            Disk.run("umount", alias.toString());
        }
    }
}
