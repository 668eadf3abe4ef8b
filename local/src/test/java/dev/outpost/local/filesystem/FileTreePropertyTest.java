package dev.outpost.local.filesystem;

import static dev.outpost.local.filesystem.Disk.host;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.FileMetadata;
import dev.outpost.testkit.Spec;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random trees, with {@code java.nio.file} as the judge. */
class FileTreePropertyTest {
    private final LocalFileSystem fileSystem = new LocalFileSystem();

    @TempDir
    Path root;

    static IntStream seeds() {
        return IntStream.range(0, 12);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @Spec({"F9", "F12", "F13"})
    void looksAndReadsAsTheJudgeDoes(int seed) throws Exception {
        Path tree = new Trees(seed).grow(root.resolve("tree"), true);
        for (Path path : walk(tree)) {
            if (!Files.exists(path)) {
                continue;
            }
            FileMetadata metadata = fileSystem.getMetadata(host(path), null);
            BasicFileAttributes expected = Files.readAttributes(path, BasicFileAttributes.class);
            assertThat(metadata.directory()).isEqualTo(expected.isDirectory());
            assertThat(metadata.file()).isEqualTo(expected.isRegularFile());
            assertThat(metadata.symlink()).isEqualTo(Files.isSymbolicLink(path));
            assertThat(metadata.size()).isEqualTo(expected.size());
            assertThat(metadata.modifiedAtMillis())
                    .isEqualTo(expected.lastModifiedTime().toMillis());
            if (expected.isDirectory()) {
                assertThat(fileSystem.readDirectory(host(path), null)).containsExactlyInAnyOrderElementsOf(list(path));
            } else {
                assertThat(Disk.read(fileSystem, path)).isEqualTo(Files.readAllBytes(path));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @Spec({"F14", "F15"})
    void copiesAndRemovesAsTheJudgeDoes(int seed) throws Exception {
        Trees trees = new Trees(seed);
        Path source = trees.grow(root.resolve("source"), true);
        // Links that are in the way would be failures, so there are none.
        Path ours = new Trees(seed + 1000).grow(root.resolve("ours"), false);
        Path theirs = new Trees(seed + 1000).grow(root.resolve("theirs"), false);
        assertThat(describe(ours)).isEqualTo(describe(theirs));

        fileSystem.copy(host(source), host(ours), true, null);
        copyAsJudge(source, theirs);
        assertThat(describe(ours)).isEqualTo(describe(theirs));

        Path victim = trees.pick(walk(ours));
        fileSystem.remove(host(victim), true, false, null);
        removeAsJudge(theirs.resolve(ours.relativize(victim)));
        if (Files.exists(theirs)) {
            assertThat(describe(ours)).isEqualTo(describe(theirs));
        } else {
            assertThat(ours).doesNotExist();
        }
    }

    private static List<DirectoryEntry> list(Path directory) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.filter(Files::exists)
                    .map(path -> new DirectoryEntry(
                            path.getFileName().toString(), Files.isDirectory(path), Files.isRegularFile(path)))
                    .toList();
        }
    }

    private static void copyAsJudge(Path from, Path to) throws IOException {
        for (Path path : walk(from)) {
            Path target = to.resolve(from.relativize(path));
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(target);
            } else {
                Files.copy(
                        path,
                        target,
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.COPY_ATTRIBUTES,
                        LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    private static void removeAsJudge(Path top) throws IOException {
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static List<Path> walk(Path top) throws IOException {
        try (Stream<Path> paths = Files.walk(top)) {
            return paths.toList();
        }
    }

    /** Everything that matters of a tree, by relative path; the modes of directories are the umask's business. */
    private static Map<String, String> describe(Path top) throws IOException {
        Map<String, String> description = new TreeMap<>();
        for (Path path : walk(top)) {
            String text;
            if (Files.isSymbolicLink(path)) {
                text = "link to " + Files.readSymbolicLink(path);
            } else if (Files.isDirectory(path)) {
                text = "directory";
            } else {
                text = Files.getPosixFilePermissions(path).stream().sorted().toList() + " "
                        + Arrays.hashCode(Files.readAllBytes(path)) + " " + Files.size(path);
            }
            description.put(top.relativize(path).toString(), text);
        }
        return description;
    }

    /** Grows trees: the same seed, the same trees. */
    private static final class Trees {
        private final Random random;

        Trees(int seed) {
            random = new Random(seed);
        }

        Path grow(Path top, boolean links) throws IOException {
            Files.createDirectory(top);
            grow(top, links, 3);
            return top;
        }

        /** Names are few, so that two trees meet in them; their first letter is the kind, so that kinds don't clash. */
        private void grow(Path directory, boolean links, int depth) throws IOException {
            for (String name : names("d", depth > 0 ? 3 : 0)) {
                grow(Files.createDirectory(directory.resolve(name)), links, depth - 1);
            }
            for (String name : names("f", 4)) {
                byte[] content = new byte[random.nextInt(4) == 0 ? random.nextInt(200_000) : random.nextInt(50)];
                random.nextBytes(content);
                Path file = Files.write(directory.resolve(name), content);
                Set<PosixFilePermission> mode =
                        EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
                for (PosixFilePermission permission : PosixFilePermission.values()) {
                    if (random.nextBoolean()) {
                        mode.add(permission);
                    }
                }
                Files.setPosixFilePermissions(file, mode);
            }
            for (String name : names("l", links ? 4 : 0)) {
                List<String> targets = List.of("f0", "d0", "../f1", "l0", "nowhere", "/");
                Files.createSymbolicLink(directory.resolve(name), Path.of(targets.get(random.nextInt(targets.size()))));
            }
        }

        private List<String> names(String kind, int most) {
            List<String> names = new ArrayList<>();
            for (int i = 0; i < most; i++) {
                if (random.nextInt(3) > 0) {
                    names.add(kind + i);
                }
            }
            return names;
        }

        Path pick(List<Path> paths) {
            return paths.get(random.nextInt(paths.size()));
        }
    }
}
