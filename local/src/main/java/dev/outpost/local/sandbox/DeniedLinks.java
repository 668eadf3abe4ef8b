package dev.outpost.local.sandbox;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.linux.file.FileType;
import dev.outpost.local.sandbox.PolicyDisk.Child;
import dev.outpost.local.sandbox.PolicyRule.Origin;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Symbolic links that a deny pattern matches: where they lead is denied, too (spec F53). Everything else that a pattern
 * matches is found when it is accessed. Looks through the pattern's directory without following links, and not at all if
 * that is {@code /}, as the reference does. For one thread.
 */
final class DeniedLinks {
    /** More links than these fail (spec F53). */
    private static final int MOST_LINKS = 8192;

    /** A tree with more names than these is not looked through in the time that an operation may take. */
    private static final int MOST_NAMES = 1_000_000;

    private final PolicyDisk disk;
    private final int depth;

    private record Level(HostPath directory, int depth) {}

    /**
     * Made for one policy.
     *
     * @param depth 1 for only what is directly in a pattern's directory; empty for no limit
     */
    DeniedLinks(PolicyDisk disk, OptionalInt depth) {
        this.disk = disk;
        this.depth = depth.orElse(Integer.MAX_VALUE);
    }

    /**
     * Denies where the links of one pattern lead.
     *
     * @throws ExecutorException {@code FAILED} if there is too much to look at
     */
    void find(PathGlob glob, Consumer<PolicyRule> rules) throws ExecutorException {
        if (glob.searchRoot().equals(PolicyCompiler.ROOT)) {
            return;
        }
        Deque<Level> rest = new ArrayDeque<>();
        rest.push(new Level(Resolution.of(glob.searchRoot(), disk).target(), 1));
        PathGlob there = glob.below(rest.element().directory());
        int names = 0;
        int links = 0;
        while (!rest.isEmpty()) {
            Level level = rest.pop();
            for (Child child : disk.children(level.directory())) {
                names++;
                HostPath path = level.directory().resolve(child.name());
                if (child.type() == FileType.SYMLINK && there.matches(path)) {
                    links++;
                    rules.accept(new PolicyRule(
                            Resolution.of(path, disk).target(),
                            Access.NONE,
                            0,
                            Origin.LINK_TARGET,
                            "where " + path + " leads, which the pattern " + glob + " denies"));
                } else if (child.type() == FileType.DIRECTORY && level.depth() < depth) {
                    rest.push(new Level(path, level.depth() + 1));
                }
            }
            if (names > MOST_NAMES || links > MOST_LINKS) {
                throw new ExecutorException(
                        FailureKind.FAILED,
                        "cannot enforce sandbox deny-read pattern " + glob + ": there are more than " + MOST_NAMES
                                + " files below " + glob.searchRoot() + ", or more than " + MOST_LINKS
                                + " links that it matches; limit glob_scan_max_depth");
            }
        }
    }
}
