package dev.outpost.client.remote;

import dev.outpost.client.ExecServerClient;
import dev.outpost.client.ExecServerException;
import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.Extension;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvents;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessSignal;
import dev.outpost.executor.process.ReadRequest;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.executor.process.SandboxType;
import dev.outpost.executor.process.TerminalSize;
import dev.outpost.executor.process.WriteStatus;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.message.CloseStdinParams;
import dev.outpost.protocol.message.CreditParams;
import dev.outpost.protocol.message.EmptyResult;
import dev.outpost.protocol.message.OutpostCapabilities;
import dev.outpost.protocol.message.ProcessNotification;
import dev.outpost.protocol.message.ReadParams;
import dev.outpost.protocol.message.ReadResultMessage;
import dev.outpost.protocol.message.ResizeParams;
import dev.outpost.protocol.message.SignalParams;
import dev.outpost.protocol.message.TerminateParams;
import dev.outpost.protocol.message.TerminateResult;
import dev.outpost.protocol.message.WriteParams;
import dev.outpost.protocol.message.WriteResult;
import dev.outpost.protocol.path.Dialect;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A process of a server as callers see it (spec C52). What happens to it comes as notifications into a {@link
 * RemoteEventLog}; everything else is a call. A read that waits does so here, and asks the server only when there is
 * something: so it holds up no other call on servers that answer one after another, and outlives a connection.
 */
final class RemoteProcess implements ExecProcess {
    private static final int MAX_WAITING_READS = 64;

    private final ProcessId id;
    private final boolean tty;
    private final ExecServerClient client;
    private final RemoteCalls calls;
    private final RemoteEventLog log;
    private final MissedEvents missed;
    private final RemoteStdin stdin;
    private final AtomicInteger waitingReads = new AtomicInteger();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final CompletableFuture<Void> evicted = new CompletableFuture<>();
    private volatile boolean discarded;
    private volatile SandboxType sandboxType = SandboxType.UNKNOWN;

    RemoteProcess(ProcessId id, boolean tty, ExecServerClient client, WriteNames names) {
        this.id = id;
        this.tty = tty;
        this.client = client;
        this.calls = new RemoteCalls(client);
        this.log = new RemoteEventLog(client.options(), new Server());
        this.missed = new MissedEvents(
                log,
                (afterSeq, maxBytes) -> wireRead(afterSeq, maxBytes, false),
                () -> discarded || client.end() != null);
        this.stdin = new RemoteStdin(this::send, names::next);
    }

    @Override
    public ProcessId id() {
        return id;
    }

    @Override
    public SandboxType sandboxType() {
        return sandboxType;
    }

    /** What the server said, before anybody gets hold of this. */
    void setSandboxType(SandboxType type) {
        sandboxType = type;
    }

    @Override
    public long lastSeq() {
        return log.lastSeq();
    }

    @Override
    public ProcessEvents subscribe(long afterSeq, Runnable onAvailable) {
        return log.subscribe(afterSeq, onAvailable);
    }

    @Override
    public CompletableFuture<Void> evicted() {
        return evicted.copy();
    }

    @Override
    public CompletableFuture<ReadResult> read(ReadRequest request) {
        if (request.waitMillis() == 0) {
            return readNow(request.afterSeq(), request.maxBytes());
        }
        if (waitingReads.incrementAndGet() > MAX_WAITING_READS) {
            waitingReads.decrementAndGet();
            return CompletableFuture.failedFuture(new ExecutorException(
                    FailureKind.REJECTED,
                    "too many reads are waiting for process " + id + " (limit " + MAX_WAITING_READS
                            + "); let one end before the next"));
        }
        RemoteRead read = new RemoteRead(log, request, () -> readNow(request.afterSeq(), request.maxBytes()));
        var _ = read.result().whenComplete((_, _) -> waitingReads.decrementAndGet());
        read.begin();
        return read.result();
    }

    @Override
    public CompletableFuture<WriteStatus> write(byte[] chunk, @Nullable String writeId) {
        return stdin.write(chunk, writeId);
    }

    @Override
    public CompletableFuture<Void> closeStdin() {
        if (!can(Extension.PROCESS_CLOSE_STDIN)) {
            return unable("close the stdin of processes; end the input by what the program understands");
        }
        return failing(stdin.close()
                .thenCompose(_ -> calls.call("process/closeStdin", new CloseStdinParams(id), true, EmptyResult::decode))
                .thenApply(_ -> null));
    }

    @Override
    public CompletableFuture<Void> resize(TerminalSize size) {
        if (!can(Extension.PROCESS_RESIZE)) {
            return unable("resize terminals; run stty rows " + size.rows() + " cols " + size.columns() + " in it");
        }
        return failing(calls.call("process/resize", new ResizeParams(id, size), true, EmptyResult::decode)
                .thenApply(_ -> null));
    }

    private boolean can(Extension extension) {
        OutpostCapabilities outpost = client.outpost();
        return outpost != null && outpost.extensions().contains(extension);
    }

    private static CompletableFuture<Void> unable(String what) {
        return CompletableFuture.failedFuture(
                new ExecutorException(FailureKind.REJECTED, "this exec-server can't " + what));
    }

    @Override
    public CompletableFuture<Boolean> terminate() {
        return failing(calls.call("process/terminate", new TerminateParams(id), false, TerminateResult::decode)
                .thenApply(TerminateResult::running));
    }

    /** Older servers know no signals; on a terminal the key that makes it does the same. */
    @Override
    public CompletableFuture<Void> signal(ProcessSignal signal) {
        CompletableFuture<EmptyResult> sent =
                calls.call("process/signal", new SignalParams(id, signal), false, EmptyResult::decode);
        return failing(sent.<CompletableFuture<Void>>handle((_, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(null);
                    }
                    if (!isUnknownMethod(failure)) {
                        return CompletableFuture.failedFuture(failure);
                    }
                    if (!tty) {
                        return CompletableFuture.failedFuture(new ExecutorException(
                                FailureKind.REJECTED,
                                "this exec-server can't signal processes (Codex 0.131 can't); start process " + id
                                        + " on a terminal, or terminate it"));
                    }
                    return switch (signal) {
                        case INTERRUPT -> write(new byte[] {3}, null).thenApply(_ -> null);
                    };
                })
                .thenCompose(outcome -> outcome));
    }

    // For the backend.

    /** What happened to it. */
    void notified(ProcessNotification notification) {
        // Not a switch: those over types are linked at run time, for some ms of every start.
        if (notification instanceof ProcessNotification.Output(var _, long seq, var stream, byte[] bytes)) {
            log.notified(new ProcessEvent.Output(seq, stream, bytes));
        } else if (notification instanceof ProcessNotification.Exited(var _, long seq, int code, boolean denied)) {
            log.notified(new ProcessEvent.Exited(seq, new ExitStatus.Code(code), denied));
        } else if (notification instanceof ProcessNotification.Closed(var _, long seq)) {
            log.notified(new ProcessEvent.Closed(seq));
        }
    }

    /** Begins behind an event of a process that was there before. */
    void startAfter(long seq) {
        log.startAfter(seq);
    }

    /** Reads what was not notified. */
    void catchUp() {
        missed.catchUp();
    }

    /** Completes when the close was published; {@link #isClosed} is true before that. */
    CompletableFuture<Void> closed() {
        return closed;
    }

    boolean isClosed() {
        return log.isClosed();
    }

    /** What the server is to be told when it starts the process; null if it has no use for it. */
    @Nullable Long outputWindow() {
        OutpostCapabilities outpost = client.outpost();
        return outpost != null && outpost.outputCredit() ? log.window() : null;
    }

    boolean hasExited() {
        return log.hasExited();
    }

    void fail(String message) {
        log.fail(message);
    }

    /** Its id is free. Idempotent. */
    void evict() {
        evicted.complete(null);
    }

    /** Forgets it: waiting and later reads fail as for an unknown process (spec P30). */
    void discard() {
        discarded = true;
        log.discard();
        evict();
    }

    // Calls.

    private CompletableFuture<ReadResult> readNow(long afterSeq, long maxBytes) {
        if (discarded) {
            return CompletableFuture.failedFuture(unknown());
        }
        ProcessEvent.Failed failed = log.failed();
        if (failed != null) {
            return CompletableFuture.completedFuture(failure(failed.message()));
        }
        return failing(wireRead(afterSeq, maxBytes, true)
                .handle((result, failure) -> {
                    if (failure == null) {
                        log.addAll(result.chunks());
                        if (!result.chunks().isEmpty()) {
                            log.taken(result.nextSeq() - 1);
                        }
                        return CompletableFuture.completedFuture(withCounter(result));
                    }
                    boolean lost =
                            RemoteFailures.cause(failure) instanceof ExecServerException e && e.isTransportClosed();
                    return lost
                            ? CompletableFuture.completedFuture(
                                    failure(RemoteFailures.ofProcess(failure).getMessage()))
                            : CompletableFuture.<ReadResult>failedFuture(discarded ? unknown() : failure);
                })
                .thenCompose(outcome -> outcome));
    }

    private CompletableFuture<ReadResult> wireRead(long afterSeq, long maxBytes, boolean repeatable) {
        Long limit = maxBytes == Long.MAX_VALUE ? null : maxBytes;
        return calls.call(
                "process/read", new ReadParams(id, afterSeq, limit, 0), repeatable, ReadResultMessage::decode);
    }

    /** Servers don't always tell their counter (spec P25, N40). */
    private ReadResult withCounter(ReadResult result) {
        return new ReadResult(
                result.chunks(),
                result.nextSeq(),
                Math.max(result.counter(), log.lastSeq() + 1),
                result.exit(),
                result.closed(),
                result.failure(),
                result.sandboxDenied());
    }

    /** What a read of a process that is out of reach returns (spec C58). */
    private ReadResult failure(String message) {
        long next = log.lastSeq() + 1;
        return new ReadResult(List.of(), next, next, null, true, message, false);
    }

    private CompletableFuture<WriteStatus> send(byte[] bytes, String name) {
        boolean knowsNames = client.dialects().known() == Dialect.URIS;
        CompletableFuture<WriteResult> sent =
                calls.call("process/write", new WriteParams(id, bytes, name), knowsNames, WriteResult::decode);
        return sent.handle((result, failure) -> {
                    if (failure != null) {
                        return CompletableFuture.<WriteStatus>failedFuture(writeFailure(failure));
                    }
                    return switch (result.status()) {
                        case "accepted" -> CompletableFuture.completedFuture(WriteStatus.ACCEPTED);
                        case "stdinClosed" -> CompletableFuture.completedFuture(WriteStatus.STDIN_CLOSED);
                        case "unknownProcess" -> CompletableFuture.<WriteStatus>failedFuture(unknown());
                        case "starting" ->
                            CompletableFuture.<WriteStatus>failedFuture(
                                    new ExecutorException(FailureKind.REJECTED, "process id " + id + " is starting"));
                        default ->
                            CompletableFuture.<WriteStatus>failedFuture(ExecServerException.protocol(
                                    "process/write was answered with unknown status " + result.status()));
                    };
                })
                .thenCompose(outcome -> outcome);
    }

    /** A write that was under way when the connection was lost, to a server that can't tell whether it has it. */
    private Throwable writeFailure(Throwable failure) {
        boolean lost = RemoteFailures.cause(failure) instanceof ExecServerException e && e.isTransportClosed();
        if (!lost || client.end() != null) {
            return failure;
        }
        ExecutorException told = RemoteFailures.ofProcess(failure);
        return new ExecutorException(
                told.kind(),
                told.getMessage() + "; whether process " + id + " got what was written is unknown, and it is not sent"
                        + " again because this exec-server would not notice",
                failure);
    }

    private static boolean isUnknownMethod(Throwable failure) {
        return RemoteFailures.cause(failure) instanceof ExecServerException e
                && e.code() == ErrorCode.METHOD_NOT_FOUND.code();
    }

    private ExecutorException unknown() {
        return new ExecutorException(FailureKind.REJECTED, "unknown process id " + id);
    }

    private static <T> CompletableFuture<T> failing(CompletableFuture<T> call) {
        return call.exceptionallyCompose(failure -> CompletableFuture.failedFuture(RemoteFailures.ofProcess(failure)));
    }

    /** What the log needs. */
    private final class Server implements RemoteEventLog.Source {
        @Override
        public void catchUp() {
            missed.catchUp();
        }

        @Override
        public void refill(RemoteSubscription subscription, long afterSeq) {
            missed.refill(subscription, afterSeq);
        }

        @Override
        public void credit(long bytes) {
            OutpostCapabilities outpost = client.outpost();
            if (outpost != null && outpost.outputCredit()) {
                var _ = calls.call("process/credit", new CreditParams(id, bytes), false, EmptyResult::decode);
            }
        }

        @Override
        public void closed() {
            closed.complete(null);
        }
    }
}
