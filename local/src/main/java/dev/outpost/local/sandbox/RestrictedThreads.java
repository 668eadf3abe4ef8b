package dev.outpost.local.sandbox;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.linux.LinuxException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Threads that the kernel holds to one set of Landlock rules, for ever. Whoever wants something done waits for it, so
 * there are never more of them at work than callers; a call starts a thread only if none is idle. A thread without work
 * ends after a time, after {@link #retire} at once. Safe from any thread.
 *
 * <p>A caller that is interrupted interrupts the work, and still waits for its end.
 */
final class RestrictedThreads {
    /** More threads than these don't stay for further work. */
    private static final int MOST_IDLE = 8;

    /** What is done on a restricted thread. */
    interface Work<T> {
        T run() throws Exception;
    }

    private final String name;
    private final LandlockRules rules;
    private final long idleNanos;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Task<?>> waiting = new ArrayDeque<>();
    private int idle;
    private int started;
    private boolean retired;

    /** No thread yet. */
    RestrictedThreads(String name, LandlockRules rules, Duration idleTime) {
        this.name = name;
        this.rules = rules;
        this.idleNanos = idleTime.toNanos();
    }

    LandlockRules rules() {
        return rules;
    }

    /** Runs work on a restricted thread and returns what it returns; throws what it throws, as it is. */
    <T> T call(Work<T> work) throws Exception {
        Task<T> task = new Task<>(work);
        lock.lock();
        try {
            waiting.add(task);
            if (waiting.size() <= idle) {
                changed.signal();
            } else {
                started++;
                Thread.ofPlatform().daemon().name(name + "-" + started).start(this::live);
            }
        } finally {
            lock.unlock();
        }
        return task.await();
    }

    /** Lets threads end as soon as they have nothing to do. Calls are still served. */
    void retire() {
        lock.lock();
        try {
            retired = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void live() {
        ExecutorException failure = null;
        try {
            rules.restrictThread();
        } catch (LinuxException e) {
            failure = new ExecutorException(
                    FailureKind.FAILED,
                    "the kernel did not restrict a thread for a sandboxed file operation, so nothing was done: "
                            + e.describe(),
                    e);
        }
        for (Task<?> task = next(); task != null; task = failure == null ? next() : null) {
            task.run(failure);
        }
    }

    private @Nullable Task<?> next() {
        lock.lock();
        try {
            long left = idleNanos;
            while (waiting.isEmpty() && left > 0 && !retired && idle < MOST_IDLE) {
                idle++;
                try {
                    left = changed.awaitNanos(left);
                } catch (InterruptedException _) {
                    // Meant for a task that has ended meanwhile.
                } finally {
                    idle--;
                }
            }
            return waiting.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Work, and who waits for it. */
    private static final class Task<T> {
        private final Work<T> work;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition done = lock.newCondition();

        /** Guarded by the lock, as all below: while the work is being done. */
        private @Nullable Thread worker;

        private boolean interrupted;
        private boolean ended;
        private @Nullable T result;
        private @Nullable Throwable failure;

        Task(Work<T> work) {
            this.work = work;
        }

        void run(@Nullable Throwable impossible) {
            T value = null;
            Throwable thrown = impossible;
            if (impossible == null) {
                lock.lock();
                try {
                    worker = Thread.currentThread();
                    if (interrupted) {
                        worker.interrupt();
                    }
                } finally {
                    lock.unlock();
                }
                try {
                    value = work.run();
                } catch (Throwable t) {
                    // Whatever it is, it is the caller's.
                    thrown = t;
                }
            }
            lock.lock();
            try {
                worker = null;
                boolean _ = Thread.interrupted();
                result = value;
                failure = thrown;
                ended = true;
                done.signal();
            } finally {
                lock.unlock();
            }
        }

        @SuppressWarnings("NullAway") // null only if the work returned it
        T await() throws Exception {
            boolean wasInterrupted = false;
            lock.lock();
            try {
                while (!ended) {
                    try {
                        done.await();
                    } catch (InterruptedException e) {
                        wasInterrupted = true;
                        interrupted = true;
                        if (worker != null) {
                            worker.interrupt();
                        }
                    }
                }
            } finally {
                lock.unlock();
                if (wasInterrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof Exception exception) {
                throw exception;
            }
            return result;
        }
    }
}
