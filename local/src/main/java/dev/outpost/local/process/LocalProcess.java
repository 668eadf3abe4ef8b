package dev.outpost.local.process;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessEvents;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessSignal;
import dev.outpost.executor.process.ReadRequest;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.executor.process.SandboxType;
import dev.outpost.executor.process.TerminalSize;
import dev.outpost.executor.process.WriteStatus;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.LinuxException;
import dev.outpost.local.output.OutputLog;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A process of this machine as callers see it. Safe from any thread: answers come from the log and the queue of stdin,
 * everything else goes to the {@link Child}, in the order of the calls. Once it is closed there is nothing to be done to a
 * process, and what is kept for reading is small.
 */
final class LocalProcess implements ExecProcess {
    /** Bytes that a pipe or a terminal takes in one step. */
    private static final int SHORT_WRITE = 4096;

    private final ProcessId id;
    private final OutputLog log;
    private final StdinQueue stdin;
    private final Lineage lineage;
    private final boolean terminal;
    private final SandboxType sandboxType;
    private final CompletableFuture<Void> evicted = new CompletableFuture<>();
    /** Null once it is closed. */
    private volatile @Nullable Child child;

    LocalProcess(ProcessId id, Launched launched, ProcessSupervisor supervisor, SessionProcesses.Entry entry) {
        ProcessLimits limits = supervisor.limits();
        this.id = id;
        this.lineage = launched.lineage();
        this.terminal = launched.hasTerminal();
        this.sandboxType = launched.confinement().type();
        this.log = new OutputLog(id, limits.output(), supervisor.budget(), supervisor.loop(), this::outputRoom);
        this.stdin = new StdinQueue(target(launched.stdin()), limits.stdin(), this::stdinWork);
        this.child = new Child(
                supervisor.loop(),
                launched,
                log,
                stdin,
                limits.terminalGrace().toMillis(),
                new Ending(supervisor, entry));
    }

    @Override
    public ProcessId id() {
        return id;
    }

    @Override
    public SandboxType sandboxType() {
        return sandboxType;
    }

    @Override
    public CompletableFuture<ReadResult> read(ReadRequest request) {
        return log.read(request);
    }

    @Override
    public CompletableFuture<WriteStatus> write(byte[] chunk, @Nullable String writeId) {
        return stdin.write(chunk, writeId);
    }

    @Override
    public CompletableFuture<Void> closeStdin() {
        if (terminal) {
            return refused("process " + id
                    + " has a terminal, whose input can't be closed; write the character 0x04 (Ctrl-D)");
        }
        stdin.end();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> resize(TerminalSize size) {
        if (!terminal) {
            return refused("process " + id + " has no terminal to resize; start it with one (tty)");
        }
        Child running = child;
        if (running != null) {
            running.resize(size);
        }
        return CompletableFuture.completedFuture(null);
    }

    private static CompletableFuture<Void> refused(String message) {
        return CompletableFuture.failedFuture(new ExecutorException(FailureKind.REJECTED, message));
    }

    @Override
    public CompletableFuture<Boolean> terminate() {
        if (log.hasExited()) {
            return CompletableFuture.completedFuture(false);
        }
        stdin.fail();
        Child running = child;
        if (running != null) {
            running.terminate();
        }
        return CompletableFuture.completedFuture(true);
    }

    @Override
    public CompletableFuture<Void> signal(ProcessSignal signal) {
        Child running = child;
        if (running != null) {
            switch (signal) {
                case INTERRUPT -> running.interrupt();
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public ProcessEvents subscribe(long afterSeq, Runnable onAvailable) {
        return log.subscribe(afterSeq, onAvailable);
    }

    @Override
    public long lastSeq() {
        return log.lastSeq();
    }

    @Override
    public CompletableFuture<Void> evicted() {
        // A copy, so that no caller can complete it for the others.
        return evicted.copy();
    }

    /** Null once it is closed. */
    @Nullable Child child() {
        return child;
    }

    Lineage lineage() {
        return lineage;
    }

    /** Its id is free: nobody can read it any more (spec P6, P30). Idempotent. */
    void evict() {
        log.discard();
        evicted.complete(null);
    }

    /** Kills it if it runs, and evicts it. Idempotent. */
    void abandon() {
        stdin.fail();
        evict();
        Child running = child;
        if (running != null) {
            running.abandon();
        }
    }

    private void outputRoom() {
        Child running = child;
        if (running != null) {
            running.requestRead();
        }
    }

    private void stdinWork() {
        Child running = child;
        if (running != null) {
            running.requestWrite();
        }
    }

    /** Short writes, without waiting; what fails or is longer is left to the loop, which knows what follows. */
    private static StdinQueue.@Nullable Target target(@Nullable FileDescriptor stdin) {
        return stdin == null ? null : bytes -> bytes.length > SHORT_WRITE ? 0 : writeNow(stdin, bytes);
    }

    private static int writeNow(FileDescriptor stdin, byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(bytes.length);
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return Math.max(0, stdin.write(memory, 0, bytes.length));
        } catch (LinuxException nobodyReads) {
            return 0;
        }
    }

    /** What follows from the child's turning points. */
    private final class Ending implements Child.Owner {
        private final ProcessSupervisor supervisor;
        private final SessionProcesses.Entry entry;

        Ending(ProcessSupervisor supervisor, SessionProcesses.Entry entry) {
            this.supervisor = supervisor;
            this.entry = entry;
        }

        @Override
        public void killDescendants() {
            supervisor.killDescendants(lineage);
        }

        @Override
        public void reaped() {
            supervisor.reaped(lineage);
        }

        @Override
        public void closing() {
            entry.closing();
        }

        @Override
        public void closed() {
            entry.closed(LocalProcess.this);
            Child closed = child;
            if (closed != null) {
                child = null;
                supervisor.closed(closed);
            }
        }
    }
}
