package dev.outpost.linux.file;

import static dev.outpost.linux.file.DirectoryTest.bytes;
import static dev.outpost.linux.file.DirectoryTest.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory.Entry;
import dev.outpost.linux.file.Directory.Purpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryChainTest {
    private static final int DEPTH = 200;

    @TempDir
    Path root;

    @Test
    void comesBackToEachDirectoryWithFewDescriptors() throws Exception {
        List<FileId> ids = new ArrayList<>();
        long before = descriptors();
        try (DirectoryChain chain = new DirectoryChain(open(root, Purpose.LOOK_UP))) {
            goDown(chain, DEPTH, Purpose.LOOK_UP, ids);
            assertThat(chain.depth()).isEqualTo(DEPTH);
            assertThat(descriptors() - before).isEqualTo(32);
            while (chain.depth() > 1) {
                assertThat(chain.currentId()).isEqualTo(ids.removeLast());
                assertThat(chain.current().status().id()).isEqualTo(chain.currentId());
                chain.leave();
            }
        }
        assertThat(descriptors()).isEqualTo(before);
    }

    @Test
    void listingGoesOnWhereItWas() throws Exception {
        for (int i = 0; i < 100; i++) {
            Files.createFile(root.resolve("file-" + i));
        }
        try (DirectoryChain chain = new DirectoryChain(open(root, Purpose.LIST))) {
            Files.createDirectory(root.resolve("d"));
            List<Entry> entries = new ArrayList<>(chain.current().readEntries(512));
            assertThat(entries).hasSizeBetween(1, 50);
            goDown(chain, 50, Purpose.LIST, new ArrayList<>());
            while (chain.depth() > 1) {
                chain.leave();
            }
            for (List<Entry> batch = chain.current().readEntries(512);
                    !batch.isEmpty();
                    batch = chain.current().readEntries(512)) {
                entries.addAll(batch);
            }
            assertThat(entries.stream().map(entry -> new String(entry.name(), java.nio.charset.StandardCharsets.UTF_8)))
                    .hasSize(101)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void keepsTheWayBackFromALinkedDirectory() throws Exception {
        Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
        Path start = Files.createDirectory(root.resolve("start"));
        Files.createSymbolicLink(start.resolve("l"), elsewhere);
        try (DirectoryChain chain = new DirectoryChain(open(start, Purpose.LOOK_UP))) {
            FileId top = chain.currentId();
            chain.enter(chain.current().openDirectory(bytes("l"), Links.FOLLOW, Purpose.LOOK_UP), true);
            goDown(chain, 100, Purpose.LOOK_UP, new ArrayList<>());
            while (chain.depth() > 1) {
                chain.leave();
            }
            assertThat(chain.current().status().id()).isEqualTo(top);
        }
    }

    @Test
    void doesNotFollowADirectoryThatIsMovedAway() throws Exception {
        Path other = Files.createDirectory(root.resolve("other"));
        Path start = Files.createDirectory(root.resolve("start"));
        long before = descriptors();
        try (DirectoryChain chain = new DirectoryChain(open(start, Purpose.LOOK_UP))) {
            goDown(chain, 50, Purpose.LOOK_UP, new ArrayList<>());
            Files.move(start.resolve("d/d/d"), other.resolve("d"));
            assertThatExceptionOfType(LinuxException.class)
                    .isThrownBy(() -> {
                        while (chain.depth() > 1) {
                            chain.leave();
                        }
                    })
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ESTALE));
            assertThat(chain.depth()).isEqualTo(4);
        }
        assertThat(descriptors()).isEqualTo(before);
    }

    private static void goDown(DirectoryChain chain, int depth, Purpose purpose, List<FileId> ids)
            throws LinuxException {
        byte[] name = bytes("d");
        while (chain.depth() < depth) {
            ids.add(chain.currentId());
            try {
                chain.current().makeDirectory(name, 0700);
            } catch (LinuxException e) {
                assertThat(e.errno()).isEqualTo(Errno.EEXIST);
            }
            chain.enter(chain.current().openDirectory(name, Links.NO_FOLLOW, purpose), false);
        }
        ids.add(chain.currentId());
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }
}
