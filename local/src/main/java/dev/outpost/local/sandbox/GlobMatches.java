package dev.outpost.local.sandbox;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.FileSystemPolicy.Restricted;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.file.FileType;
import dev.outpost.linux.file.Links;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What deny patterns match now, for an enforcement that needs paths (spec F53). For one thread. */
final class GlobMatches {
    /** More than this is an error (spec F53). */
    private static final int MOST_MATCHES = 8192;

    /** A search that has seen so much is given up: it would take longer than anybody waits for a command to start. */
    private static final int MOST_ENTRIES = 2_000_000;

    private static final int LISTING_BYTES = 64 * 1024;
    private static final HostPath ROOT = HostPath.of("/");

    private final SandboxPolicy policy;
    private final PolicyDisk disk;
    private final Set<HostPath> matches = new LinkedHashSet<>();
    private int entries;

    private GlobMatches(SandboxPolicy policy, PolicyDisk disk) {
        this.policy = policy;
        this.disk = disk;
    }

    /**
     * All matches, and where those lead that are links. Patterns that could match anywhere on the disk are not looked for.
     */
    static Set<HostPath> of(SandboxPolicy policy, SandboxContext context, PolicyDisk disk) throws ExecutorException {
        GlobMatches found = new GlobMatches(policy, disk);
        int depth = maxDepth(context.permissions());
        Set<HostPath> roots = new LinkedHashSet<>();
        policy.denyGlobs().forEach(glob -> roots.add(glob.searchRoot()));
        for (HostPath root : roots) {
            if (!root.equals(ROOT)) {
                found.search(root, depth);
            }
        }
        return Set.copyOf(found.matches);
    }

    private static int maxDepth(PermissionProfile profile) {
        return profile instanceof PermissionProfile.Managed managed
                        && managed.fileSystem() instanceof Restricted restricted
                ? restricted.globScanMaxDepth().orElse(Integer.MAX_VALUE)
                : Integer.MAX_VALUE;
    }

    private void search(HostPath directory, int depth) throws ExecutorException {
        List<HostPath> below = new ArrayList<>();
        try (Directory open =
                Directory.host().openDirectory(directory.toBytes(), Links.NO_FOLLOW, Directory.Purpose.LIST)) {
            for (var batch = open.readEntries(LISTING_BYTES);
                    !batch.isEmpty();
                    batch = open.readEntries(LISTING_BYTES)) {
                for (Directory.Entry entry : batch) {
                    HostPath path = directory.resolve(HostPath.ofBytes(entry.name()));
                    if (++entries > MOST_ENTRIES) {
                        throw tooMuch("more than " + MOST_ENTRIES + " files would have to be looked at");
                    }
                    if (policy.decide(path).reason() == Decision.Reason.GLOB) {
                        add(path);
                    } else if (entry.type() == FileType.DIRECTORY) {
                        below.add(path);
                    }
                }
            }
        } catch (LinuxException goneOrClosed) {
            // What this process can't list, the sandboxed one can't list either: it has the same user and fewer rights.
            return;
        }
        if (depth > 1) {
            for (HostPath path : below) {
                search(path, depth - 1);
            }
        }
    }

    private void add(HostPath path) throws ExecutorException {
        Resolution resolution = Resolution.of(path, disk);
        matches.add(resolution.links().isEmpty() ? path : resolution.target());
        if (matches.size() > MOST_MATCHES) {
            throw tooMuch("they match more than " + MOST_MATCHES + " files");
        }
    }

    private static ExecutorException tooMuch(String why) {
        return new ExecutorException(
                FailureKind.FAILED,
                "the sandbox's deny patterns can't be enforced: " + why
                        + "; use longer fixed beginnings or glob_scan_max_depth");
    }
}
