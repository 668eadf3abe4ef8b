package dev.outpost.executor.process;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of the retained output and the state at that moment (spec P23–P30).
 *
 * @param chunks in ascending order, possibly with gaps in their numbers
 * @param nextSeq number of the last returned chunk + 1; without chunks {@code counter} (spec P25, P26)
 * @param counter last assigned number + 1, exit and close included
 * @param exit how the process ended, null while it runs
 * @param closed whether its streams ended too
 * @param failure why nothing more can be known of the process (spec P99), null normally
 * @param sandboxDenied whether the sandbox probably ended it (spec N51)
 */
public record ReadResult(
        List<ProcessEvent.Output> chunks,
        long nextSeq,
        long counter,
        @Nullable ExitStatus exit,
        boolean closed,
        @Nullable String failure,
        boolean sandboxDenied) {
    /** Copies the list. */
    public ReadResult {
        chunks = List.copyOf(chunks);
    }
}
