package dev.outpost.local.output;

import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ReadResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a read is answered with, found with a log's lock held, while the copying of bytes is left for later. */
record ReadAnswer(
        List<RetainedChunk> held,
        long nextSeq,
        long counter,
        @Nullable ExitStatus exit,
        boolean closed,
        boolean sandboxDenied) {
    /** The answer, whose bytes are released; once. */
    ReadResult toResult() {
        return new ReadResult(
                held.stream().map(RetainedChunk::toEvent).toList(),
                nextSeq,
                counter,
                exit,
                closed,
                null,
                sandboxDenied);
    }
}
