package dev.outpost.local.output;

import dev.outpost.executor.process.ProcessEvent.Output;
import dev.outpost.executor.process.ProcessStream;

/** A chunk of output as it is kept. */
record RetainedChunk(long seq, ProcessStream stream, RetainedBytes bytes) {
    /** About what the event, its array's header and its place in the log take. */
    private static final int OVERHEAD = 64;

    /** What it counts for. */
    long cost() {
        return bytes.length() + (long) OVERHEAD;
    }

    /** The event, for a reader, who holds the bytes and now releases them. Copies, so better done without a lock. */
    Output toEvent() {
        byte[] array = bytes.toArray();
        bytes.release();
        return new Output(seq, stream, array);
    }
}
