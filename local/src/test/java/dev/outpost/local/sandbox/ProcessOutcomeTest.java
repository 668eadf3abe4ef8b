package dev.outpost.local.sandbox;

import static dev.outpost.local.sandbox.Profiles.context;
import static dev.outpost.local.sandbox.Profiles.special;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.process.ProcessLimits;
import dev.outpost.local.process.ProcessSupervisor;
import dev.outpost.local.sandbox.ProcessView.Difference;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.EventCollector;
import dev.outpost.testkit.contract.ProcessProfiles;
import dev.outpost.testkit.contract.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the policy decides of where a path really leads is what a sandboxed process can do there, for random trees and
 * profiles; {@link Difference} lists what is otherwise. One process tries everything, and what it did is looked for on the
 * disk. {@code -Doutpost.sandbox.trees=500} tries more, {@code -Doutpost.sandbox.seed} others.
 */
class ProcessOutcomeTest {
    private static final int TREES = Integer.getInteger("outpost.sandbox.trees", 8);
    private static final long SEED = Long.getLong("outpost.sandbox.seed", 1);
    private static final int PROFILES = 8;
    private static final String PERL = "/usr/bin/perl";
    private static final SandboxHost HOST = SandboxHost.local(null);

    private final Set<Difference> seen = EnumSet.noneOf(Difference.class);
    private int runs;
    private int refused;

    @TempDir
    Path scratch;

    @BeforeEach
    void requirePerl() throws IOException {
        assumeTrue(Files.isExecutable(Path.of(PERL)), "perl is not installed, which tries everything in one process");
        scratch = scratch.toRealPath();
    }

    @Test
    @Spec({"F46", "F47", "F48", "F49", "F50", "F57", "F58", "F64"})
    void inMounts() throws Exception {
        ProcessProfiles.assumeBubblewrap();
        grow(Recipe.PATH, tree -> {
            List<PolicyEntry> entries = tree.entries();
            entries.add(special(Kind.MINIMAL, Access.READ));
            return entries;
        });
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        Difference.DENIED_IS_SEEN,
                        Difference.WAY_IS_LISTED,
                        Difference.WAY_TO_NOTHING,
                        Difference.LINK_LEADS_ON,
                        Difference.PATTERN_AT_START,
                        Difference.MISSING_IS_THERE);
        assertThat(refused).as("profiles that can't be enforced, of %d", runs).isLessThan(runs / 4);
    }

    @Test
    @Spec({"F46", "F57", "F58"})
    void underLandlock() throws Exception {
        assumeTrue(ProcessLandlock.isAvailable(), "this kernel's Landlock can't restrict signals (Linux 6.12 can)");
        grow("/nonexistent", tree -> {
            List<PolicyEntry> entries = tree.entries();
            entries.removeIf(entry -> entry.access() != Access.READ);
            entries.add(special(Kind.MINIMAL, Access.READ));
            return entries;
        });
        assertThat(seen).containsExactlyInAnyOrder(Difference.EVERYTHING_IS_SEEN, Difference.LINK_LEADS_ON);
        assertThat(refused).isZero();
    }

    private interface Entries {
        List<PolicyEntry> of(RandomTree tree);
    }

    /** Tries profiles on trees. Where the server looks for bubblewrap says what it confines with. */
    private void grow(String searchPath, Entries entries) throws Exception {
        ExecutorEnvironment environment = ExecutorEnvironment.of(Map.of("PATH", searchPath));
        try (ProcessSupervisor supervisor = new ProcessSupervisor(ProcessLimits.defaults(), environment);
                ExecBackend backend = supervisor.openBackend()) {
            for (long seed = SEED; seed < SEED + TREES; seed++) {
                Path root = Files.createDirectory(scratch.resolve("tree" + seed));
                RandomTree tree = RandomTree.grow(root, new Random(seed));
                for (int i = 0; i < PROFILES; i++) {
                    SandboxContext context = context(entries.of(tree).toArray(PolicyEntry[]::new));
                    attempt(backend, root, tree.paths(), context, searchPath.equals(Recipe.PATH), "seed " + seed);
                }
            }
        }
    }

    private void attempt(
            ExecBackend backend, Path root, List<Path> paths, SandboxContext context, boolean mounts, String seed)
            throws Exception {
        runs++;
        Map<String, String> before = describe(root);
        List<String> output = run(backend, paths, context);
        if (output == null) {
            refused++;
            assertThat(describe(root)).isEqualTo(before);
            return;
        }
        List<HostPath> hostPaths =
                paths.stream().map(path -> HostPath.of(path.toString())).toList();
        SandboxPolicy policy = SandboxPolicy.compile(context, HOST);
        ProcessView view = mounts ? ProcessView.mounts(policy, hostPaths) : ProcessView.landlock(policy, hostPaths);
        assertThat(output).as("%s: output under %s", seed, context).hasSameSizeAs(paths);
        Map<String, String> after = new TreeMap<>(before);
        for (int i = 0; i < paths.size(); i++) {
            HostPath path = hostPaths.get(i);
            HostPath target = Resolution.of(path, new LinuxDisk()).target();
            Set<Attempt> expected = expected(view, path);
            assertThat(actual(output.get(i)))
                    .as("%s: %s -> %s under %s", seed, path, target, context)
                    .isEqualTo(expected);
            explain(view, path, expected, seed + ": " + path + " -> " + target + " under " + context);
            expect(expected, target, i, after);
        }
        // What stood in for what is missing goes with the process, in its own time.
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(describe(root))
                        .as("%s: files under %s", seed, context)
                        .isEqualTo(after));
        for (String made : after.keySet()) {
            if (!before.containsKey(made)) {
                Files.delete(Path.of(made));
            }
        }
    }

    /** What the program printed; null if the sandbox was refused because it could not be kept. */
    private @Nullable List<String> run(ExecBackend backend, List<Path> paths, SandboxContext context) throws Exception {
        List<String> argv = new ArrayList<>(List.of(PERL, "-e", Attempt.PROGRAM));
        for (Path path : paths) {
            argv.add((Files.isDirectory(path) ? "d" : "f") + path);
        }
        Recipe recipe = Recipe.of(argv.toArray(String[]::new)).id("p" + runs).sandbox(context);
        try (EventCollector events =
                new EventCollector(backend.start(recipe.request()).get(30, TimeUnit.SECONDS))) {
            var _ = events.untilClosed();
            assertThat(events.text(ProcessStream.STDERR))
                    .as("under %s", context)
                    .isEmpty();
            assertThat(events.exit()).isEqualTo(new ExitStatus.Code(0));
            return events.text(ProcessStream.STDOUT).lines().toList();
        } catch (ExecutionException failure) {
            assertThat(failure.getCause())
                    .as("under %s", context)
                    .isInstanceOf(ExecutorException.class)
                    .hasMessageContaining("crosses writable symlink");
            return null;
        }
    }

    private static Set<Attempt> expected(ProcessView view, HostPath path) {
        Set<Attempt> expected = attempts(path);
        expected.removeIf(attempt -> !view.allows(attempt, path));
        return expected;
    }

    private static Set<Attempt> attempts(HostPath path) {
        boolean directory = Files.isDirectory(Path.of(path.toString()));
        Set<Attempt> attempts = EnumSet.allOf(Attempt.class);
        attempts.removeIf(attempt -> directory ? !attempt.isOfDirectories() : !attempt.isOfFiles());
        return attempts;
    }

    /** Notes what is otherwise than the policy says; there must be a reason. */
    private void explain(ProcessView view, HostPath path, Set<Attempt> outcome, String about) {
        for (Attempt attempt : attempts(path)) {
            boolean allowed = outcome.contains(attempt);
            if (allowed != view.policySays(attempt, path)) {
                seen.add(Objects.requireNonNull(
                        view.explain(attempt, path), () -> attempt + " is " + allowed + "; " + about));
            }
        }
    }

    private static Set<Attempt> actual(String letters) {
        Set<Attempt> succeeded = EnumSet.noneOf(Attempt.class);
        for (Attempt attempt : Attempt.values()) {
            if (attempt.isIn(letters)) {
                succeeded.add(attempt);
            }
        }
        return succeeded;
    }

    /** Puts what is expected to have been done into what is expected to be there. */
    private static void expect(Set<Attempt> done, HostPath target, int number, Map<String, String> after) {
        if (done.contains(Attempt.MAKE)) {
            after.put(target + "/made" + number, "directory");
        }
        if (done.contains(Attempt.MAKE_MATCHED)) {
            after.put(target + "/new" + number + ".env", "");
        }
        if (done.contains(Attempt.WRITE)) {
            after.put(target.toString(), "written " + number);
        }
    }

    /** Everything below a directory, with the content of files and the texts of links. */
    private static Map<String, String> describe(Path root) throws IOException {
        Map<String, String> found = new HashMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.toList()) {
                String what = Files.isSymbolicLink(path)
                        ? "-> " + Files.readSymbolicLink(path)
                        : Files.isDirectory(path) ? "directory" : Files.readString(path);
                found.put(path.toString(), what);
            }
        }
        return found;
    }
}
