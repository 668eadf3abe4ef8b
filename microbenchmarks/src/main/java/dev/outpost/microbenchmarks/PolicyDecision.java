package dev.outpost.microbenchmarks;

import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.FileSystemPolicy;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.PolicyTarget.PathTarget;
import dev.outpost.executor.sandbox.PolicyTarget.SpecialTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Whether a profile asks for a sandbox, which is decided for every request that carries one. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PolicyDecision {
    /** Paths that the profile names for reading and again for writing: each pair has to be found. */
    @Param({"2", "20"})
    public int paths;

    private PermissionProfile profile = new PermissionProfile.Disabled();

    /** Makes the profile. */
    @Setup
    public void build() {
        List<PolicyEntry> entries = new ArrayList<>();
        entries.add(new PolicyEntry(new SpecialTarget(Kind.ROOT, null), Access.WRITE, false));
        for (Access access : List.of(Access.READ, Access.WRITE)) {
            for (int i = 0; i < paths; i++) {
                HostPath path = HostPath.of("/home/user/project/module-" + i);
                entries.add(new PolicyEntry(new PathTarget(path), access, false));
            }
        }
        profile = new PermissionProfile.Managed(
                new FileSystemPolicy.Restricted(entries, OptionalInt.empty()), NetworkPolicy.ENABLED);
    }

    /** Its decision. */
    @Benchmark
    public boolean restrictsProcesses() {
        return profile.restrictsProcesses();
    }
}
