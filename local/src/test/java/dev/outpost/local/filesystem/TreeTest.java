package dev.outpost.local.filesystem;

import static dev.outpost.local.filesystem.Disk.host;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.file.Directory.Purpose;
import dev.outpost.linux.file.DirectoryChain;
import dev.outpost.linux.file.Links;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trees that are deep, wide or changing. */
class TreeTest {
    private static final int DEEP = 10_000;
    private static final byte[] NAME = "d".getBytes(UTF_8);
    private static final byte[] FILE = "f".getBytes(UTF_8);

    private final LocalFileSystem fileSystem = new LocalFileSystem();

    @TempDir
    Path root;

    @Test
    @Spec({"F14", "F15"})
    void deepTree() throws Exception {
        // In memory where there is such a place: some disks take a minute for this, as they do for rm.
        Path memory = Path.of("/dev/shm");
        Path place = Files.createTempDirectory(Files.isWritable(memory) ? memory : root, "deep");
        Path top = Files.createDirectory(place.resolve("top"));
        Path copy = place.resolve("copy");
        try (DirectoryChain chain = new DirectoryChain(open(top))) {
            for (int depth = 1; depth <= DEEP; depth++) {
                chain.current().openForWriting(FILE, 0600).close();
                chain.current().makeDirectory(NAME, 0700);
                down(chain);
            }
        }
        fileSystem.copy(host(top), host(copy), true, null);
        try (DirectoryChain chain = new DirectoryChain(open(copy))) {
            for (int depth = 1; depth <= DEEP; depth++) {
                assertThat(chain.current().status(FILE, Links.NO_FOLLOW).isRegular())
                        .isTrue();
                down(chain);
            }
            assertThat(chain.current().readEntries(1024)).isEmpty();
        }
        fileSystem.remove(host(top), true, false, null);
        fileSystem.remove(host(copy), true, false, null);
        Files.delete(place);
    }

    @Test
    @Spec({"F13", "F14", "F15", "N49"})
    void wideDirectory() throws Exception {
        Path wide = Files.createDirectory(root.resolve("wide"));
        for (int i = 0; i < 1000; i++) {
            Files.createFile(wide.resolve("file-" + i));
            Files.createDirectories(wide.resolve("directory-" + i + "/sub"));
        }
        LocalFileSystem limited =
                new LocalFileSystem(new FileSystemLimits(1, FileSystemLimits.DEFAULT.largeContentBytes(), 2000));
        assertThat(limited.readDirectory(host(wide), null)).hasSize(2000);
        Files.createFile(wide.resolve("one-more"));
        Files.createSymbolicLink(wide.resolve("dangling"), Path.of("nowhere"));
        Disk.fails(
                FailureKind.FAILED,
                "fs/readDirectory returned 2001 entries; limit is 2000",
                () -> limited.readDirectory(host(wide), null));
        fileSystem.copy(host(wide), host(root.resolve("copy")), true, null);
        assertThat(fileSystem.readDirectory(host(root.resolve("copy")), null))
                .containsExactlyInAnyOrderElementsOf(fileSystem.readDirectory(host(wide), null))
                .hasSize(2001);
        fileSystem.remove(host(wide), true, false, null);
        fileSystem.remove(host(root.resolve("copy")), true, false, null);
        assertThat(root).isEmptyDirectory();
    }

    @Test
    @Spec("F14")
    void removeWhileOthersCreate() throws Exception {
        Path tree = root.resolve("tree");
        Path outside =
                Files.writeString(Files.createDirectory(root.resolve("outside")).resolve("f"), "kept");
        try (Changes changes = new Changes()) {
            for (int thread = 0; thread < 2; thread++) {
                String name = "t" + thread;
                changes.repeat(() -> {
                    Path directory = Files.createDirectories(tree.resolve(name).resolve("x/y"));
                    Files.writeString(directory.resolve("f"), "");
                    Files.createSymbolicLink(directory.resolve("l"), outside.getParent());
                });
            }
            for (int round = 0; round < 300; round++) {
                try {
                    fileSystem.remove(host(tree), true, true, null);
                } catch (ExecutorException e) {
                    assertThat(e).hasMessage("Directory not empty (os error 39)");
                }
            }
        }
        fileSystem.remove(host(tree), true, true, null);
        assertThat(tree).doesNotExist();
        assertThat(outside).hasContent("kept");
    }

    @Test
    @Spec("F14")
    void removeIsNotLedAstrayByDirectoriesThatBecomeLinks() throws Exception {
        Path tree = root.resolve("tree");
        Path outside = Files.createDirectory(root.resolve("outside"));
        for (int i = 0; i < 50; i++) {
            Files.createFile(outside.resolve("f" + i));
        }
        try (Changes changes = new Changes()) {
            changes.repeat(() -> {
                Path link = root.resolve("link");
                Path directory = root.resolve("directory");
                Files.createDirectories(tree.resolve("a"));
                Files.deleteIfExists(link);
                Files.createSymbolicLink(link, outside);
                Files.createDirectories(directory);
                Files.move(directory, tree.resolve("a/swap"), StandardCopyOption.ATOMIC_MOVE);
                Files.move(tree.resolve("a/swap"), directory, StandardCopyOption.ATOMIC_MOVE);
                Files.move(link, tree.resolve("a/swap"), StandardCopyOption.ATOMIC_MOVE);
                Files.deleteIfExists(tree.resolve("a/swap"));
            });
            for (int round = 0; round < 300; round++) {
                try {
                    fileSystem.remove(host(tree), true, true, null);
                } catch (ExecutorException e) {
                    assertThat(e.getMessage())
                            .isIn("Directory not empty (os error 39)", "Stale file handle (os error 116)");
                }
            }
        }
        assertThat(fileSystem.readDirectory(host(outside), null)).hasSize(50);
    }

    @Test
    @Spec("F9")
    void readsAConsistentPartOfAFileThatGrowsAndIsCut() throws Exception {
        Path file = Files.write(root.resolve("f"), new byte[0]);
        byte[] line = "0123456789abcdef".repeat(4096).getBytes(UTF_8);
        try (Changes changes = new Changes()) {
            changes.repeat(() -> {
                Files.write(file, line, java.nio.file.StandardOpenOption.APPEND);
                if (Files.size(file) > 3 << 20) {
                    Files.write(file, new byte[0]);
                }
            });
            for (int round = 0; round < 300; round++) {
                byte[] read = Disk.read(fileSystem, file);
                for (int i = 0; i < read.length; i++) {
                    if (read[i] != line[i % line.length]) {
                        assertThat(read[i]).as("byte %d of %d", i, read.length).isEqualTo(line[i % line.length]);
                    }
                }
            }
        }
    }

    @Test
    @Spec({"F9", "F10", "F11", "F12", "F13", "F14", "F15"})
    void leaksNoDescriptor() throws Exception {
        Path directory = Files.createDirectories(root.resolve("d/e/f"));
        Path file = Files.writeString(directory.resolve("g"), "x");
        Path large = Disk.sparse(root.resolve("large"), 2 << 20);
        Path tooLarge = Disk.sparse(root.resolve("too-large"), 600 << 20);
        List<Callable<?>> operations = List.of(
                () -> Disk.read(fileSystem, file),
                () -> Disk.read(fileSystem, large),
                () -> Disk.read(fileSystem, tooLarge),
                () -> Disk.read(fileSystem, directory),
                () -> Disk.read(fileSystem, Path.of("/proc/self/status")),
                () -> fileSystem.getMetadata(host(file), null),
                () -> fileSystem.readDirectory(host(directory), null),
                () -> fileSystem.readDirectory(host(file), null),
                change(() -> fileSystem.writeFile(host(file), new byte[10], null)),
                change(() -> fileSystem.writeFile(host(directory), new byte[10], null)),
                change(() -> fileSystem.writeFile(host(Path.of("/dev/full")), new byte[10], null)),
                change(() -> fileSystem.createDirectory(host(directory.resolve("x/y")), true, null)),
                change(() -> fileSystem.copy(host(root.resolve("d")), host(root.resolve("copy")), true, null)),
                change(() -> fileSystem.copy(host(root.resolve("d")), host(root.resolve("d/e/f")), true, null)),
                change(() -> fileSystem.copy(host(root.resolve("d")), host(file), true, null)),
                change(() -> fileSystem.copy(host(file), host(directory), true, null)),
                change(() -> fileSystem.remove(host(root.resolve("copy")), true, false, null)));
        runAll(operations);
        LeakCheck leaks = LeakCheck.before();
        for (int round = 0; round < 20; round++) {
            assertThat(runAll(operations)).isEqualTo(8);
        }
        leaks.assertNoLeak();
    }

    /** How many failed. */
    private static int runAll(List<Callable<?>> operations) throws Exception {
        int failures = 0;
        for (Callable<?> operation : operations) {
            try {
                operation.call();
            } catch (ExecutorException e) {
                failures++;
            }
        }
        return failures;
    }

    private static Callable<?> change(Change change) {
        return () -> {
            change.run();
            return true;
        };
    }

    private static Directory open(Path path) throws IOException {
        return Directory.host().openDirectory(path.toString().getBytes(UTF_8), Links.FOLLOW, Purpose.LIST);
    }

    private static void down(DirectoryChain chain) throws IOException {
        chain.enter(chain.current().openDirectory(NAME, Links.NO_FOLLOW, Purpose.LIST), false);
    }

    private interface Change {
        void run() throws IOException, ExecutorException;
    }

    /** Threads that change the disk over and over until this is closed. */
    private static final class Changes implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final List<Future<?>> running = new ArrayList<>();

        void repeat(Change change) {
            running.add(threads.submit(() -> {
                while (!over.get()) {
                    try {
                        change.run();
                    } catch (IOException e) {
                        // The tree vanishes while it is made: that is what is tested.
                        assertThat(e).isInstanceOf(java.nio.file.FileSystemException.class);
                    }
                }
                return true;
            }));
        }

        @Override
        public void close() {
            over.set(true);
            threads.close();
            running.forEach(Future::resultNow);
        }
    }
}
