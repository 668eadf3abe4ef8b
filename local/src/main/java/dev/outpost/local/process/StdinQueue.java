package dev.outpost.local.process;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.WriteStatus;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written to one process's stdin, in order (spec P42–P45, N41): a bounded queue, and before it a bounded
 * line of writes that wait for room. Writers are any thread; one thread takes out. While nothing is queued a write goes
 * straight to its target, so that a short one needs no other thread.
 *
 * <p>A write that waits is answered when it enters the queue. Cancelling its future does not take it back.
 */
final class StdinQueue {
    /** How many names of writes are remembered (spec N41). */
    private static final int REMEMBERED_IDS = 4096;

    private final StdinLimits limits;
    private final Runnable onWork;

    private final Object lock = new Object();
    // Everything below is guarded by the lock.
    /** Given up once nothing is written any more: a closed process is kept for a while, its descriptors are not. */
    private @Nullable Target target;

    // Small, because most processes get little or nothing.
    private final Deque<byte[]> queue = new ArrayDeque<>(1);
    private final Deque<Waiting> line = new ArrayDeque<>(1);
    private final Map<String, CompletableFuture<WriteStatus>> byId = new LinkedHashMap<>();
    private State state;
    private long queuedBytes;
    private long waitingBytes;
    /** Bytes of the queue's first entry that are written already. */
    private int written;
    /** Whether no further write is taken, so that stdin ends behind what is queued. */
    private boolean ending;

    private enum State {
        /** There is no stdin to write to. */
        NONE,
        OPEN,
        /** Nobody reads any more: writes are accepted and dropped. */
        DROPPING,
        /** Terminated: writes fail. */
        FAILING,
    }

    /** Where bytes go. */
    @FunctionalInterface
    interface Target {
        /**
         * Takes bytes now, from the first on. On the writer's thread, with the queue's lock held; must not block.
         *
         * @return how many it took; the rest is queued
         */
        int take(byte[] bytes);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Waiting(byte[] chunk, CompletableFuture<WriteStatus> future) {}

    /**
     * An empty queue.
     *
     * @param target gets what is written while nothing is queued; null if the process has no stdin to write to
     * @param onWork called, on any thread, when something was queued
     */
    StdinQueue(@Nullable Target target, StdinLimits limits, Runnable onWork) {
        this.target = target;
        this.state = target == null ? State.NONE : State.OPEN;
        this.limits = limits;
        this.onWork = onWork;
    }

    /** See {@link dev.outpost.executor.process.ExecProcess#write}. */
    CompletableFuture<WriteStatus> write(byte[] chunk, @Nullable String writeId) {
        CompletableFuture<WriteStatus> future = new CompletableFuture<>();
        boolean work;
        synchronized (lock) {
            if (state == State.NONE) {
                return CompletableFuture.completedFuture(WriteStatus.STDIN_CLOSED);
            }
            CompletableFuture<WriteStatus> earlier = writeId == null ? null : byId.get(writeId);
            if (earlier != null) {
                return earlier.copy();
            }
            if (state == State.FAILING) {
                return CompletableFuture.failedFuture(terminated());
            }
            if (ending) {
                return CompletableFuture.completedFuture(WriteStatus.STDIN_CLOSED);
            }
            work = state == State.OPEN && chunk.length > 0;
            if (!work || (line.isEmpty() && hasRoomFor(chunk))) {
                future.complete(WriteStatus.ACCEPTED);
                work = work && !taken(chunk);
            } else if (line.isEmpty()
                    || (line.size() < limits.waitingWrites() && waitingBytes + chunk.length <= limits.waitingBytes())) {
                line.add(new Waiting(chunk, future));
                waitingBytes += chunk.length;
                work = false;
            } else {
                return CompletableFuture.failedFuture(new ExecutorException(
                        FailureKind.REJECTED,
                        "too much is waiting for the stdin of a process that does not read it (" + line.size()
                                + " writes, " + waitingBytes + " bytes); await the answers of earlier writes"));
            }
            remember(writeId, future);
        }
        if (work) {
            onWork.run();
        }
        return future;
    }

    /** Takes no further write; {@link #isAtEnd} once what is queued was written. Idempotent. */
    void end() {
        synchronized (lock) {
            ending = true;
        }
        onWork.run();
    }

    /** Whether nothing is left to be written and nothing more will come. */
    boolean isAtEnd() {
        synchronized (lock) {
            return ending && queue.isEmpty() && line.isEmpty();
        }
    }

    /** Copies what is to be written next, as much as fits; it stays queued until it is {@link #written}. */
    int peek(MemorySegment buffer) {
        synchronized (lock) {
            long size = 0;
            int from = written;
            for (byte[] chunk : queue) {
                int length = (int) Math.min(chunk.length - from, buffer.byteSize() - size);
                MemorySegment.copy(chunk, from, buffer, ValueLayout.JAVA_BYTE, size, length);
                size += length;
                from = 0;
                if (size == buffer.byteSize()) {
                    break;
                }
            }
            return (int) size;
        }
    }

    /** So many bytes were written: they leave the queue, and waiting writes enter it. */
    void written(int count) {
        List<Waiting> accepted = new ArrayList<>(0);
        synchronized (lock) {
            int left = count + written;
            written = 0;
            while (left > 0 && !queue.isEmpty()) {
                byte[] first = queue.getFirst();
                if (left < first.length) {
                    written = left;
                    break;
                }
                left -= first.length;
                queuedBytes -= first.length;
                queue.removeFirst();
            }
            while (!line.isEmpty() && hasRoomFor(line.getFirst().chunk())) {
                Waiting next = line.removeFirst();
                waitingBytes -= next.chunk().length;
                enqueue(next.chunk());
                accepted.add(next);
            }
        }
        accepted.forEach(write -> write.future().complete(WriteStatus.ACCEPTED));
    }

    /** Nobody reads any more: what is queued is dropped, waiting and later writes are accepted and dropped (spec P45). */
    void drop() {
        List<Waiting> accepted;
        synchronized (lock) {
            if (state != State.OPEN) {
                return;
            }
            state = State.DROPPING;
            accepted = empty();
        }
        accepted.forEach(write -> write.future().complete(WriteStatus.ACCEPTED));
    }

    /** The process is terminated: what is queued is dropped, waiting and later writes fail (spec P44). */
    void fail() {
        List<Waiting> failed;
        synchronized (lock) {
            if (state == State.NONE) {
                return;
            }
            state = State.FAILING;
            failed = empty();
        }
        failed.forEach(write -> write.future().completeExceptionally(terminated()));
    }

    // From here on: with the lock held.

    private boolean hasRoomFor(byte[] chunk) {
        return queue.isEmpty() || (queue.size() < limits.entries() && queuedBytes + chunk.length <= limits.bytes());
    }

    /** Hands it to the target, or queues what that did not take; returns whether nothing is left. */
    private boolean taken(byte[] chunk) {
        int count = target != null && queue.isEmpty() ? target.take(chunk) : 0;
        if (count == chunk.length) {
            return true;
        }
        if (count > 0) {
            written = count;
        }
        enqueue(chunk);
        return false;
    }

    private void enqueue(byte[] chunk) {
        queue.add(chunk);
        queuedBytes += chunk.length;
    }

    /** Remembers a write; of too many names the oldest is forgotten, whose write has long left the line. */
    private void remember(@Nullable String writeId, CompletableFuture<WriteStatus> future) {
        if (writeId == null) {
            return;
        }
        byId.put(writeId, future);
        if (byId.size() > REMEMBERED_IDS) {
            byId.remove(byId.keySet().iterator().next());
        }
    }

    private List<Waiting> empty() {
        List<Waiting> waiting = new ArrayList<>(line);
        target = null;
        line.clear();
        queue.clear();
        queuedBytes = 0;
        waitingBytes = 0;
        written = 0;
        return waiting;
    }

    private static ExecutorException terminated() {
        return new ExecutorException(FailureKind.FAILED, "failed to write to process stdin");
    }
}
