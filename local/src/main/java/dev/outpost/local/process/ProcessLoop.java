package dev.outpost.local.process;

import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.poll.Epoll;
import dev.outpost.linux.poll.EventFd;
import dev.outpost.local.output.Deadlines;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/**
 * The one {@code process-loop} thread: waits for descriptors, tasks and deadlines, and runs what belongs to them. The
 * methods that say so are for that thread; the others are for any and never block, except {@link #close}.
 *
 * <p>The queue of tasks has no bound of its own: each {@link Child} has at most one task in it, and a process at most
 * one more when it begins. Deadlines are bounded by who sets them, and leave at once when cancelled.
 */
final class ProcessLoop implements Deadlines, AutoCloseable {
    /** Bytes that are moved in one call. */
    static final int BUFFER_SIZE = 64 * 1024;

    /** What a pipe gets that much goes through, unless the system's limit is lower. */
    static final int LARGE_PIPE = 1024 * 1024;

    /**
     * So many pipes are large at the same time: together half of what Linux lets an ordinary user have before it makes
     * that user's new pipes small (pipe-user-pages-soft, see pipe(7)).
     */
    static final int MOST_LARGE_PIPES = 32;

    private static final Logger LOG = System.getLogger(ProcessLoop.class.getName());
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long WAKE_TOKEN = 0;

    private final Epoll epoll;
    private final EventFd wake;
    private final Thread thread;
    private final long origin = System.nanoTime();

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final ConcurrentSkipListMap<Timer, Runnable> timers = new ConcurrentSkipListMap<>();
    private final AtomicLong timerNumbers = new AtomicLong();
    private volatile boolean stopping;

    // Everything below belongs to the thread.
    private final Map<Long, IntConsumer> watched = new HashMap<>();
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_SIZE);
    private long lastToken = WAKE_TOKEN;
    private int largePipes;

    private ProcessLoop(Epoll epoll, EventFd wake) {
        this.epoll = epoll;
        this.wake = wake;
        this.thread = Thread.ofPlatform().daemon().name("process-loop").unstarted(this::run);
    }

    /** A running loop. */
    static ProcessLoop start() throws LinuxException {
        Epoll epoll = Epoll.create();
        EventFd wake = null;
        try {
            wake = EventFd.create();
            epoll.add(wake.descriptor(), Epoll.IN, WAKE_TOKEN);
        } catch (LinuxException failure) {
            epoll.close();
            if (wake != null) {
                wake.close();
            }
            throw failure;
        }
        ProcessLoop loop = new ProcessLoop(epoll, wake);
        loop.thread.start();
        return loop;
    }

    /** Runs a task on the thread, after those that were posted before. Dropped once the loop is closed. */
    void execute(Runnable task) {
        tasks.add(task);
        wake();
    }

    @Override
    public Deadline after(long delayMillis, Runnable action) {
        long now = now();
        long delay = delayMillis > Long.MAX_VALUE / NANOS_PER_MILLI - now
                ? Long.MAX_VALUE - now
                : delayMillis * NANOS_PER_MILLI;
        Timer timer = new Timer(now + delay, timerNumbers.incrementAndGet());
        timers.put(timer, action);
        Entry<Timer, Runnable> first = timers.firstEntry();
        if (first != null && first.getKey().equals(timer)) {
            wake();
        }
        return () -> timers.remove(timer);
    }

    /** Whether the calling thread is the loop's. */
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** For the loop's thread: native memory for one call. */
    MemorySegment buffer() {
        return buffer;
    }

    /**
     * For the loop's thread: watches a descriptor.
     *
     * @param onReady gets the events
     * @return the token to change and end it with
     */
    long watch(FileDescriptor descriptor, int events, IntConsumer onReady) throws LinuxException {
        long token = ++lastToken;
        epoll.add(descriptor, events, token);
        watched.put(token, onReady);
        return token;
    }

    /** For the loop's thread: changes what a descriptor is watched for. */
    void change(FileDescriptor descriptor, int events, long token) throws LinuxException {
        epoll.modify(descriptor, events, token);
    }

    /** For the loop's thread: ends watching, before the descriptor is closed. */
    void unwatch(FileDescriptor descriptor, long token) {
        if (watched.remove(token) != null) {
            epoll.remove(descriptor);
        }
    }

    /** For the loop's thread: counts one more pipe as large; false if there are as many as there may be. */
    boolean takeLargePipe() {
        if (largePipes == MOST_LARGE_PIPES) {
            return false;
        }
        largePipes++;
        return true;
    }

    /** For the loop's thread: a large pipe is closed. */
    void giveLargePipeBack() {
        largePipes--;
    }

    /** Ends the thread and waits for it. Descriptors that are still watched are their owners' to close. Idempotent. */
    @Override
    public void close() {
        stopping = true;
        wake.signal();
        boolean interrupted = false;
        while (thread.isAlive() && !isCurrent()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        epoll.close();
        wake.close();
    }

    private void wake() {
        if (!isCurrent() && woken.compareAndSet(false, true)) {
            wake.signal();
        }
    }

    private void run() {
        while (!stopping) {
            try {
                epoll.await(millisToNextTimer(), this::ready);
            } catch (LinuxException broken) {
                LOG.log(Level.ERROR, "the process loop can't wait for events and ends", broken);
                return;
            }
            runTasks();
            runTimers();
        }
    }

    private void ready(long token, int events) {
        if (token == WAKE_TOKEN) {
            wake.drain();
            woken.set(false);
            return;
        }
        IntConsumer onReady = watched.get(token);
        // An event may outlive its descriptor within one batch.
        if (onReady != null) {
            guarded(() -> onReady.accept(events));
        }
    }

    private void runTasks() {
        Runnable task = tasks.poll();
        while (task != null) {
            guarded(task);
            task = tasks.poll();
        }
    }

    private void runTimers() {
        long now = now();
        Entry<Timer, Runnable> first = timers.firstEntry();
        while (first != null && first.getKey().due() <= now) {
            if (timers.remove(first.getKey()) != null) {
                guarded(first.getValue());
            }
            first = timers.firstEntry();
        }
    }

    /** One process's trouble must not end the loop of all. */
    private static void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException unexpected) {
            LOG.log(Level.ERROR, "a step of the process loop failed", unexpected);
        }
    }

    private long millisToNextTimer() {
        if (!tasks.isEmpty()) {
            return 0;
        }
        Entry<Timer, Runnable> first = timers.firstEntry();
        if (first == null) {
            return -1;
        }
        long nanos = Math.max(0, first.getKey().due() - now());
        return nanos / NANOS_PER_MILLI + (nanos % NANOS_PER_MILLI == 0 ? 0 : 1);
    }

    /** Nanoseconds since the loop was made, so that sums can be compared without thinking of overflow. */
    private long now() {
        return System.nanoTime() - origin;
    }

    /** When something is due, and a number that keeps those of one moment apart and in order. */
    private record Timer(long due, long number) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(due, other.due);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
