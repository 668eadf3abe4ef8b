package dev.outpost.local.sandbox;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a policy comes to for a process, in the words of {@link SandboxPolicy#decide}: by mounts or by Landlock. And for
 * each difference from what the policy itself says, which also is what file operations do, why that is so.
 */
abstract class ProcessView {
    private static final HostPath PARENT = HostPath.of("..");
    private static final HostPath METADATA = HostPath.of(".codex");
    private static final HostPath MISSING = HostPath.of("missing");
    private static final HostPath UNKNOWN = HostPath.of("unknown");
    private static final HostPath MATCHED = HostPath.of("unknown.env");

    final SandboxPolicy policy;
    final PolicyDisk disk = new LinuxDisk();

    /** Every location at which a decision may differ from that above it. */
    private final List<HostPath> locations = new ArrayList<>();

    /** The differences, and nothing else may differ; docs/sandbox.md has them too. */
    enum Difference {
        /** What is denied within what can be read is there: something has to be mounted on it to keep it closed. */
        DENIED_IS_SEEN,
        /** A directory that only leads to something readable, or to a link to it, can be listed and has only that in it. */
        WAY_IS_LISTED,
        /** What would lead to something readable that is missing, or denied by a pattern, is not there: nothing is mounted. */
        WAY_TO_NOTHING,
        /** A link leads on if its directory can be read, whatever is said of its name: where it leads decides. */
        LINK_LEADS_ON,
        /** A new file is not compared with the patterns: they are what they match at the start. */
        PATTERN_AT_START,
        /** A missing directory that an entry lets be written is there, empty, so that its metadata can be protected. */
        MISSING_IS_THERE,
        /** Landlock has no say in {@code stat}. */
        EVERYTHING_IS_SEEN,
    }

    private ProcessView(SandboxPolicy policy, List<HostPath> tree) {
        this.policy = policy;
        tree.stream().filter(path -> isAlone(Resolution.of(path, disk), path)).forEach(locations::add);
        for (PolicyRule rule : policy.rules()) {
            Resolution resolution = Resolution.of(rule.path(), disk);
            if (resolution.links().isEmpty() && canComeIntoBeing(rule.path())) {
                locations.add(rule.path());
                if (resolution.isDirectory() || !resolution.exists()) {
                    SandboxPolicy.metadataNames()
                            .forEach(name -> locations.add(rule.path().resolve(name)));
                }
            }
        }
    }

    /** By mounts; {@code tree} is every path that there is. */
    static ProcessView mounts(SandboxPolicy policy, List<HostPath> tree) {
        return new Mounts(policy, tree);
    }

    /** By Landlock. */
    static ProcessView landlock(SandboxPolicy policy, List<HostPath> tree) {
        return new Landlock(policy, tree);
    }

    /** Whether a process can do this at an existing path. */
    abstract boolean allows(Attempt attempt, HostPath path);

    /** Why it can, or can't, other than the policy says; null if there is no reason. */
    abstract @Nullable Difference explain(Attempt attempt, HostPath path);

    /** What the policy says; of renaming it has no notion, so that everything moved can be written, as processes do it. */
    final boolean policySays(Attempt attempt, HostPath path) {
        Resolution resolution = Resolution.of(path, disk);
        HostPath target = resolution.target();
        boolean reachable = (policy.isVisible(path) || !policy.decide(path).isDenied())
                && resolution.links().stream().allMatch(policy::isVisible);
        return switch (attempt) {
            case SEE -> reachable && policy.isVisible(target);
            case LIST, READ -> reachable && reads(target);
            case WRITE -> reachable && writes(target) && !isBlocked(path);
            case MAKE, MAKE_MATCHED, MAKE_METADATA, MAKE_MISSING ->
                reachable
                        && writes(target)
                        && writes(target.resolve(name(attempt)))
                        && !isBlocked(path.resolve(name(attempt)));
            case RENAME -> allows(attempt, path);
        };
    }

    /** Whether a name is denied or protected, wherever it leads. */
    final boolean isBlocked(HostPath path) {
        Decision decision = policy.decide(path);
        return decision.isDenied() || decision.reason() == Decision.Reason.METADATA;
    }

    static HostPath name(Attempt attempt) {
        return switch (attempt) {
            case MAKE_METADATA -> METADATA;
            case MAKE_MISSING -> MISSING;
            case MAKE_MATCHED -> MATCHED;
            case MAKE, SEE, LIST, READ, WRITE, RENAME -> UNKNOWN;
        };
    }

    final boolean reads(HostPath location) {
        return policy.decide(location).canRead();
    }

    final boolean writes(HostPath location) {
        return policy.decide(location).canWrite();
    }

    static HostPath parent(HostPath path) {
        return path.resolve(PARENT).normalized();
    }

    /** Where a path leads whose last name is not followed. */
    final HostPath entry(HostPath path) {
        byte[] bytes = path.toBytes();
        return Resolution.of(parent(path), disk).target().resolve(HostPath.ofBytes(Locations.name(bytes)));
    }

    final Stream<HostPath> below(HostPath location) {
        return locations.stream().filter(other -> other.startsWith(location));
    }

    private static boolean isAlone(Resolution resolution, HostPath path) {
        return resolution.links().isEmpty() || resolution.links().equals(List.of(path));
    }

    /** Whether it is there, or what is there of it is a directory. */
    private boolean canComeIntoBeing(HostPath path) {
        HostPath above = parent(path);
        while (disk.look(above) == null) {
            above = parent(above);
        }
        return Resolution.of(above, disk).isDirectory();
    }

    private static final class Mounts extends ProcessView {
        Mounts(SandboxPolicy policy, List<HostPath> tree) {
            super(policy, tree);
        }

        @Override
        boolean allows(Attempt attempt, HostPath path) {
            Resolution resolution = Resolution.of(path, disk);
            HostPath target = resolution.target();
            boolean reachable = resolution.links().stream().allMatch(this::isThere);
            return switch (attempt) {
                case SEE -> reachable && isThere(target);
                // A directory that is closed, and above something that is not, can only be gone through.
                case LIST -> reachable && (reads(target) || leadsToSomething(target) && !reads(parent(target)));
                case READ -> reachable && reads(target);
                case WRITE -> reachable && writes(target);
                case MAKE, MAKE_METADATA -> reachable && writes(target) && writes(target.resolve(name(attempt)));
                case MAKE_MISSING ->
                    reachable && writes(target) && writes(target.resolve(MISSING)) && !standsIn(target);
                case MAKE_MATCHED -> reachable && writes(target);
                case RENAME ->
                    Resolution.of(parent(path), disk).links().stream().allMatch(this::isThere)
                            && writes(parent(entry(path)))
                            && below(entry(path)).allMatch(place -> writes(place) || isMatchedLink(place));
            };
        }

        /** Whether it is a link that a pattern matches: where it leads is closed, and it is as free as its directory. */
        private boolean isMatchedLink(HostPath location) {
            return disk.readLink(location) != null && policy.decide(location).reason() == Decision.Reason.GLOB;
        }

        @Override
        @Nullable Difference explain(Attempt attempt, HostPath path) {
            Resolution resolution = Resolution.of(path, disk);
            HostPath target = resolution.target();
            boolean allowed = allows(attempt, path);
            boolean closedLink = isBlocked(path)
                    || isBlocked(path.resolve(name(attempt)))
                    || resolution.links().stream().anyMatch(link -> !policy.isVisible(link));
            if (allowed && !resolution.links().isEmpty() && closedLink) {
                return Difference.LINK_LEADS_ON;
            }
            if (!allowed && !resolution.links().stream().allMatch(this::isThere)) {
                return Difference.WAY_TO_NOTHING;
            }
            return switch (attempt) {
                case SEE -> {
                    if (!allowed) {
                        yield !leadsToSomething(target) && !reads(target) ? Difference.WAY_TO_NOTHING : null;
                    }
                    yield reads(parent(target))
                            ? Difference.DENIED_IS_SEEN
                            : leadsToSomething(target) ? Difference.WAY_IS_LISTED : null;
                }
                case LIST -> allowed && leadsToSomething(target) ? Difference.WAY_IS_LISTED : null;
                case MAKE_MATCHED ->
                    policy.decide(target.resolve(name(attempt))).reason() == Decision.Reason.GLOB
                            ? Difference.PATTERN_AT_START
                            : null;
                case MAKE_MISSING -> standsIn(target) ? Difference.MISSING_IS_THERE : null;
                case READ, WRITE, MAKE, MAKE_METADATA, RENAME -> null;
            };
        }

        /** Whether something stands in for what an entry names in a directory that can be written. */
        private boolean standsIn(HostPath directory) {
            return policy.rules().stream().anyMatch(rule -> rule.path().equals(directory.resolve(MISSING)));
        }

        /** Whether a location that exists, perhaps of a link, has a name in the process's view. */
        private boolean isThere(HostPath location) {
            return reads(location) || reads(parent(location)) || leadsToSomething(location);
        }

        /** Whether something that is mounted is below a location, or a link to something is there or below. */
        private boolean leadsToSomething(HostPath location) {
            return policy.rules().stream()
                    .flatMap(rule -> rule.access() == Access.WRITE
                            ? Stream.concat(
                                    Stream.of(rule.path()),
                                    SandboxPolicy.metadataNames().stream()
                                            .map(name -> rule.path().resolve(name)))
                            : Stream.of(rule.path()))
                    .filter(this::reads)
                    .anyMatch(place -> isOnTheWay(location, place));
        }

        private boolean isOnTheWay(HostPath location, HostPath place) {
            Resolution resolution = Resolution.of(place, disk);
            return resolution.links().isEmpty()
                    ? resolution.exists() && place.startsWith(location) && !place.equals(location)
                    : resolution.links().stream().anyMatch(link -> link.startsWith(location));
        }
    }

    private static final class Landlock extends ProcessView {
        Landlock(SandboxPolicy policy, List<HostPath> tree) {
            super(policy, tree);
        }

        @Override
        boolean allows(Attempt attempt, HostPath path) {
            return switch (attempt) {
                case SEE -> true;
                case LIST, READ -> reads(Resolution.of(path, disk).target());
                case WRITE, MAKE, MAKE_MATCHED, MAKE_METADATA, MAKE_MISSING, RENAME -> false;
            };
        }

        @Override
        @Nullable Difference explain(Attempt attempt, HostPath path) {
            return switch (attempt) {
                case SEE -> Difference.EVERYTHING_IS_SEEN;
                case LIST, READ -> allows(attempt, path) ? Difference.LINK_LEADS_ON : null;
                case WRITE, MAKE, MAKE_MATCHED, MAKE_METADATA, MAKE_MISSING, RENAME -> null;
            };
        }
    }
}
