package dev.outpost.server.dispatch;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.LazyLogger;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.Answers;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.RequestId;
import dev.outpost.protocol.jsonrpc.Result;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.transport.OutgoingMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * A request being worked on, from its arrival until its answer was written. It is answered exactly once, from any
 * thread; if its connection ends first, the answer goes nowhere (spec W47).
 */
final class Call {
    /** Something that works on a request and may fail. */
    @FunctionalInterface
    interface Body {
        void run() throws RpcException, ExecutorException;
    }

    private static final System.Logger LOG = LazyLogger.of(Call.class);

    private final ClientConnection client;
    private final RequestId id;
    private final String method;
    private final Runnable whenWritten;
    private final AtomicBoolean answered = new AtomicBoolean();
    private final AtomicBoolean settled = new AtomicBoolean();
    private volatile Runnable whenEnded = () -> {};

    /**
     * A request without an answer yet.
     *
     * @param whenWritten runs once, when the answer was written or is dropped, or the call is parked; must not block
     */
    Call(ClientConnection client, RequestId id, String method, Runnable whenWritten) {
        this.client = client;
        this.id = id;
        this.method = method;
        this.whenWritten = whenWritten;
    }

    /** The connection it came from. */
    ClientConnection client() {
        return client;
    }

    /** How the answer is told from others. */
    RequestId id() {
        return id;
    }

    /** Also runs this when the answer was written or is dropped; to be set before the call can be answered. */
    void whenEnded(Runnable also) {
        whenEnded = also;
    }

    /** Works on it now, unless nobody waits for it any more; a failure becomes the answer. */
    void run(Body body) {
        if (client.hasEnded()) {
            return;
        }
        try {
            body.run();
        } catch (RpcException | ExecutorException | RuntimeException | Error e) {
            // Errors too: what is missing memory for one request must not leave its client waiting forever.
            fail(e);
        }
    }

    /** Tries to work on it now; returns whether it is answered, be it with a failure. */
    boolean attempt(BooleanSupplier body) {
        try {
            return body.getAsBoolean();
        } catch (RuntimeException | Error e) {
            fail(e);
            return true;
        }
    }

    /** Answers with a result, which is encoded when its turn to be sent has come. */
    void answer(Result result) {
        send(out -> {
            Answers.result(out, id, result);
            return true;
        });
    }

    /**
     * Parks this call on what it waits for: it no longer counts as in flight, so that however many wait hold up nothing
     * (spec N14f), and the wait is cancelled when the connection ends.
     *
     * @throws RpcException if as many calls of the connection are parked as may be
     */
    void park(CompletableFuture<?> pending) throws RpcException {
        if (!pending.isDone()) {
            client.park(this, pending);
            settle();
        }
    }

    /** Answers with the result of something that may take its time. */
    <T> void answer(CompletableFuture<T> pending, Function<T, Result> toResult) {
        var _ = pending.whenComplete((value, failure) -> {
            if (failure != null) {
                fail(failure);
            } else {
                run(() -> answer(toResult.apply(value)));
            }
        });
    }

    /** Answers with a failure. */
    void fail(Throwable failure) {
        if (client.hasEnded()) {
            return;
        }
        RpcException answer = Failures.toAnswer(method, failure);
        fail(answer.code(), answer.getMessage());
    }

    /** Answers with an error. */
    void fail(ErrorCode code, String message) {
        send(out -> {
            Answers.error(out, id, code.code(), message);
            return true;
        });
    }

    /** Answers with a message that is an answer already. */
    void send(OutgoingMessage answer) {
        if (!answered.compareAndSet(false, true)) {
            answer.close();
            LOG.log(System.Logger.Level.ERROR, "a second answer to {0} was dropped", method);
            return;
        }
        client.send(new Counted(answer));
    }

    /** The answer, and the end of the call with it. */
    private final class Counted implements OutgoingMessage {
        private final OutgoingMessage answer;

        Counted(OutgoingMessage answer) {
            this.answer = answer;
        }

        @Override
        public boolean writeTo(JsonOutput out) {
            return answer.writeTo(out);
        }

        @Override
        public void close() {
            answer.close();
            whenEnded.run();
            settle();
        }
    }

    private void settle() {
        if (settled.compareAndSet(false, true)) {
            whenWritten.run();
        }
    }
}
