package dev.outpost.microbenchmarks;

import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvents;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.local.output.OutputBudget;
import dev.outpost.local.output.OutputLimits;
import dev.outpost.local.output.OutputLog;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

/** A chunk on its way through an {@link OutputLog} at its bound: appended, taken by the subscriber, the oldest dropped. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LedgerAppend {
    private static final MemorySegment CHUNK = Arena.global().allocate(64 << 10);
    private static final MemorySegment LINE = Arena.global().allocate(100);

    /** Logs that are open in the same budget; only one is written. */
    @Param({"1", "200"})
    public int logs;

    private @Nullable OutputLog log;
    private @Nullable ProcessEvents subscription;

    /** Opens the logs and subscribes to the last. */
    @Setup
    public void open() {
        OutputBudget budget = new OutputBudget(512L << 20);
        for (int i = 0; i < logs; i++) {
            log = new OutputLog(
                    new ProcessId("p" + i),
                    new OutputLimits(16L << 20, 16, 16),
                    budget,
                    (delayMillis, action) -> () -> {},
                    () -> {});
        }
        if (log != null) {
            subscription = log.subscribe(0, () -> {});
        }
    }

    /** What one read of a pipe gives at most. */
    @Benchmark
    public @Nullable ProcessEvent chunk() {
        return pass(CHUNK);
    }

    /** A line: of these, many are kept. */
    @Benchmark
    public @Nullable ProcessEvent line() {
        return pass(LINE);
    }

    private @Nullable ProcessEvent pass(MemorySegment bytes) {
        if (log == null || subscription == null) {
            throw new IllegalStateException("not open");
        }
        log.append(ProcessStream.STDOUT, bytes);
        return subscription.poll();
    }
}
