package dev.outpost.local.sandbox;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.linux.file.FileType;
import dev.outpost.local.sandbox.PolicyRule.Origin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Writable directories and what is excepted in them (spec F47–F49). For one thread. */
final class WritableRoots {
    private static final HostPath GIT = HostPath.of(".git");
    private static final HostPath PARENT = HostPath.of("..");
    private static final String GITDIR = "gitdir:";

    private final SandboxPolicy literal;
    private final List<PolicyRule> entries;
    private final PolicyDisk disk;
    private final Set<HostPath> named = new HashSet<>();

    WritableRoots(SandboxPolicy literal, List<PolicyRule> entries, PolicyDisk disk) {
        this.literal = literal;
        this.entries = entries;
        this.disk = disk;
        entries.forEach(entry -> named.add(entry.path()));
    }

    /**
     * All roots, the shallowest first.
     *
     * @param rules takes rules for protected places that no name protects: where the {@code .git} of a root leads
     */
    List<WritableRoot> compute(Consumer<PolicyRule> rules) {
        Map<HostPath, WritableRoot> roots = new LinkedHashMap<>();
        for (PolicyRule entry : entries) {
            if (entry.access() != Access.WRITE || !literal.decide(entry.path()).canWrite()) {
                continue;
            }
            Resolution resolution = Resolution.of(entry.path(), disk);
            HostPath path = onlyTopLevelLink(resolution) ? resolution.target() : entry.path();
            if (!roots.containsKey(path)) {
                roots.put(path, root(entry, path, resolution, rules));
            }
        }
        List<WritableRoot> sorted = new ArrayList<>(roots.values());
        sorted.sort(Comparator.comparingInt(root -> depth(root.path())));
        return sorted;
    }

    private WritableRoot root(PolicyRule entry, HostPath path, Resolution resolution, Consumer<PolicyRule> rules) {
        Set<HostPath> readOnly = new LinkedHashSet<>();
        for (HostPath name : SandboxPolicy.metadataNames()) {
            if (!named.contains(entry.path().resolve(name))) {
                readOnly.add(path.resolve(name));
            }
        }
        HostPath git = entry.path().resolve(GIT);
        if (!named.contains(git)) {
            for (HostPath place : gitPlaces(git)) {
                if (!named.contains(place)) {
                    readOnly.add(place);
                    if (literal.decide(place).canWrite()) {
                        rules.accept(new PolicyRule(
                                place,
                                Access.READ,
                                entry.order(),
                                Origin.METADATA,
                                "where " + git + " leads, protected by " + entry.description()));
                    }
                }
            }
        }
        for (PolicyRule other : entries) {
            boolean below = !other.path().equals(entry.path()) && other.path().startsWith(entry.path());
            if (below
                    && other.access() != Access.WRITE
                    && !literal.decide(other.path()).canWrite()) {
                readOnly.add(moved(other.path(), entry.path(), path));
            }
        }
        return new WritableRoot(path, resolution.target(), List.copyOf(readOnly));
    }

    /** Where a {@code .git} that is a link or a file leads: what Git works on, in another place. */
    private List<HostPath> gitPlaces(HostPath git) {
        PolicyDisk.Found found = disk.look(git);
        if (found == null || found.type() == FileType.DIRECTORY) {
            return List.of();
        }
        List<HostPath> places = new ArrayList<>();
        Resolution resolution = Resolution.of(git, disk);
        PolicyDisk.Found target = resolution.found();
        if (target == null) {
            return List.of();
        }
        if (!resolution.links().isEmpty()) {
            places.add(resolution.target());
        }
        if (target.type() == FileType.REGULAR) {
            String text = new String(disk.beginning(resolution.target()), ISO_8859_1).strip();
            if (text.startsWith(GITDIR)) {
                HostPath gitdir =
                        HostPath.ofBytes(text.substring(GITDIR.length()).strip().getBytes(ISO_8859_1));
                HostPath absolute = git.resolve(PARENT).normalized().resolve(gitdir);
                if (!gitdir.hasNul()) {
                    Resolution there = Resolution.of(absolute.normalized(), disk);
                    if (there.exists()) {
                        places.add(there.target());
                    }
                }
            }
        }
        return places;
    }

    /** Whether the first component is the only link on the way (spec F49). */
    private static boolean onlyTopLevelLink(Resolution resolution) {
        return resolution.links().size() == 1 && depth(resolution.links().getFirst()) == 1;
    }

    private static HostPath moved(HostPath path, HostPath from, HostPath to) {
        if (from.equals(to)) {
            return path;
        }
        byte[] bytes = path.toBytes();
        int length = from.toBytes().length;
        return to.resolve(HostPath.ofBytes(Arrays.copyOfRange(bytes, length + 1, bytes.length)));
    }

    private static int depth(HostPath path) {
        byte[] bytes = path.toBytes();
        int depth = 0;
        for (int i = 0; i < bytes.length - 1; i++) {
            if (bytes[i] == '/') {
                depth++;
            }
        }
        return bytes.length == 1 ? 0 : depth;
    }
}
