package dev.outpost.executor.process;

/** One thing that happened to a process. Output, exit and close share one sequence that starts at 1 (spec P11–P14). */
public sealed interface ProcessEvent {
    /** Its number in the process's sequence; for a {@link Gap} that of the last missing event. */
    long seq();

    /**
     * Bytes the process wrote. The array is shared by every reader and must not be changed.
     *
     * @param bytes never empty
     */
    @SuppressWarnings("ArrayRecordComponent") // Shared on purpose: the bytes are copied only into the socket's buffer.
    record Output(long seq, ProcessStream stream, byte[] bytes) implements ProcessEvent {}

    /**
     * The process itself ended; descendants may still hold its streams.
     *
     * @param sandboxDenied whether the sandbox probably was the reason (spec N51)
     */
    record Exited(long seq, ExitStatus status, boolean sandboxDenied) implements ProcessEvent {}

    /** It ended and so did its streams: the last event, exactly once (spec P12). */
    record Closed(long seq) implements ProcessEvent {}

    /**
     * Events that this subscriber had not taken were evicted meanwhile: never silent (spec P21, P91).
     *
     * @param firstSeq number of the first missing event
     * @param seq number of the last missing event
     */
    record Gap(long firstSeq, long seq) implements ProcessEvent {}

    /**
     * Nothing more can be known of the process, because its executor is out of reach: the last event, exactly once, of a
     * process that was not closed. It may still run (spec P88, C43, C58).
     *
     * @param seq one more than the highest number known; no number that the executor gave
     * @param message why, for the caller
     */
    record Failed(long seq, String message) implements ProcessEvent {}
}
