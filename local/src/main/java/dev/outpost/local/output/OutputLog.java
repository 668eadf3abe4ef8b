package dev.outpost.local.output;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvents;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.executor.process.ReadRequest;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.local.output.OutputMemory.Slab;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The one owner of a process's sequence: numbers output, exit and close (spec P11–P14), keeps the output for reads and
 * subscriptions, and says when the process has to wait for its readers.
 *
 * <p><b>What is kept</b> (spec N14i). <i>Delivered</i> is every chunk up to the highest number that a subscription's poll
 * has handed out or a read has shown to be known, by asking for what comes after it. (What a read is answered with is not
 * delivered by that: if the answer gets lost, the same read comes again.) Above the bound delivered chunks go, oldest
 * first, but for the newest, up to half of the bound: what was polled can get lost, too, with the connection that it was
 * polled for. Chunks that nobody has taken never go: when they reach the other half the log asks its writer to pause, and
 * to go on when readers have taken an eighth of that. The writer may still append (it does so once, with what is in the
 * pipes when the process exits, so that an exit never waits for readers); such an excess is kept too.
 *
 * <p>Safe from any thread; appending, exit and close are for one writer. Never runs anyone's code with its lock held.
 */
public final class OutputLog {
    /** From this length on a chunk is kept outside the heap. */
    private static final int LARGE = 4096;

    private final ProcessId id;
    private final OutputLimits limits;
    private final OutputBudget budget;
    private final Deadlines deadlines;
    private final Runnable onRoom;

    private final Object lock = new Object();
    // Everything below is guarded by the lock.
    private final EventSequence events = new EventSequence();
    private final RetainedOutput retained = events.retained();
    /** Few, often one, so a look through them is short; and there is a log for every process that is kept. */
    private final List<Subscription> subscriptions = new ArrayList<>(1);

    private final List<WaitingRead> waitingReads = new ArrayList<>(1);
    private long taken;
    private long deliveredCost;
    private boolean paused;
    private boolean discarded;

    /** The writer's own: where large chunks go. */
    private @Nullable Slab slab;

    /**
     * An empty log.
     *
     * @param onRoom called when the writer may go on after {@link #append} or {@link #wantsOutput} returned false; on
     *     any thread, must be short; may be called more often than that
     */
    public OutputLog(ProcessId id, OutputLimits limits, OutputBudget budget, Deadlines deadlines, Runnable onRoom) {
        this.id = id;
        this.limits = limits;
        this.budget = budget;
        this.deadlines = deadlines;
        this.onRoom = onRoom;
        budget.opened(this);
    }

    /**
     * Records output.
     *
     * @param bytes not empty, at most {@value OutputMemory#SLAB}; copied
     * @return whether more is wanted now, like {@link #wantsOutput}
     */
    public boolean append(ProcessStream stream, MemorySegment bytes) {
        RetainedBytes copy = retain(bytes);
        Wakeups wakeups;
        synchronized (lock) {
            if (discarded) {
                copy.release();
                return true;
            }
            budget.appended(events.append(stream, copy));
            evict(Math.min(retained.cost() - limits.bytesPerProcess(), deliveredCost - limits.deliveredBytes()));
            paused = undeliveredCost() >= limits.undeliveredBytes();
            wakeups = wakeups();
        }
        wakeups.run();
        return wantsOutput();
    }

    /** Whether the process may go on writing; if not, {@code onRoom} is called when it may. */
    public boolean wantsOutput() {
        synchronized (lock) {
            if (discarded) {
                return true;
            }
            if (paused) {
                return false;
            }
        }
        return budget.admits(this);
    }

    /** Records how the process ended, and whether its sandbox was probably why; once. */
    public void exited(ExitStatus status, boolean sandboxDenied) {
        ended(() -> events.exited(status, sandboxDenied));
    }

    /** Records that the streams have ended; once, after the exit. */
    public void closed() {
        releaseSlab();
        ended(this::close);
    }

    /** Records both, one after the other; readers are told once. */
    public void exitedAndClosed(ExitStatus status, boolean sandboxDenied) {
        releaseSlab();
        ended(() -> {
            events.exited(status, sandboxDenied);
            close();
        });
    }

    /**
     * Forgets everything: waiting and later reads fail as for an unknown process (spec P30), subscriptions end, what is
     * still recorded is dropped. Idempotent.
     */
    public void discard() {
        List<WaitingRead> reads;
        synchronized (lock) {
            if (discarded) {
                return;
            }
            discarded = true;
            reads = new ArrayList<>(waitingReads);
            waitingReads.clear();
            subscriptions.clear();
            if (!events.isClosed()) {
                budget.ended();
            }
            budget.delivered(undeliveredCost());
            budget.evicted(retained.cost());
            retained.clear();
            deliveredCost = 0;
        }
        reads.forEach(read -> read.fail(unknown()));
        budget.discarded(this);
    }

    /** Whether the exit is recorded. */
    public boolean hasExited() {
        synchronized (lock) {
            return events.hasExited();
        }
    }

    /** The newest output that is there, at least so many bytes of it if there are; in order. Does not take it. */
    public List<ProcessEvent.Output> newest(int bytes) {
        Deque<RetainedChunk> chunks = new ArrayDeque<>();
        synchronized (lock) {
            int total = 0;
            for (int i = retained.size() - 1; i >= 0 && total < bytes; i--) {
                RetainedChunk chunk = retained.get(i);
                chunk.bytes().hold();
                chunks.addFirst(chunk);
                total += chunk.bytes().length();
            }
        }
        return chunks.stream().map(RetainedChunk::toEvent).toList();
    }

    /** Number of the last event so far, 0 if there was none. */
    public long lastSeq() {
        synchronized (lock) {
            return events.lastSeq();
        }
    }

    /** See {@link dev.outpost.executor.process.ExecProcess#read}. */
    public CompletableFuture<ReadResult> read(ReadRequest request) {
        ReadAnswer answer = null;
        WaitingRead waiting = new WaitingRead(this, request);
        boolean room;
        synchronized (lock) {
            if (discarded) {
                return CompletableFuture.failedFuture(unknown());
            }
            if (request.waitMillis() == 0 || events.isAnswerable(request)) {
                answer = events.answer(request);
            } else if (waitingReads.size() < limits.waitingReadsPerProcess()) {
                waitingReads.add(waiting);
            } else {
                return CompletableFuture.failedFuture(new ExecutorException(
                        FailureKind.REJECTED,
                        "too many reads are waiting for process " + id + " (limit " + limits.waitingReadsPerProcess()
                                + "); let one end before the next"));
            }
            room = request.afterSeq() <= events.lastSeq() && take(request.afterSeq());
        }
        afterTake(room);
        if (answer != null) {
            waiting.complete(answer);
        } else {
            waiting.startDeadline(deadlines);
        }
        return waiting.future();
    }

    /** See {@link dev.outpost.executor.process.ExecProcess#subscribe}. */
    public ProcessEvents subscribe(long afterSeq, Runnable onAvailable) {
        Subscription subscription = new Subscription(this, afterSeq, onAvailable);
        synchronized (lock) {
            if (!discarded) {
                if (subscriptions.size() >= limits.subscriptionsPerProcess()) {
                    throw new IllegalStateException("too many subscriptions of process " + id + " (limit "
                            + limits.subscriptionsPerProcess() + "); close one first");
                }
                subscriptions.add(subscription);
            }
        }
        return subscription;
    }

    @Nullable ProcessEvent poll(Subscription subscription) {
        RetainedChunk chunk;
        boolean room;
        synchronized (lock) {
            if (!subscriptions.contains(subscription)) {
                return null;
            }
            if (events.lastSeq() <= subscription.position) {
                subscription.armed = true;
                return null;
            }
            chunk = events.chunkAfter(subscription.position);
            if (chunk == null) {
                ProcessEvent next = events.after(subscription.position);
                subscription.position = next.seq();
                return next;
            }
            subscription.position = chunk.seq();
            chunk.bytes().hold();
            room = take(chunk.seq());
        }
        ProcessEvent output = chunk.toEvent();
        afterTake(room);
        return output;
    }

    void unsubscribe(Subscription subscription) {
        synchronized (lock) {
            subscriptions.remove(subscription);
        }
    }

    /** The wait of a read is over: it is answered with what there is. */
    void expire(WaitingRead read) {
        ReadAnswer answer;
        synchronized (lock) {
            if (!waitingReads.remove(read)) {
                return;
            }
            answer = events.answer(read.request());
        }
        read.complete(answer);
    }

    /** A read no longer waits. */
    void forget(WaitingRead read) {
        synchronized (lock) {
            waitingReads.remove(read);
        }
    }

    /** The budget has room for this log's process again. */
    void roomAgain() {
        onRoom.run();
    }

    long undelivered() {
        synchronized (lock) {
            return undeliveredCost();
        }
    }

    /** What the log keeps, or -1 if none of it is delivered. */
    long retainedIfDelivered() {
        synchronized (lock) {
            return deliveredCost > 0 ? retained.cost() : -1;
        }
    }

    /** Drops delivered chunks, oldest first, until that many bytes are free or there are none. */
    void evictDelivered(long bytes) {
        synchronized (lock) {
            evict(bytes);
        }
    }

    private void ended(Runnable event) {
        Wakeups wakeups;
        synchronized (lock) {
            if (discarded) {
                return;
            }
            event.run();
            wakeups = wakeups();
        }
        wakeups.run();
    }

    // From here on: the writer's.

    private RetainedBytes retain(MemorySegment bytes) {
        if (bytes.byteSize() < LARGE) {
            return RetainedBytes.OnHeap.copyOf(bytes);
        }
        Slab current = slab;
        if (current == null || !current.hasRoomFor(bytes)) {
            releaseSlab();
            current = budget.memory().acquire();
            slab = current;
        }
        return current.write(bytes);
    }

    private void releaseSlab() {
        if (slab != null) {
            slab.release();
            slab = null;
        }
    }

    // From here on: with the lock held.

    private void close() {
        events.closed();
        budget.ended();
    }

    private void evict(long bytes) {
        long freed = 0;
        while (freed < bytes && deliveredCost > 0) {
            long cost = retained.removeFirst();
            deliveredCost -= cost;
            freed += cost;
        }
        if (freed > 0) {
            budget.evicted(freed);
        }
    }

    /** Counts chunks up to this one as delivered; returns whether a paused writer may go on by it. */
    private boolean take(long seq) {
        if (seq <= taken || discarded) {
            return false;
        }
        long cost = 0;
        for (int i = retained.indexAfter(taken);
                i < retained.size() && retained.get(i).seq() <= seq;
                i++) {
            cost += retained.get(i).cost();
        }
        taken = seq;
        if (cost > 0) {
            deliveredCost += cost;
            budget.delivered(cost);
        }
        boolean room = paused && undeliveredCost() <= limits.undeliveredBytes() - limits.undeliveredBytes() / 8;
        paused &= !room;
        return room;
    }

    private long undeliveredCost() {
        return retained.cost() - deliveredCost;
    }

    /** Whom the event that was just recorded wakes. */
    private Wakeups wakeups() {
        Wakeups wakeups = new Wakeups();
        for (Subscription subscription : subscriptions) {
            if (subscription.armed && events.lastSeq() > subscription.position) {
                subscription.armed = false;
                wakeups.add(subscription::available);
            }
        }
        for (Iterator<WaitingRead> reads = waitingReads.iterator(); reads.hasNext(); ) {
            WaitingRead read = reads.next();
            if (events.isAnswerable(read.request())) {
                reads.remove();
                ReadAnswer answer = events.answer(read.request());
                wakeups.add(() -> read.complete(answer));
            }
        }
        return wakeups;
    }

    // From here on: without the lock.

    private void afterTake(boolean room) {
        if (room) {
            onRoom.run();
        }
        budget.relieve();
    }

    private ExecutorException unknown() {
        return new ExecutorException(FailureKind.REJECTED, "unknown process id " + id);
    }
}
