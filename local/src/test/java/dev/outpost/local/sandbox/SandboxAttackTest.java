package dev.outpost.local.sandbox;

import static dev.outpost.local.sandbox.Profiles.ROOT_READ;
import static dev.outpost.local.sandbox.Profiles.context;
import static dev.outpost.local.sandbox.Profiles.read;
import static dev.outpost.local.sandbox.Profiles.write;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.linux.Libc;
import dev.outpost.local.filesystem.LocalFileSystem;
import dev.outpost.testkit.Spec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operations while other threads exchange what their paths are made of: directories, files and hard links for links to
 * where nothing may be done. Judged by the victims. {@code -Doutpost.sandbox.attacks=1000000} makes it long.
 */
class SandboxAttackTest {
    private static final int OPERATIONS = Integer.getInteger("outpost.sandbox.attacks", 6000);
    private static final int WORKERS = 4;
    private static final int AT_FDCWD = -100;
    private static final int RENAME_EXCHANGE = 2;
    private static final Libc.Function RENAMEAT2 = Libc.function("renameat2");

    private final LocalFileSystem fileSystem = new LocalFileSystem();
    private final AtomicLong succeeded = new AtomicLong();
    private final AtomicLong exchanged = new AtomicLong();

    @TempDir
    Path root;

    @Test
    @Spec({"F69", "F72", "F74", "F76", "F77", "F80", "F82"})
    void nothingOutsideIsTouchedOrSeen() throws Exception {
        root = root.toRealPath();
        Files.createDirectories(root.resolve("outside/hidden"));
        Files.writeString(root.resolve("outside/f"), "secret");
        Files.writeString(root.resolve("outside/hidden/f"), "secret");
        Files.createDirectories(root.resolve("allowed/ro/sub"));
        Files.writeString(root.resolve("allowed/ro/f"), "locked");
        Files.writeString(root.resolve("allowed/ro/sub/f"), "locked");
        Map<String, String> outside = describe("outside");
        Map<String, String> readOnly = describe("allowed/ro");

        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> attackers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Random random = new Random(i);
                attackers.add(threads.submit(() -> attack(random, done)));
            }
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                Random random = new Random(100 + i);
                workers.add(threads.submit(() -> work(random)));
            }
            try {
                for (Future<?> worker : workers) {
                    worker.get();
                }
            } finally {
                done.set(true);
            }
            for (Future<?> attacker : attackers) {
                attacker.get();
            }
        }

        assertThat(describe("outside")).isEqualTo(outside);
        assertThat(describe("allowed/ro")).isEqualTo(readOnly);
        assertThat(succeeded.get()).as("operations that did something").isGreaterThan(OPERATIONS / 20);
        assertThat(exchanged.get()).as("exchanges").isGreaterThan(OPERATIONS / 20);
    }

    /** Makes what is missing, and exchanges it, by names that lie in the allowed directory only. */
    private Void attack(Random random, AtomicBoolean done) throws IOException {
        String own = "t" + random.nextInt(1 << 20);
        while (!done.get()) {
            make(own, random);
            switch (random.nextInt(5)) {
                case 0 -> exchange("d", "dl");
                case 1 -> exchange("d", "dr");
                case 2 -> exchange("f", "fl");
                case 3 -> exchange("f", "fr");
                default -> exchange("f", "h");
            }
        }
        return null;
    }

    private void make(String own, Random random) throws IOException {
        Path allowed = root.resolve("allowed");
        Path made = allowed.resolve(own);
        switch (random.nextInt(4)) {
            case 0 -> {
                Files.createDirectory(made);
                Files.writeString(made.resolve("f"), "own");
                if (!renamed(own, "d")) {
                    Files.delete(made.resolve("f"));
                    Files.delete(made);
                }
            }
            case 1 -> {
                Files.writeString(made, "own");
                if (!renamed(own, "f")) {
                    Files.delete(made);
                }
            }
            case 2 -> {
                try {
                    Files.createLink(allowed.resolve("h"), allowed.resolve("f"));
                } catch (IOException inTheWay) {
                    // Next time.
                }
            }
            default -> {
                link("dl", root.resolve("outside"));
                link("dr", Path.of("ro"));
                link("fl", root.resolve("outside/f"));
                link("fr", Path.of("ro/f"));
            }
        }
    }

    private void link(String name, Path target) throws IOException {
        try {
            Files.createSymbolicLink(root.resolve("allowed").resolve(name), target);
        } catch (FileAlreadyExistsException fine) {
            // It is there, as a link or exchanged.
        }
    }

    private boolean renamed(String from, String to) {
        return rename(from, to, 0);
    }

    private void exchange(String one, String other) {
        if (rename(one, other, RENAME_EXCHANGE)) {
            exchanged.incrementAndGet();
        }
    }

    private boolean rename(String from, String to, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            long result = RENAMEAT2.callOrErrno(
                    AT_FDCWD,
                    arena.allocateFrom(root + "/allowed/" + from).address(),
                    AT_FDCWD,
                    arena.allocateFrom(root + "/allowed/" + to).address(),
                    flags,
                    0);
            return result == 0;
        }
    }

    private Void work(Random random) throws Exception {
        PolicyEntry own = write(root + "/allowed");
        PolicyEntry locked = read(root + "/allowed/ro");
        List<SandboxContext> changes = List.of(context(ROOT_READ, own, locked), context(own, locked));
        SandboxContext look = context(read(root + "/allowed"));
        for (int i = 0; i < OPERATIONS / WORKERS; i++) {
            try {
                operate(random, changes.get(random.nextInt(2)), look);
                succeeded.incrementAndGet();
            } catch (ExecutorException refused) {
                // Or overtaken.
            }
        }
        return null;
    }

    private void operate(Random random, SandboxContext change, SandboxContext look) throws ExecutorException {
        byte[] data = "new".getBytes(UTF_8);
        String tree = "e" + random.nextInt(3);
        switch (random.nextInt(12)) {
            case 0 -> fileSystem.writeFile(at("d/f"), data, change);
            case 1 -> fileSystem.writeFile(at("f"), data, change);
            case 2 -> fileSystem.writeFile(at("d/n" + random.nextInt(4)), data, change);
            case 3 -> fileSystem.createDirectory(at("d/m/deep"), true, change);
            case 4 -> fileSystem.copy(at("f"), at("d/c"), false, change);
            case 5 -> fileSystem.copy(at("d"), at(tree), true, change);
            case 6 -> fileSystem.remove(at(tree), true, true, change);
            case 7 -> fileSystem.remove(at("d"), true, false, change);
            case 8 -> fileSystem.remove(at("d/f"), false, false, change);
            case 9 -> fileSystem.copy(at("h"), at("f"), false, change);
            case 10 -> {
                try (FileContent content = fileSystem.readFile(at(random.nextBoolean() ? "f" : "d/f"), look)) {
                    byte[] bytes = new byte[(int) content.size()];
                    content.copy(0, bytes, 0, bytes.length);
                    assertThat(new String(bytes, UTF_8)).isNotEqualTo("secret");
                }
            }
            default -> {
                List<DirectoryEntry> entries = fileSystem.readDirectory(at("d"), look);
                assertThat(entries).extracting(DirectoryEntry::name).doesNotContain("hidden");
            }
        }
    }

    private HostPath at(String relative) {
        return HostPath.of(root + "/allowed/" + relative);
    }

    /** Everything that could be changed of a tree. */
    private Map<String, String> describe(String relative) throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root.resolve(relative))) {
            for (Path path : all.toList()) {
                String content = Files.isRegularFile(path) ? Files.readString(path) : "";
                Map<String, Object> attributes = Files.readAttributes(path, "unix:ino,mode,nlink,lastModifiedTime");
                found.put(path.toString(), new TreeMap<>(attributes) + content);
            }
        }
        return found;
    }
}
