package dev.outpost.server.session;

import dev.outpost.executor.process.ExecBackend;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.transport.RandomBytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * All sessions of a server. A session belongs to one connection, or is detached and waits for its client until its time
 * is over (spec W52–W62, N14g). Whether that time is over is decided when it matters, not by when a timer fires.
 *
 * <p>Safe from any thread. Nothing blocks but {@link #endDue}, {@link #runClock} and {@link #close}.
 */
public final class Sessions implements AutoCloseable {
    private final Supplier<ExecBackend> backends;
    private final long timeToLiveNanos;
    private final long catchUpNanos;
    private final int limit;
    private final LongSupplier nanoTime;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded by lock. */
    private final Map<String, Session> sessions = new HashMap<>();
    /** Detached sessions and when their time is over; all wait equally long, so this is also the order of expiry. */
    private final Map<Session, Long> detached = new LinkedHashMap<>();
    /** Resumed sessions whose clients may be reading what they missed, and until when; also in order. */
    private final Map<Session, Long> catchingUp = new LinkedHashMap<>();
    /** No longer resumable, their processes still to be ended; bounded like the sessions that they were. */
    private final List<Session> ended = new ArrayList<>();

    private boolean closed;

    /**
     * No sessions yet.
     *
     * @param backends makes the processes of one session; must not block
     * @param timeToLive how long a detached session waits for its client
     * @param catchUp how long a client that came back may take to read what it missed before notifications go on
     * @param limit how many sessions there may be, attached or not, until their processes are ended; at it a new one
     *     takes the place of the oldest detached one that never had a process, and without such a one it is refused
     * @param nanoTime a clock that never jumps, in nanoseconds
     */
    public Sessions(
            Supplier<ExecBackend> backends, Duration timeToLive, Duration catchUp, int limit, LongSupplier nanoTime) {
        this.backends = backends;
        this.timeToLiveNanos = timeToLive.toNanos();
        this.catchUpNanos = catchUp.toNanos();
        this.limit = limit;
        this.nanoTime = nanoTime;
    }

    /** A new session, attached to the caller's connection. */
    public Session create() throws RpcException {
        lock.lock();
        try {
            expire();
            if (closed) {
                throw new RpcException(ErrorCode.INTERNAL_ERROR, "the server is shutting down");
            }
            if (sessions.size() + ended.size() >= limit && !giveUpUnused()) {
                throw new RpcException(
                        ErrorCode.INVALID_REQUEST,
                        "this server keeps at most " + limit
                                + " sessions; resume one, or try again when one has ended");
            }
            Session session = new Session(RandomBytes.uuid().toString(), backends.get());
            sessions.put(session.id(), session);
            return session;
        } finally {
            lock.unlock();
        }
    }

    /** A detached session, from now on attached to the caller's connection (spec W56–W58, N33). */
    public Session resume(String id) throws RpcException {
        lock.lock();
        try {
            expire();
            Session session = sessions.get(id);
            if (session == null) {
                throw new RpcException(ErrorCode.INVALID_REQUEST, "unknown session id " + id);
            }
            if (detached.remove(session) == null) {
                throw new RpcException(
                        ErrorCode.SESSION_BUSY, "session " + id + " is already attached to another connection");
            }
            return session;
        } finally {
            lock.unlock();
        }
    }

    /**
     * From now on the client of a resumed session may read what it missed; after some time its notifications go on
     * anyway (see {@link Session#startNotifying}).
     */
    public void startCatchUp(Session session) {
        lock.lock();
        try {
            if (sessions.containsKey(session.id()) && !detached.containsKey(session)) {
                catchingUp.putIfAbsent(session, nanoTime.getAsLong() + catchUpNanos);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The connection that owned a session has ended; its time begins to run (spec W54, W55). */
    public void detach(Session session) {
        lock.lock();
        try {
            if (sessions.containsKey(session.id())) {
                catchingUp.remove(session);
                detached.putIfAbsent(session, nanoTime.getAsLong() + timeToLiveNanos);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the processes of all sessions whose time is over (spec W55); blocks until they got their signals. Also lets
     * notifications go on where a client had its time to catch up.
     *
     * @return nanoseconds until there is something to do again, {@link Long#MAX_VALUE} if nothing is known of
     */
    public long endDue() {
        List<Session> due;
        long next;
        lock.lock();
        try {
            next = expire();
            due = List.copyOf(ended);
            ended.clear();
        } finally {
            lock.unlock();
        }
        due.forEach(Session::end);
        return next;
    }

    /** Calls {@link #endDue} whenever there is something to do, until {@link #close}; for a thread of its own. */
    public void runClock() {
        while (true) {
            endDue();
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                long wait = expire();
                if (ended.isEmpty()) {
                    // An early return, for whatever reason, only costs another look.
                    var _ = changed.awaitNanos(wait);
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            } finally {
                lock.unlock();
            }
        }
    }

    /** Ends every session and its processes; blocks until they got their signals. Idempotent. */
    @Override
    public void close() {
        List<Session> all;
        lock.lock();
        try {
            closed = true;
            all = new ArrayList<>(sessions.values());
            all.addAll(ended);
            sessions.clear();
            detached.clear();
            catchingUp.clear();
            ended.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        all.forEach(Session::end);
    }

    /** Makes room, so that clients that come and go don't lock out others; false if there is none. The lock is held. */
    private boolean giveUpUnused() {
        if (ended.size() >= limit) {
            return false;
        }
        for (Session session : detached.keySet()) {
            if (session.isUnused()) {
                detached.remove(session);
                sessions.remove(session.id());
                ended.add(session);
                changed.signalAll();
                return true;
            }
        }
        return false;
    }

    /** Moves what is over to {@link #ended}, lets notifications go on; returns the time until the next. The lock is held. */
    private long expire() {
        long now = nanoTime.getAsLong();
        long nextCatchUp = removeDue(catchingUp, now, Session::catchUpIsOver);
        long nextEnd = removeDue(detached, now, session -> {
            sessions.remove(session.id());
            ended.add(session);
            changed.signalAll();
        });
        return Math.min(nextCatchUp, nextEnd);
    }

    /** Removes what is due from the front; returns the time until the next, {@link Long#MAX_VALUE} if there is none. */
    private static long removeDue(Map<Session, Long> deadlines, long now, Consumer<Session> due) {
        var oldest = deadlines.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Session, Long> entry = oldest.next();
            long left = entry.getValue() - now;
            if (left > 0) {
                return left;
            }
            Session session = entry.getKey();
            oldest.remove();
            due.accept(session);
        }
        return Long.MAX_VALUE;
    }
}
