package dev.outpost.local.output;

import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.executor.process.ReadRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The numbered events of one process (spec P11–P14): all that ever happened, of which the output is there as far as it is
 * retained. An exit and a close are never forgotten. Not thread-safe; its {@link OutputLog} guards it.
 */
final class EventSequence {
    private final RetainedOutput retained = new RetainedOutput();
    private long lastSeq;
    private long exitSeq;
    private @Nullable ExitStatus exit;
    private boolean sandboxDenied;
    private long closedSeq;

    /** The output that is there. */
    RetainedOutput retained() {
        return retained;
    }

    /** Number of the last event, 0 if there was none. */
    long lastSeq() {
        return lastSeq;
    }

    boolean hasExited() {
        return exit != null;
    }

    boolean isClosed() {
        return closedSeq > 0;
    }

    /** Numbers output and keeps it; the bytes' holder is this from now on. Returns the cost. */
    long append(ProcessStream stream, RetainedBytes bytes) {
        requireOpen();
        RetainedChunk chunk = new RetainedChunk(++lastSeq, stream, bytes);
        retained.add(chunk);
        return chunk.cost();
    }

    void exited(ExitStatus status, boolean denied) {
        if (exit != null) {
            throw new IllegalStateException("exited already");
        }
        exit = status;
        sandboxDenied = denied;
        exitSeq = ++lastSeq;
    }

    void closed() {
        requireOpen();
        if (exit == null) {
            throw new IllegalStateException("closed before it exited");
        }
        closedSeq = ++lastSeq;
    }

    /** The chunk right after a number, if that is there. */
    @Nullable RetainedChunk chunkAfter(long seq) {
        int index = retained.indexAfter(seq);
        RetainedChunk chunk = index < retained.size() ? retained.get(index) : null;
        return chunk != null && chunk.seq() == seq + 1 ? chunk : null;
    }

    /** The event after a number that is below the last one, and has no chunk right after it. */
    ProcessEvent after(long seq) {
        int index = retained.indexAfter(seq);
        long next = index < retained.size() ? retained.get(index).seq() : lastSeq + 1;
        if (exitSeq > seq) {
            next = Math.min(next, exitSeq);
        }
        if (closedSeq > seq) {
            next = Math.min(next, closedSeq);
        }
        if (next > seq + 1) {
            return new ProcessEvent.Gap(seq + 1, next - 1);
        }
        return next == exitSeq && exit != null
                ? new ProcessEvent.Exited(exitSeq, exit, sandboxDenied)
                : new ProcessEvent.Closed(closedSeq);
    }

    /** Whether a read has something to return before its deadline (spec P23, P28, P29). */
    boolean isAnswerable(ReadRequest request) {
        return retained.indexAfter(request.afterSeq()) < retained.size()
                || isClosed()
                || (hasExited() && request.afterSeq() < lastSeq);
    }

    /** One pass of the algorithm of spec P23. */
    ReadAnswer answer(ReadRequest request) {
        List<RetainedChunk> chunks = new ArrayList<>();
        long total = 0;
        long next = lastSeq + 1;
        for (int i = retained.indexAfter(request.afterSeq()); i < retained.size(); i++) {
            RetainedChunk chunk = retained.get(i);
            int length = chunk.bytes().length();
            if (!chunks.isEmpty() && total + length > request.maxBytes()) {
                break;
            }
            chunk.bytes().hold();
            chunks.add(chunk);
            total += length;
            next = chunk.seq() + 1;
            if (total >= request.maxBytes()) {
                break;
            }
        }
        return new ReadAnswer(chunks, next, lastSeq + 1, exit, isClosed(), sandboxDenied);
    }

    private void requireOpen() {
        if (isClosed()) {
            throw new IllegalStateException("closed already");
        }
    }
}
