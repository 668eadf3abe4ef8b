package dev.outpost.environment;

import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvents;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessSignal;
import dev.outpost.executor.process.ReadRequest;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.executor.process.SandboxType;
import dev.outpost.executor.process.TerminalSize;
import dev.outpost.executor.process.WriteStatus;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A process handle that keeps its connection, and whose subscriptions do. */
final class LeasedProcess implements ExecProcess {
    private final ExecProcess process;

    @SuppressWarnings("unused") // held, so that the connection is
    private final Lease lease;

    LeasedProcess(ExecProcess process, Lease lease) {
        this.process = process;
        this.lease = lease;
    }

    @Override
    public ProcessId id() {
        return process.id();
    }

    @Override
    public SandboxType sandboxType() {
        return process.sandboxType();
    }

    @Override
    public CompletableFuture<ReadResult> read(ReadRequest request) {
        return process.read(request);
    }

    @Override
    public CompletableFuture<WriteStatus> write(byte[] chunk, @Nullable String writeId) {
        return process.write(chunk, writeId);
    }

    @Override
    public CompletableFuture<Boolean> terminate() {
        return process.terminate();
    }

    @Override
    public CompletableFuture<Void> signal(ProcessSignal signal) {
        return process.signal(signal);
    }

    @Override
    public CompletableFuture<Void> closeStdin() {
        return process.closeStdin();
    }

    @Override
    public CompletableFuture<Void> resize(TerminalSize size) {
        return process.resize(size);
    }

    @Override
    public ProcessEvents subscribe(long afterSeq, Runnable onAvailable) {
        return new LeasedEvents(process.subscribe(afterSeq, onAvailable), lease);
    }

    @Override
    public long lastSeq() {
        return process.lastSeq();
    }

    @Override
    public CompletableFuture<Void> evicted() {
        return process.evicted();
    }

    private record LeasedEvents(ProcessEvents events, Lease lease) implements ProcessEvents {
        @Override
        public @Nullable ProcessEvent poll() {
            return events.poll();
        }

        @Override
        public void close() {
            events.close();
        }
    }
}
