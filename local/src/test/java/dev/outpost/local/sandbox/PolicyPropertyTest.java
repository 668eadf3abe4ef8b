package dev.outpost.local.sandbox;

import static dev.outpost.local.sandbox.Profiles.context;
import static dev.outpost.local.sandbox.Profiles.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget.PathTarget;
import dev.outpost.testkit.Spec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of spec 03 §7 written down naively, against the compiled policy. */
class PolicyPropertyTest {
    private static final List<String> NAMES = List.of("a", "b", "aa", ".git", ".codex", ".agents");
    private static final SandboxHost HOST = new SandboxHost(null, new MemoryDisk().directories());

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    @Spec({"F46", "F47"})
    void decidesAsTheRulesSay(long seed) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 1500; round++) {
            List<PolicyEntry> entries = new ArrayList<>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                entries.add(entry(path(random, 3), Access.values()[random.nextInt(3)]));
            }
            SandboxPolicy policy = SandboxPolicy.compile(context(entries.toArray(PolicyEntry[]::new)), HOST);
            for (int i = 0; i < 30; i++) {
                HostPath path = HostPath.of(path(random, 5));
                assertThat(policy.decide(path).access())
                        .as("%s under %s", path, entries)
                        .isEqualTo(expected(entries, path));
            }
        }
    }

    private static String path(Random random, int most) {
        StringBuilder path = new StringBuilder();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            path.append('/').append(NAMES.get(random.nextInt(NAMES.size())));
        }
        return path.isEmpty() ? "/" : path.toString();
    }

    private static Access expected(List<PolicyEntry> entries, HostPath path) {
        Access access = entries.stream()
                .filter(e -> path.startsWith(target(e)))
                .max(Comparator.<PolicyEntry>comparingInt(e -> depth(target(e)))
                        .thenComparingInt(e ->
                                List.of(Access.READ, Access.WRITE, Access.NONE).indexOf(e.access())))
                .map(PolicyEntry::access)
                .orElse(Access.NONE);
        return access == Access.WRITE && isProtected(entries, path) ? Access.READ : access;
    }

    private static boolean isProtected(List<PolicyEntry> entries, HostPath path) {
        for (PolicyEntry entry : entries) {
            HostPath root = target(entry);
            if (entry.access() != Access.WRITE || !path.startsWith(root) || path.equals(root)) {
                continue;
            }
            String name = path.toString().split("/", -1)[depth(root) + 1];
            if (Set.of(".git", ".codex", ".agents").contains(name)) {
                HostPath metadata = root.resolve(HostPath.of(name));
                return entries.stream()
                        .noneMatch(e -> e.access() == Access.WRITE
                                && path.startsWith(target(e))
                                && target(e).startsWith(metadata));
            }
        }
        return false;
    }

    private static HostPath target(PolicyEntry entry) {
        return ((PathTarget) entry.target()).path();
    }

    private static int depth(HostPath path) {
        String text = path.toString();
        return text.equals("/") ? 0 : text.split("/", -1).length - 1;
    }
}
