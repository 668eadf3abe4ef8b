package dev.outpost.local.sandbox;

import dev.outpost.executor.HostPath;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.FileId;
import dev.outpost.linux.file.FileReference;
import dev.outpost.linux.file.FileStatus;
import dev.outpost.linux.landlock.Right;
import dev.outpost.linux.landlock.Ruleset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rights to one file and what is below it, in Landlock's eyes. Immutable.
 *
 * @param id which file it is, so that the same name for another file is another grant
 * @param appearedAtMillis in {@code /proc}, whose files the kernel forgets and makes again under the same number, since when
 *     there is this one, in milliseconds since 1970; elsewhere 0
 */
record Grant(HostPath path, FileId id, long appearedAtMillis, boolean directory, Set<Right> rights) {
    private static final HostPath PROC = HostPath.of("/proc");
    private static final Set<HostPath> CLOSED = Set.of(PROC, HostPath.of("/dev"));

    Grant {
        rights = Set.copyOf(rights);
    }

    /** Rights to those files that are there now, and no links. */
    static List<Grant> toPresent(Map<HostPath, Set<Right>> rights) {
        List<Grant> grants = new ArrayList<>();
        rights.forEach((path, granted) -> {
            FileStatus status = LinuxDisk.status(path);
            if (status != null && !status.isSymlink()) {
                long appeared = path.startsWith(PROC) ? status.modifiedAtMillis() : 0;
                grants.add(new Grant(path, status.id(), appeared, status.isDirectory(), granted));
            }
        });
        return grants;
    }

    /** What is in the root, but {@code /proc} and {@code /dev}, in order. */
    static List<HostPath> openInRoot() {
        return new LinuxDisk()
                .children(PolicyCompiler.ROOT).stream()
                        .map(child -> PolicyCompiler.ROOT.resolve(child.name()))
                        .filter(child -> !CLOSED.contains(child))
                        .sorted(Comparator.comparing(HostPath::toString))
                        .toList();
    }

    /**
     * Adds it to a ruleset, unless the name goes through a link, or is another file's by now: what that would allow is not
     * known to be meant.
     */
    void addTo(Ruleset ruleset) throws LinuxException {
        try (FileReference file = FileReference.openWithoutLinks(path.toBytes())) {
            if (file.status().id().equals(id)) {
                ruleset.allow(file, directory, rights);
            }
        } catch (LinuxException failure) {
            if (FileReference.isUnsupported(failure)) {
                throw failure;
            }
            // Gone. Allows less, until the policy is looked at again.
        }
    }
}
