package dev.outpost.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvents;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessSignal;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.executor.process.ReadRequest;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.executor.process.SandboxType;
import dev.outpost.executor.process.TerminalSize;
import dev.outpost.executor.process.WriteStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A process that does what the test says. */
final class FakeProcess implements ExecProcess {
    private final ProcessId id;
    private final FakeProcesses backend;
    private final CompletableFuture<Void> evicted = new CompletableFuture<>();

    // Everything below is guarded by this.
    private final List<ProcessEvent> events = new ArrayList<>();
    private final Set<Subscription> subscriptions = new HashSet<>();
    private final List<WaitingRead> reads = new ArrayList<>();
    private final List<CompletableFuture<WriteStatus>> fullWrites = new ArrayList<>();
    private @Nullable ExitStatus exit;
    private boolean closed;
    private boolean stdinFull;
    private Runnable whenSubscribed = () -> {};

    FakeProcess(ProcessId id, FakeProcesses backend) {
        this.id = id;
        this.backend = backend;
    }

    void output(String text) {
        happen(new ProcessEvent.Output(lastSeq() + 1, ProcessStream.STDOUT, text.getBytes(UTF_8)));
    }

    void exit(ExitStatus status) {
        synchronized (this) {
            exit = status;
        }
        happen(new ProcessEvent.Exited(lastSeq() + 1, status, false));
    }

    void close() {
        synchronized (this) {
            closed = true;
        }
        happen(new ProcessEvent.Closed(lastSeq() + 1));
    }

    /** Loses everything that subscribers have not taken yet. */
    synchronized void loseUntaken() {
        subscriptions.forEach(subscription -> {
            subscription.gapFrom = subscription.position + 1;
            subscription.position = events.size();
        });
    }

    /** Also runs this, on the subscriber's thread, when somebody subscribes. */
    synchronized void whenSubscribed(Runnable also) {
        whenSubscribed = also;
    }

    /** From now on writes wait. */
    synchronized void fillStdin() {
        stdinFull = true;
    }

    @Override
    public SandboxType sandboxType() {
        return SandboxType.NONE;
    }

    @Override
    public ProcessId id() {
        return id;
    }

    @Override
    public CompletableFuture<ReadResult> read(ReadRequest request) {
        backend.called("read " + id);
        var read = new WaitingRead(request, new CompletableFuture<>());
        synchronized (this) {
            reads.add(read);
        }
        var _ = read.future().whenComplete((_, _) -> {
            synchronized (this) {
                reads.remove(read);
            }
        });
        answerReads();
        return read.future();
    }

    @Override
    public CompletableFuture<WriteStatus> write(byte[] chunk, @Nullable String writeId) {
        backend.called("write " + id + " " + new String(chunk, UTF_8) + (writeId == null ? "" : " as " + writeId));
        synchronized (this) {
            if (stdinFull) {
                var full = new CompletableFuture<WriteStatus>();
                fullWrites.add(full);
                return full;
            }
        }
        return CompletableFuture.completedFuture(
                new String(chunk, UTF_8).equals("closed") ? WriteStatus.STDIN_CLOSED : WriteStatus.ACCEPTED);
    }

    @Override
    public CompletableFuture<Void> closeStdin() {
        backend.called("closeStdin " + id);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> resize(TerminalSize size) {
        backend.called("resize " + id + " " + size.rows() + "x" + size.columns());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Boolean> terminate() {
        backend.called("terminate " + id);
        synchronized (this) {
            return CompletableFuture.completedFuture(exit == null);
        }
    }

    @Override
    public CompletableFuture<Void> signal(ProcessSignal signal) {
        backend.called("signal " + id + " " + signal);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public ProcessEvents subscribe(long afterSeq, Runnable onAvailable) {
        var subscription = new Subscription(afterSeq, onAvailable);
        Runnable also;
        synchronized (this) {
            subscriptions.add(subscription);
            also = whenSubscribed;
        }
        also.run();
        return subscription;
    }

    @Override
    public synchronized long lastSeq() {
        return events.size();
    }

    @Override
    public CompletableFuture<Void> evicted() {
        return evicted;
    }

    synchronized int subscriptions() {
        return subscriptions.size();
    }

    synchronized int parkedReads() {
        return reads.size();
    }

    /** Writes that wait for room and were not cancelled. */
    synchronized long waitingWrites() {
        return fullWrites.stream().filter(write -> !write.isDone()).count();
    }

    /** Number of the last event that any subscriber has taken. */
    synchronized long taken() {
        return subscriptions.stream()
                .mapToLong(subscription -> subscription.position)
                .max()
                .orElse(0);
    }

    private void happen(ProcessEvent event) {
        List<Runnable> callbacks = new ArrayList<>();
        synchronized (this) {
            events.add(event);
            for (Subscription subscription : subscriptions) {
                if (subscription.armed) {
                    subscription.armed = false;
                    callbacks.add(subscription.onAvailable);
                }
            }
        }
        callbacks.forEach(Runnable::run);
        answerReads();
    }

    private void answerReads() {
        List<Runnable> answers = new ArrayList<>();
        synchronized (this) {
            reads.forEach(read -> {
                ReadRequest request = read.request();
                List<ProcessEvent.Output> chunks = events.stream()
                        .filter(event -> event.seq() > request.afterSeq())
                        .filter(ProcessEvent.Output.class::isInstance)
                        .map(ProcessEvent.Output.class::cast)
                        .toList();
                if (!chunks.isEmpty() || closed || request.waitMillis() == 0) {
                    long counter = events.size() + 1L;
                    long nextSeq = chunks.isEmpty() ? counter : chunks.getLast().seq() + 1;
                    var result = new ReadResult(chunks, nextSeq, counter, exit, closed, null, false);
                    answers.add(() -> read.future().complete(result));
                }
            });
        }
        answers.forEach(Runnable::run);
    }

    private record WaitingRead(ReadRequest request, CompletableFuture<ReadResult> future) {}

    private final class Subscription implements ProcessEvents {
        private final Runnable onAvailable;
        private long position;
        private long gapFrom;
        private boolean armed;

        Subscription(long afterSeq, Runnable onAvailable) {
            this.position = afterSeq;
            this.onAvailable = onAvailable;
        }

        @Override
        public @Nullable ProcessEvent poll() {
            synchronized (FakeProcess.this) {
                if (!subscriptions.contains(this)) {
                    return null;
                }
                if (gapFrom > 0) {
                    var gap = new ProcessEvent.Gap(gapFrom, position);
                    gapFrom = 0;
                    return gap;
                }
                if (position >= events.size()) {
                    armed = true;
                    return null;
                }
                position++;
                return events.get((int) position - 1);
            }
        }

        @Override
        public void close() {
            synchronized (FakeProcess.this) {
                subscriptions.remove(this);
            }
        }
    }
}
