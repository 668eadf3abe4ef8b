package dev.outpost.local.sandbox;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.FileSystemPolicy.Restricted;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget.GlobTarget;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.PolicyTarget.PathTarget;
import dev.outpost.executor.sandbox.PolicyTarget.SpecialTarget;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.linux.Errno;
import dev.outpost.local.sandbox.PolicyRule.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes one {@link SandboxPolicy} of a context. For one thread. */
final class PolicyCompiler {
    static final HostPath ROOT = HostPath.of("/");
    private static final HostPath TMP = HostPath.of("/tmp");
    private static final HostPath PARENT = HostPath.of("..");

    /** So many paths and patterns a policy may be made of. */
    private static final int MOST_RULES = 4096;

    private final SandboxContext context;
    private final SandboxHost host;
    private final PolicyDisk disk;

    /** Entries with the paths that they stand for, in their order. */
    private final List<PolicyRule> entries = new ArrayList<>();

    private final List<PolicyRule> implied = new ArrayList<>();
    private final List<PathGlob> globs = new ArrayList<>();
    private @Nullable String malformedGlob;
    private boolean platform;

    PolicyCompiler(SandboxContext context, SandboxHost host) {
        this.context = context;
        this.host = host;
        this.disk = host.disk();
    }

    SandboxPolicy compile(boolean forFiles) throws ExecutorException {
        PermissionProfile profile = context.permissions();
        if (!(profile instanceof PermissionProfile.Managed managed)
                || !(managed.fileSystem() instanceof Restricted restricted)) {
            return unrestricted(profile);
        }
        if (!profile.restrictsFiles()) {
            return unrestricted(profile);
        }
        checkCwd(restricted);
        List<PolicyEntry> list = restricted.entries();
        for (int i = 0; i < list.size(); i++) {
            expand(list.get(i), i);
        }
        boolean readsEverything = readsEverything(list);
        SandboxPolicy literal = policy(readsEverything, entries, List.of());
        addTargets(readsEverything, literal);
        DeniedLinks deniedLinks = new DeniedLinks(disk, restricted.globScanMaxDepth());
        for (PathGlob glob : List.copyOf(globs)) {
            addTarget(glob, literal);
            deniedLinks.find(glob, this::imply);
        }
        if (!readsEverything && (platform || forFiles)) {
            PlatformRules.addReadRoots(literal, disk, this::imply);
        }
        List<PolicyRule> all = new ArrayList<>(entries);
        if (forFiles) {
            PlatformRules.guard(literal, all, this::imply);
        }
        WritableRoots roots = new WritableRoots(literal, entries, disk);
        List<WritableRoot> writable = roots.compute(this::imply);
        all.addAll(implied);
        return policy(readsEverything, all, writable);
    }

    private SandboxPolicy unrestricted(PermissionProfile profile) {
        return new SandboxPolicy(profile, context.cwd(), true, List.of(), List.of(), null, List.of());
    }

    private SandboxPolicy policy(boolean readsEverything, List<PolicyRule> rules, List<WritableRoot> writable) {
        return new SandboxPolicy(
                context.permissions(), context.cwd(), readsEverything, rules, globs, malformedGlob, writable);
    }

    /** Spec F41. */
    private static boolean readsEverything(List<PolicyEntry> list) {
        boolean root = list.stream()
                .anyMatch(entry -> entry.access() != Access.NONE
                        && entry.target() instanceof SpecialTarget(Kind kind, var _)
                        && kind == Kind.ROOT);
        return root && list.stream().noneMatch(entry -> entry.access() == Access.NONE);
    }

    /** Spec F44. */
    private void checkCwd(Restricted restricted) throws ExecutorException {
        HostPath cwd = context.cwd();
        if (cwd == null) {
            if (restricted.entries().stream().anyMatch(this::dependsOnCwd)) {
                throw new ExecutorException(
                        FailureKind.REJECTED, "file system sandbox context with dynamic permissions requires cwd");
            }
        } else if (!Resolution.of(cwd, disk).exists()) {
            throw new ExecutorException(FailureKind.FAILED, Errno.describe(Errno.ENOENT));
        }
    }

    private boolean dependsOnCwd(PolicyEntry entry) {
        return switch (entry.target()) {
            case PathTarget _ -> false;
            case GlobTarget(String pattern) -> !pattern.startsWith("/");
            case SpecialTarget(Kind kind, var _) ->
                kind == Kind.PROJECT_ROOTS && context.workspaceRoots().isEmpty();
        };
    }

    private void expand(PolicyEntry entry, int index) throws ExecutorException {
        if (entries.size() + globs.size() >= MOST_RULES) {
            throw new ExecutorException(
                    FailureKind.REJECTED,
                    "the permission profile has too many entries: limit is " + MOST_RULES
                            + ", with one for each workspace root");
        }
        switch (entry.target()) {
            case PathTarget(HostPath path) -> add(entry, index, path, path.toString());
            case GlobTarget(String pattern) -> {
                if (entry.access() == Access.NONE) {
                    addGlob(pattern);
                }
            }
            case SpecialTarget(Kind kind, @Nullable String subpath) -> expand(entry, index, kind, subpath);
        }
    }

    private void expand(PolicyEntry entry, int index, Kind kind, @Nullable String subpath) {
        switch (kind) {
            case ROOT -> add(entry, index, ROOT, "root");
            case MINIMAL -> platform |= entry.access() != Access.NONE;
            case PROJECT_ROOTS -> {
                for (HostPath root :
                        projectRoots().subList(0, Math.min(projectRoots().size(), MOST_RULES))) {
                    HostPath path = subpath == null
                            ? root
                            : root.resolve(HostPath.of(subpath)).normalized();
                    add(entry, index, path, "project_roots " + path);
                }
            }
            case TMPDIR -> {
                HostPath tmpdir = host.tmpdir();
                if (tmpdir != null) {
                    add(entry, index, tmpdir, "tmpdir " + tmpdir);
                }
            }
            case SLASH_TMP -> {
                if (Resolution.of(TMP, disk).isDirectory()) {
                    add(entry, index, TMP, "slash_tmp");
                }
            }
            case UNKNOWN -> {}
        }
    }

    private List<HostPath> projectRoots() {
        if (!context.workspaceRoots().isEmpty()) {
            return context.workspaceRoots();
        }
        HostPath cwd = context.cwd();
        return cwd == null ? List.of() : List.of(cwd);
    }

    private void add(PolicyEntry entry, int index, HostPath path, String what) {
        if (entry.skipIfMissing() && disk.look(path) == null) {
            return;
        }
        String access = entry.access().name().toLowerCase(Locale.ROOT);
        String description = "entry " + (index + 1) + " (" + access + " " + what + ")";
        entries.add(new PolicyRule(path, entry.access(), entries.size(), Origin.ENTRY, description));
    }

    private void addGlob(String pattern) {
        HostPath cwd = context.cwd();
        try {
            globs.add(PathGlob.compile(pattern, cwd == null ? ROOT : cwd));
        } catch (MalformedGlobException e) {
            malformedGlob = pattern;
        }
    }

    /** Lets entries hold for where their paths lead as well (spec F49, F50, F65). */
    private void addTargets(boolean readsEverything, SandboxPolicy literal) throws ExecutorException {
        List<PolicyRule> reads = new ArrayList<>();
        for (PolicyRule rule : entries) {
            Resolution resolution = Resolution.of(rule.path(), disk);
            if (resolution.links().isEmpty()) {
                continue;
            }
            HostPath loose = looseLink(resolution, literal);
            boolean excepts = rule.access() != Access.WRITE && isException(rule, literal);
            if (loose != null && (excepts || rule.access() == Access.NONE)) {
                String what = rule.access() == Access.NONE ? "deny-read path " : "read-only path ";
                throw unenforceable(what + rule.path(), loose);
            }
            PolicyRule there = new PolicyRule(
                    resolution.target(), rule.access(), rule.order(), Origin.LINK_TARGET, rule.description());
            switch (rule.access()) {
                case NONE -> implied.add(there);
                case WRITE -> {
                    if (loose == null && literal.decide(rule.path()).canWrite()) {
                        implied.add(there);
                    }
                }
                case READ -> {
                    if (excepts) {
                        implied.add(there);
                    } else if (loose == null) {
                        reads.add(there);
                    }
                }
            }
        }
        // What only grants reading must not take writing away, where something else grants it.
        List<PolicyRule> soFar = new ArrayList<>(entries);
        soFar.addAll(implied);
        SandboxPolicy granted = policy(readsEverything, soFar, List.of());
        for (PolicyRule there : reads) {
            Decision decision = granted.decide(there.path());
            if (!decision.canRead() && !decision.isDenied()) {
                implied.add(there);
            }
        }
    }

    /** Whether a rule takes writing away from what is above it. */
    private static boolean isException(PolicyRule rule, SandboxPolicy literal) {
        return !literal.decide(rule.path()).canWrite()
                && literal.decide(rule.path().resolve(PARENT).normalized()).canWrite();
    }

    private void addTarget(PathGlob glob, SandboxPolicy literal) throws ExecutorException {
        Resolution resolution = Resolution.of(glob.searchRoot(), disk);
        if (resolution.links().isEmpty()) {
            return;
        }
        HostPath loose = looseLink(resolution, literal);
        if (loose != null) {
            throw unenforceable("deny-read path " + glob, loose);
        }
        globs.add(glob.below(resolution.target()));
    }

    /** A link that whoever is restricted may replace; null if there is none on the way. */
    private static @Nullable HostPath looseLink(Resolution resolution, SandboxPolicy literal) {
        for (HostPath link : resolution.links()) {
            if (literal.decide(link.resolve(PARENT).normalized()).canWrite()) {
                return link;
            }
        }
        return null;
    }

    private static ExecutorException unenforceable(String what, HostPath link) {
        return new ExecutorException(
                FailureKind.FAILED, "cannot enforce sandbox " + what + " because it crosses writable symlink " + link);
    }

    private void imply(PolicyRule rule) {
        implied.add(rule);
    }
}
