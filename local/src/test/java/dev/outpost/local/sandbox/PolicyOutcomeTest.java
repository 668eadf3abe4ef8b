package dev.outpost.local.sandbox;

import static dev.outpost.local.sandbox.Profiles.context;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.linux.file.FileType;
import dev.outpost.local.filesystem.LocalFileSystem;
import dev.outpost.testkit.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the policy decides of where a path really leads is what operations can do, for random trees and profiles. */
class PolicyOutcomeTest {
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
        RandomTree tree = RandomTree.grow(root, random);
        for (int round = 0; round < 12; round++) {
            SandboxContext context = context(tree.entries().toArray(PolicyEntry[]::new));
            SandboxPolicy policy;
            try {
                policy = SandboxPolicy.compileForFiles(context, HOST);
            } catch (ExecutorException unenforceable) {
                assertThat(unenforceable).hasMessageContaining("crosses writable symlink");
                continue;
            }
            for (Path path : tree.paths()) {
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
