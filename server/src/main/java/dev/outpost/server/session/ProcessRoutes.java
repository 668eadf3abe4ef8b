package dev.outpost.server.session;

import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessEvents;
import dev.outpost.protocol.message.CreditParams;
import dev.outpost.protocol.message.ProcessNotifications;
import dev.outpost.transport.Connection;
import dev.outpost.transport.OutgoingMessage;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The notifications of a session's processes on their way to one connection. Nothing is queued here: an event stays in
 * its process's log until the connection asks for it, so a connection that can't take more holds its processes back and
 * costs no memory (spec W51, N14i). Processes take turns, one event each.
 *
 * <p>{@link #pull} is for one thread at a time; everything else happens under the lock of the {@link Session}.
 */
public final class ProcessRoutes {
    private final Connection connection;
    private final Map<ExecProcess, Route> routes = new ConcurrentHashMap<>();
    /** Routes that may have something to say, each at most once. */
    private final Queue<Route> ready = new ConcurrentLinkedQueue<>();

    private volatile boolean closed;

    /** Routes to this connection, none yet. */
    public ProcessRoutes(Connection connection) {
        this.connection = connection;
    }

    /** The next notification, or null if no process has one now. */
    public @Nullable OutgoingMessage pull() {
        for (Route route = ready.poll(); route != null; route = ready.poll()) {
            OutgoingMessage message = route.next();
            if (message != null) {
                return message;
            }
        }
        return null;
    }

    /** From now on sends everything that happens to a process, from its beginning. */
    void open(SessionProcess process) {
        open(new Route(process, 0, false));
    }

    /**
     * From now on sends what happens to a process after this moment. What happened since the last notification is not
     * sent (spec W54), but it is not taken either, and so not lost, before {@link #release}: the client has to have the
     * time to read it. Notifications that were sent may not have arrived, and if others followed them again and again,
     * from connection to connection, no bound would hold what the client is behind; so a client that can be expected to
     * read always has to.
     */
    void reopen(SessionProcess process) {
        long lastSeq = process.process().lastSeq();
        open(new Route(process, lastSeq, lastSeq > process.notified() || process.hasWindow()));
    }

    /** The client has read what it missed of a process. */
    void release(SessionProcess process) {
        Route route = routes.get(process.process());
        if (route != null) {
            route.release();
        }
    }

    /** The client can take more of a process. */
    void credit(SessionProcess process, long bytes) {
        Route route = routes.get(process.process());
        if (route != null) {
            route.credit(bytes);
        }
    }

    /** Clients had time enough to read what they missed, if they do so at all. */
    void releaseAll() {
        for (Route route : routes.values()) {
            if (!route.process.hasWindow()) {
                route.release();
            }
        }
    }

    private void open(Route route) {
        if (routes.putIfAbsent(route.process.process(), route) == null) {
            route.subscribe();
        }
    }

    /** Sends nothing more of a process. */
    void close(SessionProcess process) {
        Route route = routes.remove(process.process());
        if (route != null) {
            route.close();
        }
    }

    /** Sends nothing more at all. Idempotent. */
    void close() {
        closed = true;
        routes.values().forEach(Route::close);
        routes.clear();
        ready.clear();
    }

    boolean isClosed() {
        return closed;
    }

    /** One process's events. */
    private final class Route {
        private final SessionProcess process;
        private final ProcessNotifications notifications;
        private final AtomicBoolean queued = new AtomicBoolean();
        private final long skipUpTo;
        private volatile @Nullable ProcessEvents events;
        /** Whether events are left where they are until the client has read what it missed. */
        private volatile boolean held;
        /** How many more bytes of output the client can take; events are left where they are while there are none. */
        private final AtomicLong credit;

        Route(SessionProcess process, long skipUpTo, boolean held) {
            this.process = process;
            this.skipUpTo = skipUpTo;
            this.held = held;
            this.credit = new AtomicLong(process.outputWindow());
            this.notifications = new ProcessNotifications(process.process().id(), process.dialect(), process.tty());
        }

        void subscribe() {
            events = process.process().subscribe(process.notified(), this::available);
            available();
        }

        void release() {
            if (held) {
                held = false;
                available();
            }
        }

        void credit(long bytes) {
            long window = process.outputWindow();
            credit.updateAndGet(left -> left > window - bytes ? window : left + bytes);
            available();
        }

        void available() {
            enqueue();
            connection.requestPull();
        }

        /** The next event as a message; null if there is none that a client is told of. */
        @Nullable OutgoingMessage next() {
            // Before polling, because the callback may come as soon as a poll has found nothing.
            queued.set(false);
            ProcessEvents subscribed = events;
            ProcessEvent event = subscribed == null || held || credit.get() <= 0 ? null : subscribed.poll();
            if (event == null) {
                return null;
            }
            process.notified(event.seq());
            if (event.seq() <= skipUpTo) {
                enqueue();
                return null;
            }
            return switch (event) {
                case ProcessEvent.Output output -> {
                    if (process.hasWindow()) {
                        credit.addAndGet(-output.bytes().length - CreditParams.CHUNK_OVERHEAD);
                    }
                    enqueue();
                    yield out -> {
                        notifications.output(out, output);
                        return true;
                    };
                }
                case ProcessEvent.Exited exited -> {
                    enqueue();
                    yield out -> {
                        notifications.exited(out, exited);
                        return true;
                    };
                }
                case ProcessEvent.Closed end -> {
                    ProcessRoutes.this.close(process);
                    yield out -> {
                        notifications.closed(out, end);
                        return true;
                    };
                }
                case ProcessEvent.Gap _ -> {
                    // There is no message for it; the client notices the jump in the numbers (spec P21).
                    enqueue();
                    yield null;
                }
                case ProcessEvent.Failed _ -> {
                    // Nor for this one; reads tell the client (spec P99).
                    ProcessRoutes.this.close(process);
                    yield null;
                }
            };
        }

        void close() {
            ProcessEvents subscribed = events;
            if (subscribed != null) {
                subscribed.close();
            }
        }

        private void enqueue() {
            if (!closed && queued.compareAndSet(false, true)) {
                ready.add(this);
            }
        }
    }
}
