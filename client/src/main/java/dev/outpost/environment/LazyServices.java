package dev.outpost.environment;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The one connection of a remote environment, opened when it is needed first (spec E10–E14). One attempt at a time, on the
 * thread {@code environment-connect}. An attempt belongs to the caller who waits longest: if it succeeds all who wait get
 * the connection, if it fails that caller gets the failure, and the next attempt belongs to the next. A connection that
 * has ended for good is replaced at the next call. Safe from any thread.
 */
final class LazyServices implements AutoCloseable {
    private final RemoteOpener opener;
    private final String description;

    private final Object lock = new Object();
    // Everything below is guarded by the lock.
    private final ArrayDeque<CompletableFuture<Lease>> waiting = new ArrayDeque<>();
    private @Nullable Lease current;
    private boolean connecting;
    private boolean closed;

    /**
     * @param description what the environment is called in texts
     */
    LazyServices(String description, RemoteOpener opener) {
        this.description = description;
        this.opener = opener;
    }

    /** The connection, now or when it is there; fails with {@link ExecutorException}. Doesn't block. */
    CompletableFuture<Lease> get() {
        CompletableFuture<Lease> caller = new CompletableFuture<>();
        synchronized (lock) {
            if (closed) {
                caller.completeExceptionally(hasBeenClosed());
                return caller;
            }
            Lease lease = current;
            if (lease != null && lease.services().usable().getAsBoolean()) {
                caller.complete(lease);
                return caller;
            }
            current = null;
            waiting.add(caller);
            if (!connecting) {
                connecting = true;
                Thread.ofPlatform().daemon().name("environment-connect").start(this::connect);
            }
        }
        return caller;
    }

    /** The connection, waited for. */
    RemoteServices await() throws ExecutorException {
        try {
            return get().get().services();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ExecutorException failure
                    ? failure
                    : new ExecutorException(FailureKind.FAILED, description + ": internal error", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExecutorException(FailureKind.FAILED, description + ": interrupted while connecting", e);
        }
    }

    /** The connection as it was last, which may have ended; null before the first. */
    @Nullable Lease current() {
        synchronized (lock) {
            return current;
        }
    }

    /** Ends the connection; whoever waits for one, and every later call, fails. Idempotent. */
    @Override
    public void close() {
        Lease lease;
        List<CompletableFuture<Lease>> callers;
        synchronized (lock) {
            closed = true;
            lease = current;
            current = null;
            callers = new ArrayList<>(waiting);
            waiting.clear();
        }
        callers.forEach(caller -> caller.completeExceptionally(hasBeenClosed()));
        if (lease != null) {
            lease.close();
        }
    }

    private ExecutorException hasBeenClosed() {
        return new ExecutorException(FailureKind.FAILED, description + " has been closed");
    }

    private void connect() {
        boolean again = true;
        while (again) {
            try {
                succeeded(new Lease(opener.open()));
                again = false;
            } catch (ExecutorException failure) {
                again = failed(failure);
            } catch (RuntimeException | Error e) {
                again = failed(new ExecutorException(FailureKind.FAILED, description + ": internal error: " + e, e));
            }
        }
    }

    private void succeeded(Lease lease) {
        List<CompletableFuture<Lease>> callers;
        boolean unwanted;
        synchronized (lock) {
            connecting = false;
            unwanted = closed;
            current = unwanted ? null : lease;
            callers = new ArrayList<>(waiting);
            waiting.clear();
        }
        if (unwanted) {
            lease.close();
        }
        callers.forEach(caller -> caller.complete(lease));
    }

    /** Tells the first caller, and whether there is another one. */
    private boolean failed(ExecutorException failure) {
        CompletableFuture<Lease> first;
        boolean others;
        synchronized (lock) {
            first = waiting.poll();
            while (!waiting.isEmpty() && waiting.element().isDone()) {
                waiting.remove();
            }
            others = !waiting.isEmpty();
            connecting = others;
        }
        if (first != null) {
            first.completeExceptionally(failure);
        }
        return others;
    }
}
