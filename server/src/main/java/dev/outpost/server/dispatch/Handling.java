package dev.outpost.server.dispatch;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.protocol.jsonrpc.RpcException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Where and in which order the requests of a method run (spec N14f). A handler answers its call exactly once. */
sealed interface Handling<P> {
    /** Does what a method is for; its failure becomes the answer. */
    @FunctionalInterface
    interface Handler<P> {
        void handle(P params, Call call) throws RpcException, ExecutorException;
    }

    /** Starts a process; the future is done when the process is known to its session, or its start has failed and is answered. */
    @FunctionalInterface
    interface Starter<P> {
        CompletableFuture<?> handle(P params, Call call);
    }

    /** At once, on the connection's thread. Must not block. */
    record AtOnce<P>(Handler<P> handler) implements Handling<P> {}

    /** In order with other requests for the same process, which wait until this one is done. Must not block. */
    record ProcessStart<P>(Function<P, ProcessId> process, Starter<P> starter) implements Handling<P> {}

    /** After a pending start of the same process, else at once on the connection's thread. Must not block. */
    record OnProcess<P>(Function<P, ProcessId> process, Handler<P> handler) implements Handling<P> {}

    /** Does what a method is for if that can be done without blocking. */
    @FunctionalInterface
    interface Attempt<P> {
        /** Returns whether the call is answered; if not, nothing has happened. */
        boolean handle(P params, Call call);
    }

    /**
     * On a worker, after the changes that arrived before it; may block. If no change is under way, the attempt is made
     * first, on the connection's thread, to save the way to a worker and back.
     */
    record FileRead<P>(Attempt<P> attempt, Handler<P> handler) implements Handling<P> {
        /** Without an attempt. */
        FileRead(Handler<P> handler) {
            this((_, _) -> false, handler);
        }
    }

    /** On a worker, in order with other changes. May block. */
    record FileChange<P>(Handler<P> handler) implements Handling<P> {}
}
