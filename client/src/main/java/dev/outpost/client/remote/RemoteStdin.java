package dev.outpost.client.remote;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.WriteStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes of one process, in the order of the calls. Large ones go in pieces, and only so much is under way at a time that
 * other calls of the connection are not held up by a process that doesn't read; the rest waits here up to a bound, and
 * more is refused. Safe from any thread.
 */
final class RemoteStdin {
    static final int PIECE = 512 * 1024;
    private static final int MAX_UNDER_WAY = 4 * 1024 * 1024;
    /** As many as an Outpost server keeps for a process that doesn't read. */
    private static final int MAX_PIECES_UNDER_WAY = 100;

    private static final int MAX_WAITING = 64 * 1024 * 1024;
    private static final int MAX_WRITES_WAITING = 4096;

    private final BiFunction<byte[], String, CompletableFuture<WriteStatus>> send;
    private final Supplier<String> names;

    private final Object lock = new Object();
    // Everything below is guarded by the lock.
    private final ArrayDeque<Write> waiting = new ArrayDeque<>();
    private long bytesWaiting;
    private long bytesUnderWay;
    private int piecesUnderWay;
    private boolean sending;
    private boolean again;
    /** The result of the last write, whose acceptance means that all before it were accepted. */
    private CompletableFuture<WriteStatus> last = CompletableFuture.completedFuture(WriteStatus.ACCEPTED);

    private boolean closing;

    /**
     * Nothing is written yet.
     *
     * @param send sends one piece with the name of that write
     * @param names makes names for writes that have none
     */
    RemoteStdin(BiFunction<byte[], String, CompletableFuture<WriteStatus>> send, Supplier<String> names) {
        this.send = send;
        this.names = names;
    }

    CompletableFuture<WriteStatus> write(byte[] chunk, @Nullable String writeId) {
        Write write = new Write(chunk, writeId == null ? names.get() : writeId);
        synchronized (lock) {
            if (closing) {
                return CompletableFuture.completedFuture(WriteStatus.STDIN_CLOSED);
            }
            if (!waiting.isEmpty()
                    && (bytesWaiting + chunk.length > MAX_WAITING || waiting.size() >= MAX_WRITES_WAITING)) {
                return CompletableFuture.failedFuture(new ExecutorException(
                        FailureKind.REJECTED,
                        "too much is waiting to be written to the process (limits " + MAX_WRITES_WAITING
                                + " writes and " + MAX_WAITING + " bytes); let one end before the next"));
            }
            waiting.add(write);
            bytesWaiting += chunk.length;
            last = write.result;
        }
        sendWhatFits();
        return write.result;
    }

    /** Takes no further write; completes when all that were taken have been answered. */
    CompletableFuture<WriteStatus> close() {
        synchronized (lock) {
            closing = true;
            return last.exceptionally(_ -> WriteStatus.STDIN_CLOSED);
        }
    }

    /** One thread at a time, the others leave their work to it: neither order nor the stack suffers. */
    private void sendWhatFits() {
        List<Runnable> sent = new ArrayList<>();
        synchronized (lock) {
            again = true;
            if (sending) {
                return;
            }
            sending = true;
        }
        while (collect(sent)) {
            sent.forEach(Runnable::run);
            sent.clear();
        }
    }

    /** Sends, with the lock held, because it is the order that counts, and sending doesn't block. */
    private boolean collect(List<Runnable> sent) {
        synchronized (lock) {
            if (!again) {
                sending = false;
                return false;
            }
            again = false;
            for (Write first = waiting.peek(); first != null; first = waiting.peek()) {
                if (first.result.isDone()) {
                    bytesWaiting -= first.chunk.length - first.sent;
                    waiting.remove();
                    continue;
                }
                int length = Math.min(PIECE, first.chunk.length - first.sent);
                boolean room = bytesUnderWay + length <= MAX_UNDER_WAY && piecesUnderWay < MAX_PIECES_UNDER_WAY;
                if (piecesUnderWay > 0 && !room) {
                    break;
                }
                sent.add(send(first, length));
            }
            return true;
        }
    }

    private Runnable send(Write write, int length) {
        Piece piece = write.next(length);
        bytesWaiting -= length;
        bytesUnderWay += length;
        piecesUnderWay++;
        if (piece.last) {
            waiting.remove();
        }
        CompletableFuture<WriteStatus> answer = send.apply(piece.bytes, piece.name);
        return () -> {
            var _ = answer.whenComplete((status, failure) -> answered(write, piece, status, failure));
        };
    }

    private void answered(Write write, Piece piece, @Nullable WriteStatus status, @Nullable Throwable failure) {
        synchronized (lock) {
            bytesUnderWay -= piece.bytes.length;
            piecesUnderWay--;
        }
        if (failure != null) {
            write.result.completeExceptionally(RemoteFailures.ofProcess(failure));
        } else if (piece.last || status != WriteStatus.ACCEPTED) {
            write.result.complete(status);
        }
        sendWhatFits();
    }

    private static final class Write {
        final byte[] chunk;
        final String name;
        final CompletableFuture<WriteStatus> result = new CompletableFuture<>();
        int sent;

        Write(byte[] chunk, String name) {
            this.chunk = chunk;
            this.name = name;
        }

        Piece next(int length) {
            boolean whole = length == chunk.length;
            byte[] bytes = whole ? chunk : Arrays.copyOfRange(chunk, sent, sent + length);
            String pieceName = whole ? name : name + "/" + sent;
            sent += length;
            return new Piece(bytes, pieceName, sent == chunk.length);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
    private record Piece(byte[] bytes, String name, boolean last) {}
}
