package dev.outpost.local.sandbox;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.landlock.Right;
import dev.outpost.linux.landlock.Ruleset;
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

    private final List<Grant> grants;
    private final boolean readOnly;

    private ProcessLandlock(List<Grant> grants, boolean readOnly) {
        this.grants = List.copyOf(grants);
        this.readOnly = readOnly;
    }

    /** Whether the kernel can keep a process from files and from other processes. */
    public static boolean isAvailable() {
        return Ruleset.canScopeProcesses();
    }

    /**
     * What a policy grants, to the files that are there now.
     *
     * @throws ExecutorException {@code INVALID_ARGUMENT} if Landlock can't express the policy; the message says what of it,
     *     without a full stop
     */
    public static ProcessLandlock of(SandboxPolicy policy) throws ExecutorException {
        boolean readOnly = policy.restrictsFiles();
        if (readOnly) {
            requireExpressible(policy);
        }
        List<Grant> grants = Grant.toPresent(readOnly ? reading(policy) : Map.of(ROOT, EVERYTHING));
        return new ProcessLandlock(grants, readOnly);
    }

    /** Whether nothing may be written, so that attributes of files must not be changed either. */
    public boolean isReadOnly() {
        return readOnly;
    }

    /**
     * A ruleset to restrict threads with. Owned by the caller.
     *
     * @param terminal a terminal that may be used too; null for none
     */
    public Ruleset ruleset(@Nullable HostPath terminal) throws LinuxException {
        Ruleset ruleset = Ruleset.forProcesses();
        try {
            for (Grant grant : grants) {
                grant.addTo(ruleset);
            }
            if (terminal != null) {
                for (Grant device : Grant.toPresent(Map.of(terminal, DEVICE))) {
                    device.addTo(ruleset);
                }
            }
            return ruleset;
        } catch (LinuxException | RuntimeException failure) {
            ruleset.close();
            throw failure;
        }
    }

    /** If they grant the same rights to the same files. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ProcessLandlock that && readOnly == that.readOnly && grants.equals(that.grants);
    }

    @Override
    public int hashCode() {
        return grants.hashCode();
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

    private static Map<HostPath, Set<Right>> reading(SandboxPolicy policy) {
        Map<HostPath, Set<Right>> rights = new LinkedHashMap<>();
        for (PolicyRule rule : policy.rules()) {
            if (!policy.decide(rule.path()).canRead()
                    || rule.path().startsWith(PROC)
                    || rule.path().startsWith(DEV)) {
                continue;
            }
            if (rule.path().equals(ROOT)) {
                Grant.openInRoot().forEach(child -> rights.put(child, READ));
                OF_THE_MACHINE.forEach(path -> rights.put(path, READ));
            } else {
                rights.put(rule.path(), READ);
            }
        }
        DEVICES.forEach(device -> rights.put(device, DEVICE));
        return rights;
    }

    private static List<HostPath> paths(String... paths) {
        return List.of(paths).stream().map(HostPath::of).toList();
    }
}
