package dev.outpost.microbenchmarks;

import dev.outpost.executor.process.ProcessEvent.Output;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.message.ProcessNotifications;
import dev.outpost.protocol.path.Dialect;
import java.util.Random;
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

/** From a chunk of output to a {@code process/output} in the outgoing buffer, base64 included. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class OutputEncode {
    private final ProcessNotifications notifications =
            new ProcessNotifications(new ProcessId("12"), Dialect.URIS, false);
    private final JsonOutput out = new JsonOutput();

    /** Bytes of the chunk. */
    @Param({"100", "4096", "65536"})
    public int size;

    private Output event = new Output(1, ProcessStream.STDOUT, new byte[1]);

    /** Makes the chunk. */
    @Setup
    public void fill() {
        byte[] chunk = new byte[size];
        new Random(size).nextBytes(chunk);
        event = new Output(1_000_000, ProcessStream.STDOUT, chunk);
    }

    /** One notification; returns its length so that it is not optimised away. */
    @Benchmark
    public int encode() {
        out.reset();
        notifications.output(out, event);
        return out.size();
    }
}
