package dev.outpost.executor.process;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A started process, until its id is free again. All methods are safe from any thread and none blocks. Futures that
 * fail do so with {@link dev.outpost.executor.ExecutorException}; they may complete on a thread of the executor, so
 * whatever depends on them must be short and must not block.
 */
public interface ExecProcess {
    /** The id it was started with. */
    ProcessId id();

    /** What confines it; never {@link SandboxType#NONE} if it was started with a profile that restricts it. */
    SandboxType sandboxType();

    /**
     * Reads retained output (spec P23). Completes at once if there is something to return or nothing to wait for, else
     * when there is or the time is over. Cancelling the future ends the wait.
     */
    CompletableFuture<ReadResult> read(ReadRequest request);

    /**
     * Queues bytes for stdin, in the order of the calls; completes when they are queued (spec P39–P45). While the
     * queue is full the future stays incomplete.
     *
     * @param chunk not changed afterwards by the caller; may be empty, which does nothing
     * @param writeId a name of this write, or null: a write whose id this process accepted before is answered {@link
     *     WriteStatus#ACCEPTED} and not written again (spec N41)
     */
    CompletableFuture<WriteStatus> write(byte[] chunk, @Nullable String writeId);

    /**
     * Brings stdin to its end behind what was written so far; later writes are answered {@link
     * WriteStatus#STDIN_CLOSED}. Does nothing if there is no stdin to write, if it was closed before, or if the process
     * has exited. Fails with {@code REJECTED} for a terminal, whose end of input is a character (Ctrl-D).
     *
     * @return completes when that is arranged, which may be long before the process has read everything
     */
    CompletableFuture<Void> closeStdin();

    /**
     * Changes the size of the terminal; if it is a change, the foreground group gets {@code SIGWINCH}. Does nothing if
     * the process has exited; fails with {@code REJECTED} if it has no terminal.
     */
    CompletableFuture<Void> resize(TerminalSize size);

    /**
     * Kills the process group at once, and then every descendant that can be found (spec P46–P51, N14j).
     *
     * @return completes when the group has its signal, with whether the process was running; if it had exited, nothing
     *     is done
     */
    CompletableFuture<Boolean> terminate();

    /** Sends a signal to the process group; nothing if it has exited (spec N55). Completes when it is sent. */
    CompletableFuture<Void> signal(ProcessSignal signal);

    /**
     * A new place in the events, before the first event with a number above {@code afterSeq} (0 for all that is
     * retained).
     *
     * @param onAvailable runs on a thread of the executor, once after each {@link ProcessEvents#poll} that returned
     *     null, as soon as there is something to poll, also right away; must be short and must not block
     */
    ProcessEvents subscribe(long afterSeq, Runnable onAvailable);

    /** Number of the last event so far, 0 if there was none; a failure counts as one (spec C56, C58). */
    long lastSeq();

    /** Completes when the id is free again: some time after close, or at the end of the backend (spec P6, P8). */
    CompletableFuture<Void> evicted();
}
