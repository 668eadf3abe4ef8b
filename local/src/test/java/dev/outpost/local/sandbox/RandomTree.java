package dev.outpost.local.sandbox;

import static dev.outpost.local.sandbox.Profiles.entry;
import static dev.outpost.local.sandbox.Profiles.glob;
import static dev.outpost.local.sandbox.Profiles.special;

import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;

/** A directory with files, directories and links to directories in it, and profiles about them, as random numbers say. */
final class RandomTree {
    private static final List<String> NAMES = List.of("a", "b", "c", ".git", "x.env");

    private final Path root;
    private final Random random;
    private final List<Path> paths = new ArrayList<>();

    private RandomTree(Path root, Random random) {
        this.root = root;
        this.random = random;
    }

    /** Fills an empty directory. */
    static RandomTree grow(Path root, Random random) throws IOException {
        RandomTree tree = new RandomTree(root, random);
        tree.grow();
        return tree;
    }

    /** The root and all that is below it, by names of which some lead through links. */
    List<Path> paths() {
        return List.copyOf(paths);
    }

    /** Entries about some of the paths, and some about what isn't there. */
    List<PolicyEntry> entries() {
        List<PolicyEntry> entries = new ArrayList<>();
        if (random.nextBoolean()) {
            entries.add(special(Kind.ROOT, Access.READ));
        }
        Path last = root;
        for (int i = random.nextInt(5); i >= 0; i--) {
            Path path = paths.get(random.nextInt(paths.size()));
            if (random.nextInt(4) == 0) {
                path = last.resolve("missing");
            }
            last = path;
            entries.add(entry(path.toString(), Access.values()[random.nextInt(3)]));
        }
        if (random.nextInt(4) == 0) {
            entries.add(glob(root + "/**/*.env"));
        }
        return entries;
    }

    private void grow() throws IOException {
        List<Path> directories = new ArrayList<>(List.of(root));
        for (int i = 0; i < 30; i++) {
            Path path = directories
                    .get(random.nextInt(directories.size()))
                    .resolve(NAMES.get(random.nextInt(NAMES.size())));
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            switch (random.nextInt(5)) {
                case 0, 1 -> directories.add(Files.createDirectory(path));
                case 2, 3 -> Files.writeString(path, "x");
                default -> {
                    Path target = directories.get(random.nextInt(directories.size()));
                    Files.createSymbolicLink(
                            path,
                            random.nextBoolean() || target.equals(path.getParent())
                                    ? target
                                    : Objects.requireNonNull(path.getParent()).relativize(target));
                }
            }
        }
        try (Stream<Path> walk = Files.walk(root)) {
            walk.sorted().forEach(paths::add);
        }
        for (Path path : List.copyOf(paths)) {
            if (Files.isSymbolicLink(path)) {
                NAMES.stream().map(path::resolve).filter(Files::exists).forEach(paths::add);
            }
        }
    }
}
