package dev.outpost.local.sandbox;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.local.sandbox.PolicyRule.Origin;
import java.util.List;
import java.util.function.Consumer;

/** The rules of file operations that are in no profile (spec F51, F55, F69a). */
final class PlatformRules {
    private static final List<HostPath> READ_ROOTS =
            paths("/bin", "/sbin", "/usr", "/etc", "/lib", "/lib64", "/nix/store", "/run/current-system/sw");

    private static final HostPath PROC = HostPath.of("/proc");
    private static final HostPath DEV = HostPath.of("/dev");

    /** Devices that keep nothing and belong to nobody. */
    private static final List<HostPath> DEVICES =
            paths("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom");

    /** What tells of the machine and of no process. */
    private static final List<HostPath> MACHINE = paths(
            "/proc/cpuinfo",
            "/proc/devices",
            "/proc/diskstats",
            "/proc/filesystems",
            "/proc/loadavg",
            "/proc/meminfo",
            "/proc/partitions",
            "/proc/stat",
            "/proc/swaps",
            "/proc/uptime",
            "/proc/version",
            "/proc/vmstat");

    /** After all entries: an entry for the same path wins. */
    private static final int ORDER = Integer.MAX_VALUE;

    private PlatformRules() {}

    /** Makes the platform's directories readable where nothing is said of them. They take away nothing. */
    static void addReadRoots(SandboxPolicy literal, PolicyDisk disk, Consumer<PolicyRule> rules) {
        for (HostPath root : READ_ROOTS) {
            Resolution resolution = Resolution.of(root, disk);
            if (!resolution.exists()) {
                continue;
            }
            addRead(literal, root, rules);
            if (!resolution.target().equals(root)) {
                addRead(literal, resolution.target(), rules);
            }
        }
    }

    private static void addRead(SandboxPolicy literal, HostPath path, Consumer<PolicyRule> rules) {
        Decision decision = literal.decide(path);
        if (!decision.canRead() && !decision.isDenied()) {
            rules.accept(rule(path, Access.READ, Origin.PLATFORM, "platform read root " + path));
        }
    }

    /**
     * Closes {@code /proc}, whatever entries say of what is in it, and {@code /dev} but for entries that name something in
     * it: this process's own memory, environment and descriptors are there, and the machine's disks.
     */
    static void guard(SandboxPolicy literal, List<PolicyRule> entries, Consumer<PolicyRule> rules) {
        entries.removeIf(entry -> entry.access() != Access.NONE && entry.path().startsWith(PROC));
        rules.accept(rule(PROC, Access.NONE, Origin.GUARD, "what /proc says of processes is closed"));
        for (HostPath file : MACHINE) {
            if (literal.decide(file).canRead()) {
                rules.accept(rule(file, Access.READ, Origin.GUARD, "tells of the machine only: " + file));
            }
        }
        rules.accept(rule(DEV, Access.NONE, Origin.GUARD, "devices are closed"));
        for (HostPath device : DEVICES) {
            rules.accept(rule(device, Access.WRITE, Origin.GUARD, "harmless device " + device));
        }
    }

    private static PolicyRule rule(HostPath path, Access access, Origin origin, String description) {
        return new PolicyRule(path, access, ORDER, origin, description);
    }

    private static List<HostPath> paths(String... paths) {
        return List.of(paths).stream().map(HostPath::of).toList();
    }
}
