package dev.outpost.local.sandbox;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.file.FileReference;
import dev.outpost.linux.file.Links;
import dev.outpost.linux.landlock.ProcessScope;
import dev.outpost.linux.landlock.Right;
import dev.outpost.linux.landlock.Ruleset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Landlock lets a process do that is started by a restricted thread, where there are no namespaces. Immutable.
 *
 * <p>Landlock only grants, for whole trees, and knows nothing of what files have beside their content. So it can express
 * that nothing is written, and what is read as long as nothing below is excepted. It can't hide that a path exists.
 *
 * <p>Where everything can be read, {@code /proc} is closed but for what it tells of the machine, and {@code /dev} but for
 * harmless devices, as in a sandbox with its own. The root itself can't be listed, since that would let these be listed.
 */
public final class ProcessLandlock {
    private static final Set<Right> READ = EnumSet.of(Right.READ_FILE, Right.READ_DIRECTORY, Right.EXECUTE);
    private static final Set<Right> DEVICE =
            EnumSet.of(Right.READ_FILE, Right.WRITE_FILE, Right.TRUNCATE, Right.DEVICE_IOCTL);
    private static final Set<Right> EVERYTHING = EnumSet.allOf(Right.class);

    private static final HostPath ROOT = HostPath.of("/");
    private static final HostPath PROC = HostPath.of("/proc");
    private static final HostPath DEV = HostPath.of("/dev");
    private static final List<HostPath> DEVICES =
            paths("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty");
    private static final List<HostPath> OF_THE_MACHINE = paths(
            "/proc/cpuinfo",
            "/proc/filesystems",
            "/proc/loadavg",
            "/proc/meminfo",
            "/proc/stat",
            "/proc/sys",
            "/proc/uptime",
            "/proc/version",
            "/proc/vmstat");

    private static final int LISTING_BYTES = 64 * 1024;

    private final Map<HostPath, Set<Right>> grants = new LinkedHashMap<>();

    private ProcessLandlock() {}

    /** Whether the kernel can keep a process from files and from other processes. */
    public static boolean isAvailable() {
        return ProcessScope.isKnown();
    }

    /**
     * What a policy grants.
     *
     * @throws ExecutorException {@code INVALID_ARGUMENT} if Landlock can't express the policy; the message says what of it,
     *     without a full stop
     */
    public static ProcessLandlock of(SandboxPolicy policy) throws ExecutorException {
        ProcessLandlock landlock = new ProcessLandlock();
        if (policy.restrictsFiles()) {
            requireExpressible(policy);
            landlock.grantReading(policy);
        } else {
            landlock.grants.put(ROOT, EVERYTHING);
        }
        return landlock;
    }

    /** Whether nothing may be written, so that attributes of files must not be changed either. */
    public boolean isReadOnly() {
        return !grants.containsKey(ROOT) || !EVERYTHING.equals(grants.get(ROOT));
    }

    /**
     * Restricts the calling thread for ever, together with what it starts.
     *
     * @param terminal a terminal that may be used; null for none
     */
    public void restrictThread(@Nullable HostPath terminal) throws LinuxException {
        try (Ruleset ruleset = Ruleset.create(true)) {
            for (Map.Entry<HostPath, Set<Right>> grant : grants.entrySet()) {
                allow(ruleset, grant.getKey(), grant.getValue());
            }
            if (terminal != null) {
                allow(ruleset, terminal, DEVICE);
            }
            ruleset.restrictThread();
        }
        ProcessScope.restrictThread();
    }

    private static void allow(Ruleset ruleset, HostPath path, Set<Right> rights) throws LinuxException {
        try (FileReference file = FileReference.openWithoutLinks(path.toBytes())) {
            ruleset.allow(file, file.status().isDirectory(), rights);
        } catch (LinuxException gone) {
            if (EVERYTHING.equals(rights)) {
                throw gone;
            }
            // What can't be named is not granted.
        }
    }

    private static void requireExpressible(SandboxPolicy policy) throws ExecutorException {
        for (PolicyRule rule : policy.rules()) {
            if (rule.access() == Access.WRITE && policy.decide(rule.path()).canWrite()) {
                throw inexpressible("protect .git, .agents and .codex in " + rule.path()
                        + ", nor the modes and times of files elsewhere, while something may be written");
            }
            if (policy.decide(rule.path()).isDenied()) {
                throw inexpressible("deny " + rule.path() + " within what may be read");
            }
        }
        if (!policy.denyGlobs().isEmpty()) {
            throw inexpressible("deny what matches " + policy.denyGlobs().getFirst());
        }
    }

    private static ExecutorException inexpressible(String what) {
        return new ExecutorException(FailureKind.INVALID_ARGUMENT, "Landlock can't " + what);
    }

    private void grantReading(SandboxPolicy policy) {
        for (PolicyRule rule : policy.rules()) {
            if (!policy.decide(rule.path()).canRead()
                    || rule.path().startsWith(PROC)
                    || rule.path().startsWith(DEV)) {
                continue;
            }
            if (rule.path().equals(ROOT)) {
                children().forEach(child -> grants.put(child, READ));
                OF_THE_MACHINE.forEach(path -> grants.put(path, READ));
            } else {
                grants.put(rule.path(), READ);
            }
        }
        DEVICES.forEach(device -> grants.put(device, DEVICE));
    }

    /** What is in the root, without what is closed. */
    private static List<HostPath> children() {
        List<HostPath> children = new ArrayList<>();
        try (Directory root = Directory.host().openDirectory(ROOT.toBytes(), Links.NO_FOLLOW, Directory.Purpose.LIST)) {
            for (var batch = root.readEntries(LISTING_BYTES);
                    !batch.isEmpty();
                    batch = root.readEntries(LISTING_BYTES)) {
                for (Directory.Entry entry : batch) {
                    HostPath child = ROOT.resolve(HostPath.ofBytes(entry.name()));
                    if (!child.equals(PROC) && !child.equals(DEV)) {
                        children.add(child);
                    }
                }
            }
        } catch (LinuxException unreadable) {
            return List.of();
        }
        return children;
    }

    private static List<HostPath> paths(String... paths) {
        return List.of(paths).stream().map(HostPath::of).toList();
    }
}
