package dev.outpost.server.dispatch;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.outpost.executor.LazyLogger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of platform threads for work that blocks or takes long. A thread is started only if all are busy, and
 * ends after 10 s without work. When all are busy and no more may be started, work waits in the order of its arrival;
 * what waits is bounded by the requests that the connections may have in flight.
 *
 * <p>The pool owns its threads. {@link java.util.concurrent.ThreadPoolExecutor} can't do this: it either starts a
 * thread though one is idle or queues though none is.
 */
public final class WorkerPool implements Executor, AutoCloseable {
    private static final long IDLE_SECONDS = 10;
    private static final System.Logger LOG = LazyLogger.of(WorkerPool.class);

    private final String name;
    private final int maxThreads;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final Set<Thread> threads = new HashSet<>();
    private int idle;
    private int started;
    private boolean closed;

    /** No thread yet; the threads will be called {@code NAME-1} and so on. */
    public WorkerPool(String name, int maxThreads) {
        this.name = name;
        this.maxThreads = maxThreads;
    }

    /** Runs a task on one of the threads; drops it after {@link #close}. */
    @Override
    public void execute(Runnable task) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            waiting.add(task);
            if (waiting.size() <= idle || threads.size() >= maxThreads) {
                changed.signal();
                return;
            }
            started++;
            Thread thread =
                    Thread.ofPlatform().daemon().name(name + "-" + started).unstarted(this::work);
            threads.add(thread);
            thread.start();
        } finally {
            lock.unlock();
        }
    }

    /** Drops what waits and interrupts what runs; doesn't wait for it, since a blocked disk can't be hurried. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            changed.signalAll();
            threads.forEach(Thread::interrupt);
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        for (Runnable task = next(); task != null; task = next()) {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "a task failed on " + Thread.currentThread().getName(),
                        e);
            }
        }
    }

    /** The next task; null if this thread is to end, and then it is forgotten already. */
    private @Nullable Runnable next() {
        lock.lock();
        try {
            long left = SECONDS.toNanos(IDLE_SECONDS);
            while (waiting.isEmpty() && !closed && left > 0) {
                idle++;
                try {
                    left = changed.awaitNanos(left);
                } catch (InterruptedException _) {
                    // Meant for a task that has ended meanwhile, or for close, which is looked at next.
                } finally {
                    idle--;
                }
            }
            Runnable task = waiting.poll();
            if (task == null) {
                threads.remove(Thread.currentThread());
            }
            return task;
        } finally {
            lock.unlock();
        }
    }
}
