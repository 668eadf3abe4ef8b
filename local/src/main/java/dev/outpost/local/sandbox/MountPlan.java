package dev.outpost.local.sandbox;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.SandboxContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a sandboxed process sees of the disk: the same decisions as {@link SandboxPolicy#decide}, as mounts over each other
 * (spec F48, F53, F55). Where two are at or above a path, the deeper one counts, as among rules.
 *
 * <p><b>What mounts can't say.</b> A name that must not come into being needs something to be there, so a placeholder is
 * made on the disk while the process runs. A pattern is what it matches when the process starts. A directory between a
 * writable place and something protected below it is mounted onto itself, because it could be renamed otherwise, and
 * another put in its stead. {@code /proc} and {@code /dev} are the sandbox's own.
 *
 * @param root what is at the root: {@code NONE} = nothing but what the mounts need
 * @param mounts in their order, the shallowest first
 * @param links symbolic links, with their texts, that are to be where the view has nothing of the host's
 * @param placeholders empty directories that have to be there for as long as the process runs; made beforehand if they are
 *     missing, and removed then when it has ended; in their order
 */
public record MountPlan(Access root, List<Mount> mounts, Map<HostPath, HostPath> links, List<HostPath> placeholders) {
    private static final HostPath ROOT = HostPath.of("/");
    private static final HostPath PARENT = HostPath.of("..");
    private static final HostPath PROC = HostPath.of("/proc");
    private static final HostPath DEV = HostPath.of("/dev");

    /** Copies the collections. */
    public MountPlan {
        mounts = List.copyOf(mounts);
        links = Map.copyOf(links);
        placeholders = List.copyOf(placeholders);
    }

    /**
     * The mounts for a policy, as the disk is now.
     *
     * @param context what the policy was compiled from
     * @throws ExecutorException {@code FAILED} if something can't be protected because it is a link that the process could
     *     replace (spec F65), or if a pattern matches too much (spec F53)
     */
    public static MountPlan of(SandboxPolicy policy, SandboxContext context, SandboxHost host)
            throws ExecutorException {
        if (!policy.restrictsFiles()) {
            return new MountPlan(Access.WRITE, List.of(), Map.of(), List.of());
        }
        return new Planner(policy, host.disk(), GlobMatches.of(policy, context, host.disk())).plan();
    }

    /** Puts a plan together. For one thread. */
    private static final class Planner {
        private static final Comparator<HostPath> SHALLOW_FIRST =
                Comparator.comparingInt(MountPlan::depth).thenComparing(HostPath::toBytes, Arrays::compare);

        private final SandboxPolicy policy;
        private final PolicyDisk disk;
        private final Access root;
        private final Map<HostPath, Mount> mounts = new TreeMap<>(SHALLOW_FIRST);
        private final Set<HostPath> placeholders = new LinkedHashSet<>();
        private final Set<HostPath> denied;
        private final Set<HostPath> links = new LinkedHashSet<>();

        Planner(SandboxPolicy policy, PolicyDisk disk, Set<HostPath> denied) {
            this.policy = policy;
            this.disk = disk;
            this.denied = denied;
            this.root = policy.decide(ROOT).access();
        }

        MountPlan plan() throws ExecutorException {
            for (HostPath place : places()) {
                if (place.startsWith(DEV)) {
                    addDevices(place);
                } else {
                    add(place);
                }
            }
            for (Mount mount : List.copyOf(mounts.values())) {
                pinDirectoriesAbove(mount.path());
            }
            return new MountPlan(root, List.copyOf(mounts.values()), links(), List.copyOf(placeholders));
        }

        /** Every path at which a decision may differ from that above it. */
        private List<HostPath> places() {
            Set<HostPath> places = new LinkedHashSet<>(denied);
            for (PolicyRule rule : policy.rules()) {
                places.add(rule.path());
                if (rule.access() == Access.WRITE) {
                    SandboxPolicy.metadataNames()
                            .forEach(name -> places.add(rule.path().resolve(name)));
                }
            }
            places.removeIf(place -> place.equals(ROOT) || place.startsWith(PROC));
            return places.stream().sorted(SHALLOW_FIRST).toList();
        }

        private void add(HostPath place) throws ExecutorException {
            Access access =
                    denied.contains(place) ? Access.NONE : policy.decide(place).access();
            Resolution resolution = Resolution.of(place, disk);
            if (!resolution.links().isEmpty()) {
                addThroughLinks(place, access, resolution);
            } else if (resolution.exists()) {
                if (access != nearest(place)) {
                    boolean directory = resolution.isDirectory();
                    if (directory && nearest(place) == Access.WRITE && disk.isEmpty(place)) {
                        // It may stand in for what another process must not write, and go with that one.
                        placeholders.add(place);
                    }
                    mounts.put(place, new Mount(kind(access, directory), place));
                }
            } else if (nearest(place) == Access.WRITE && access != Access.WRITE) {
                addPlaceholder(place, access);
            }
        }

        /** Where links lead is a place of its own; but one that must not change can't be held by a mount. */
        private void addThroughLinks(HostPath place, Access access, Resolution resolution) throws ExecutorException {
            if (access != Access.WRITE
                    && resolution.links().contains(place)
                    && nearest(parent(place)) == Access.WRITE) {
                throw new ExecutorException(
                        FailureKind.FAILED,
                        "cannot enforce sandbox " + (access == Access.NONE ? "deny-read" : "read-only") + " path "
                                + place + " because it crosses writable symlink " + place);
            }
            if (access != Access.NONE) {
                links.addAll(resolution.links());
            }
        }

        /**
         * Lets something stand in for the first missing name of a path that must not be written, since nothing can be put
         * below it then either; and for what is missing above, where it may be written. Below a file nothing can be, nor in
         * a directory in which the user may not make anything.
         */
        private void addPlaceholder(HostPath place, Access access) {
            Deque<HostPath> missing = new ArrayDeque<>();
            HostPath above = place;
            for (; disk.look(above) == null; above = parent(above)) {
                missing.push(above);
            }
            if (!Resolution.of(above, disk).isDirectory() || !disk.canGetNames(above)) {
                return;
            }
            for (HostPath name : missing) {
                if (mounts.containsKey(name)) {
                    return;
                }
                placeholders.add(name);
                Access there = name.equals(place) ? access : policy.decide(name).access();
                if (there != Access.WRITE) {
                    mounts.put(name, new Mount(kind(there, true), name));
                    return;
                }
            }
        }

        private void addDevices(HostPath place) {
            Access access = policy.decide(place).access();
            boolean own = place.equals(DEV) ? access == Access.WRITE : access != Access.NONE;
            if (own && Resolution.of(place, disk).exists()) {
                mounts.put(place, new Mount(Mount.Kind.DEVICES, place));
            }
        }

        private void pinDirectoriesAbove(HostPath path) {
            List<HostPath> between = new ArrayList<>();
            HostPath above = parent(path);
            while (!above.equals(ROOT) && !mounts.containsKey(above)) {
                between.add(above);
                above = parent(above);
            }
            Mount nearest = mounts.get(above);
            boolean writable = nearest == null ? root == Access.WRITE : nearest.kind() == Mount.Kind.READ_WRITE;
            if (writable && !path.startsWith(DEV)) {
                between.forEach(directory -> mounts.put(directory, new Mount(Mount.Kind.READ_WRITE, directory)));
            }
        }

        /** Those that neither the root nor a mount shows. */
        private Map<HostPath, HostPath> links() {
            Map<HostPath, HostPath> texts = new LinkedHashMap<>();
            for (HostPath link : links) {
                HostPath text = disk.readLink(link);
                boolean hidden = nearest(link) == Access.NONE;
                if (text != null && hidden && !link.startsWith(PROC) && !link.startsWith(DEV)) {
                    texts.put(link, text);
                }
            }
            return texts;
        }

        /** What the mounts so far allow at a path. */
        private Access nearest(HostPath path) {
            Mount mount = nearestMount(path);
            if (mount == null) {
                return root;
            }
            return switch (mount.kind()) {
                case READ_ONLY -> Access.READ;
                case READ_WRITE, DEVICES -> Access.WRITE;
                case HIDDEN_DIRECTORY, HIDDEN_FILE -> Access.NONE;
            };
        }

        private @Nullable Mount nearestMount(HostPath path) {
            for (HostPath at = path; !at.equals(ROOT); at = parent(at)) {
                Mount mount = mounts.get(at);
                if (mount != null) {
                    return mount;
                }
            }
            return null;
        }

        private static Mount.Kind kind(Access access, boolean directory) {
            return switch (access) {
                case READ -> Mount.Kind.READ_ONLY;
                case WRITE -> Mount.Kind.READ_WRITE;
                case NONE -> directory ? Mount.Kind.HIDDEN_DIRECTORY : Mount.Kind.HIDDEN_FILE;
            };
        }
    }

    private static HostPath parent(HostPath path) {
        return path.resolve(PARENT).normalized();
    }

    private static int depth(HostPath path) {
        int depth = 0;
        for (byte b : path.toBytes()) {
            depth += b == '/' ? 1 : 0;
        }
        return depth;
    }
}
