package dev.outpost.local.sandbox;

import static dev.outpost.local.sandbox.Profiles.context;
import static dev.outpost.local.sandbox.Profiles.entry;
import static dev.outpost.local.sandbox.Profiles.glob;
import static dev.outpost.local.sandbox.Profiles.special;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.linux.file.FileType;
import dev.outpost.local.filesystem.LocalFileSystem;
import dev.outpost.testkit.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the policy decides of where a path really leads is what operations can do, for random trees and profiles. */
class PolicyOutcomeTest {
    private static final List<String> NAMES = List.of("a", "b", "c", ".git", "x.env");
    private static final SandboxHost HOST = SandboxHost.local(null);

    private final LocalFileSystem fileSystem = new LocalFileSystem();

    @TempDir
    Path root;

    private Random random = new Random(0);

    /** Why the last operation that failed did. */
    private @Nullable ExecutorException last;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @Spec({"F46", "F47", "F50", "F57", "F58"})
    void operationsDoWhatThePolicySays(long seed) throws Exception {
        root = root.toRealPath();
        random = new Random(seed);
        List<Path> all = grow();
        for (int round = 0; round < 12; round++) {
            SandboxContext context = profile(all);
            SandboxPolicy policy;
            try {
                policy = SandboxPolicy.compileForFiles(context, HOST);
            } catch (ExecutorException unenforceable) {
                assertThat(unenforceable).hasMessageContaining("crosses writable symlink");
                continue;
            }
            for (Path path : all) {
                check(path, context, policy);
            }
        }
    }

    private void check(Path path, SandboxContext context, SandboxPolicy policy) throws IOException {
        HostPath host = HostPath.of(path.toString());
        Resolution resolution = Resolution.of(host, new LinuxDisk());
        boolean reachable = isReachable(host, resolution, policy);
        HostPath target = resolution.target();
        Decision decision = policy.decide(target);
        boolean directory = resolution.isDirectory();
        boolean file = resolution.found() != null && resolution.found().type() == FileType.REGULAR;
        String about = path + " -> " + target + " " + decision + " under " + context;

        assertThat(succeeds(() -> fileSystem.getMetadata(host, context)))
                .as("metadata of %s; %s", about, last)
                .isEqualTo(reachable && resolution.exists() && policy.isVisible(target));
        assertThat(succeeds(() -> fileSystem.readDirectory(host, context)))
                .as("listing %s; %s", about, last)
                .isEqualTo(reachable && directory && decision.canRead());
        if (file) {
            assertThat(succeeds(() -> fileSystem.readFile(host, context).close()))
                    .as("reading %s; %s", about, last)
                    .isEqualTo(reachable && decision.canRead());
            byte[] before = Files.readAllBytes(path);
            byte[] data = Long.toHexString(random.nextLong()).getBytes(UTF_8);
            boolean mayWrite = reachable && decision.canWrite() && !isBlocked(policy.decide(host));
            assertThat(succeeds(() -> fileSystem.writeFile(host, data, context)))
                    .as("writing %s; %s", about, last)
                    .isEqualTo(mayWrite);
            assertThat(Files.readAllBytes(path)).as("written " + about).isEqualTo(mayWrite ? data : before);
        }
        if (directory) {
            HostPath made = host.resolve(HostPath.of("made"));
            HostPath there = target.resolve(HostPath.of("made"));
            boolean mayMake = reachable
                    && policy.isVisible(target)
                    && policy.decide(there).canWrite()
                    && decision.canWrite()
                    && !isBlocked(policy.decide(made));
            assertThat(succeeds(() -> fileSystem.createDirectory(made, false, context)))
                    .as("making a directory in %s; %s", about, last)
                    .isEqualTo(mayMake);
            assertThat(Files.isDirectory(path.resolve("made"), LinkOption.NOFOLLOW_LINKS))
                    .isEqualTo(mayMake);
            if (mayMake) {
                assertThat(succeeds(() -> fileSystem.remove(made, true, false, context)))
                        .as("removing a directory in %s; %s", about, last)
                        .isTrue();
            }
        }
    }

    /** Whether the path itself is not denied, and neither are the links on its way. */
    private static boolean isReachable(HostPath path, Resolution resolution, SandboxPolicy policy) {
        return (policy.isVisible(path) || !policy.decide(path).isDenied())
                && resolution.links().stream().allMatch(policy::isVisible);
    }

    private static boolean isBlocked(Decision decision) {
        return decision.isDenied() || decision.reason() == Decision.Reason.METADATA;
    }

    private SandboxContext profile(List<Path> all) {
        List<PolicyEntry> entries = new ArrayList<>();
        if (random.nextBoolean()) {
            entries.add(special(Kind.ROOT, Access.READ));
        }
        for (int i = random.nextInt(5); i >= 0; i--) {
            Path path = all.get(random.nextInt(all.size()));
            entries.add(entry(path.toString(), Access.values()[random.nextInt(3)]));
        }
        if (random.nextInt(4) == 0) {
            entries.add(glob(root + "/**/*.env"));
        }
        return context(entries.toArray(PolicyEntry[]::new));
    }

    private List<Path> grow() throws IOException {
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
        List<Path> all = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(root)) {
            walk.forEach(all::add);
        }
        // And some that lead through links.
        for (Path path : List.copyOf(all)) {
            if (Files.isSymbolicLink(path)) {
                NAMES.stream().map(path::resolve).filter(Files::exists).forEach(all::add);
            }
        }
        return all;
    }

    private boolean succeeds(Action action) {
        try {
            action.run();
            return true;
        } catch (ExecutorException refused) {
            last = refused;
            return false;
        }
    }

    private interface Action {
        void run() throws ExecutorException;
    }
}
