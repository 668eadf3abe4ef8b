package dev.outpost.executor.process;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Starts processes and knows them by id: one session's processes (spec 02, P82). All methods are safe from any thread;
 * none blocks but {@link #close}.
 */
public interface ExecBackend extends AutoCloseable {
    /**
     * Reserves the id and starts the process. Checks in this order: argv not empty ({@code INVALID_ARGUMENT}), id free
     * ({@code REJECTED}), then whatever can go wrong in starting it (mostly {@code FAILED}) (spec P10, P65). A failed
     * start frees the id at once (spec P7).
     *
     * @return completes when the process runs, or fails with {@link dev.outpost.executor.ExecutorException}; cancelling
     *     it while it is incomplete ends the process before anybody sees it, and frees the id (spec N42)
     */
    CompletableFuture<ExecProcess> start(StartProcess process);

    /**
     * The process with this id: the future of {@link #start}, incomplete while it is starting; null if there is none
     * (any more). Never a failed future.
     */
    @Nullable CompletableFuture<ExecProcess> find(ProcessId id);

    /**
     * Ends every process as {@link ExecProcess#terminate} does and forgets them all; no further events (spec P9).
     * Idempotent. Returns when the kill signals are sent.
     */
    @Override
    void close();
}
