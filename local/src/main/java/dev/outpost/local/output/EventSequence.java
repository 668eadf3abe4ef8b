package dev.outpost.local.output;

import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvent.Output;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.executor.process.ReadRequest;
import dev.outpost.executor.process.ReadResult;
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

    Output append(ProcessStream stream, byte[] bytes) {
        requireOpen();
        Output chunk = new Output(++lastSeq, stream, bytes);
        retained.add(chunk);
        return chunk;
    }

    void exited(ExitStatus status) {
        if (exit != null) {
            throw new IllegalStateException("exited already");
        }
        exit = status;
        exitSeq = ++lastSeq;
    }

    void closed() {
        requireOpen();
        if (exit == null) {
            throw new IllegalStateException("closed before it exited");
        }
        closedSeq = ++lastSeq;
    }

    /** The event after a number that is below the last one; a gap if that event is gone. */
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
        if (next == exitSeq && exit != null) {
            return new ProcessEvent.Exited(exitSeq, exit, false);
        }
        return next == closedSeq ? new ProcessEvent.Closed(closedSeq) : retained.get(index);
    }

    /** Whether a read has something to return before its deadline (spec P23, P28, P29). */
    boolean isAnswerable(ReadRequest request) {
        return retained.indexAfter(request.afterSeq()) < retained.size()
                || isClosed()
                || (hasExited() && request.afterSeq() < lastSeq);
    }

    /** One pass of the algorithm of spec P23. */
    ReadResult answer(ReadRequest request) {
        List<Output> chunks = new ArrayList<>();
        long total = 0;
        long next = lastSeq + 1;
        for (int i = retained.indexAfter(request.afterSeq()); i < retained.size(); i++) {
            Output chunk = retained.get(i);
            int length = chunk.bytes().length;
            if (!chunks.isEmpty() && total + length > request.maxBytes()) {
                break;
            }
            chunks.add(chunk);
            total += length;
            next = chunk.seq() + 1;
            if (total >= request.maxBytes()) {
                break;
            }
        }
        return new ReadResult(chunks, next, lastSeq + 1, exit, isClosed(), null, false);
    }

    private void requireOpen() {
        if (isClosed()) {
            throw new IllegalStateException("closed already");
        }
    }
}
