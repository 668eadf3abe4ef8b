package dev.outpost.linux.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outpost.linux.LinuxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachedStatusTest {
    private final CachedStatus cached = new CachedStatus();

    @TempDir
    Path root;

    @Test
    void tellsWhatIsInMemoryOfAKnownFileSystem() throws Exception {
        assumeTrue(
                Set.of("ext4", "xfs", "btrfs", "tmpfs", "overlay")
                        .contains(Files.getFileStore(root).type()),
                "not tested: a file system that is none of the usual ones");
        assumeTrue(kernelIsAtLeast(5, 12), "not tested: a kernel that can't look into its memory only");
        Path file = Files.writeString(root.resolve("f"), "abc");
        assertThat(cached.look(bytes(file))).as("no file system is known").isNull();
        cached.learn(bytes(file), status(file));
        assertThat(cached.look(bytes(file))).isEqualTo(status(file));
        Files.writeString(file, "longer");
        assertThat(cached.look(bytes(file)))
                .isEqualTo(status(file))
                .satisfies(status -> assertThat(status.size()).isEqualTo(6));
        Path link = Files.createSymbolicLink(root.resolve("l"), file);
        assertThat(cached.look(bytes(link))).isEqualTo(status(link));
        Files.delete(file);
        assertThat(cached.look(bytes(file))).isNull();
    }

    @Test
    void knowsThatOtherFileSystemsMayWait() throws Exception {
        Path file = Path.of("/proc/self/stat");
        cached.learn(bytes(file), status(file));
        assertThat(cached.look(bytes(file))).isNull();
    }

    @Test
    void learnsNothingFromWhatIsGone() throws Exception {
        Path file = Files.writeString(root.resolve("f"), "abc");
        FileStatus status = status(file);
        Files.delete(file);
        cached.learn(bytes(file), status);
        Files.writeString(file, "abc");
        assertThat(cached.look(bytes(file))).isNull();
    }

    private static FileStatus status(Path path) throws LinuxException {
        return Directory.host().status(bytes(path), Links.NO_FOLLOW);
    }

    private static boolean kernelIsAtLeast(int major, int minor) {
        String[] version = System.getProperty("os.version").split("[^0-9]", 3);
        int actual = Integer.parseInt(version[0]);
        return actual > major || (actual == major && Integer.parseInt(version[1]) >= minor);
    }

    private static byte[] bytes(Path path) {
        return path.toString().getBytes(UTF_8);
    }
}
