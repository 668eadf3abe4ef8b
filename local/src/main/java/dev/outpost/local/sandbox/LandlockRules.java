package dev.outpost.local.sandbox;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.linux.JavaRuntime;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.landlock.Right;
import dev.outpost.linux.landlock.Ruleset;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a policy's threads may do in the kernel's eyes: the smallest superset of the policy that Landlock can express.
 * Exceptions below what is allowed, patterns and protected metadata are not in it, nor is what is only looked up; where
 * all can be read, what lies in {@code /proc} and {@code /dev} is still closed. Immutable.
 *
 * @param grants by their files, so that the same names for other files are something else
 */
record LandlockRules(List<Grant> grants) {
    private static final Set<Right> READ = EnumSet.of(Right.READ_FILE, Right.READ_DIRECTORY);
    private static final Set<Right> WRITE = EnumSet.of(
            Right.READ_FILE,
            Right.READ_DIRECTORY,
            Right.WRITE_FILE,
            Right.TRUNCATE,
            Right.REMOVE_DIRECTORY,
            Right.REMOVE_FILE,
            Right.MAKE_DIRECTORY,
            Right.MAKE_REGULAR,
            Right.MAKE_SYMLINK);
    private static final Set<Right> LIST = EnumSet.of(Right.READ_DIRECTORY);

    LandlockRules {
        grants = List.copyOf(grants);
    }

    /**
     * Finds out which files a policy is about now.
     *
     * @param own what this JVM loads its classes from: its threads must be able to, whatever the policy says
     */
    static LandlockRules of(SandboxPolicy policy, List<HostPath> own) {
        Map<HostPath, Set<Right>> rights = new LinkedHashMap<>();
        own.forEach(path -> rights.put(path, READ));
        for (PolicyRule rule : policy.rules()) {
            if (rule.access() == Access.NONE) {
                continue;
            }
            boolean write = rule.access() == Access.WRITE;
            if (rule.path().equals(PolicyCompiler.ROOT) && !write) {
                add(rights, rule.path(), LIST);
                Grant.openInRoot().forEach(child -> add(rights, child, READ));
            } else {
                add(rights, rule.path(), write ? WRITE : READ);
            }
        }
        return new LandlockRules(Grant.toPresent(rights));
    }

    /** Where the classes of this JVM come from, without links. */
    static List<HostPath> classes() {
        PolicyDisk disk = new LinuxDisk();
        return JavaRuntime.classFiles().stream()
                .map(path -> Resolution.of(HostPath.of(path).normalized(), disk).target())
                .distinct()
                .toList();
    }

    /** Restricts the calling thread to these rules for ever, and to no TCP. */
    void restrictThread() throws LinuxException {
        try (Ruleset ruleset = Ruleset.forFiles()) {
            for (Grant grant : grants) {
                grant.addTo(ruleset);
            }
            ruleset.restrictThread();
        }
    }

    private static void add(Map<HostPath, Set<Right>> rights, HostPath path, Set<Right> more) {
        Set<Right> all = EnumSet.copyOf(more);
        all.addAll(rights.getOrDefault(path, Set.of()));
        rights.put(path, all);
    }
}
