package dev.outpost.local.process;

import dev.outpost.linux.LinuxException;
import dev.outpost.linux.ResourceLimits;
import dev.outpost.linux.proc.ProcessTable.Entry;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * By what the descendants of one process are known, wherever they went. Safe from any thread.
 *
 * <p><b>The mark.</b> A process is born with a soft {@code RLIMIT_RTTIME} of its own: nine digits of the server and nine of
 * the process. The limit means nothing to programs that are not scheduled in real time, passes on through fork and exec,
 * and neither a new session, nor a double fork, nor adoption by init, nor another user id sheds it. Everybody can read it
 * in {@code /proc/PID/limits}.
 *
 * <p>A child inherits its limits when it is cloned and may fork before anybody could mark it from outside. So this server
 * itself bears the mark while it spawns, one process at a time; that costs no latency but caps the rate of starts at what
 * one thread can spawn, some two thousand a second.
 *
 * <p><b>Its limits.</b> If the hard limit of the server is lower than a mark, there are no marks; a program may set the
 * limit itself. Such descendants are found by the session they are in, and by their parents while those live.
 */
final class Lineage {
    /** The kernel counts start times in hundredths of a second for user space. */
    private static final long NANOS_PER_TICK = 10_000_000;

    private final int leader;
    private final long mark;
    private final boolean marked;
    private volatile boolean reaped;
    private volatile long reapedNanos;

    private Lineage(int leader, long mark, boolean marked) {
        this.leader = leader;
        this.mark = mark;
        this.marked = marked;
    }

    /** Spawns a process. */
    @FunctionalInterface
    interface Birth {
        /** Returns its id. */
        int spawn() throws LinuxException;
    }

    /** The marks of one server. */
    static final class Marks {
        private static final int PER_SERVER = 1_000_000_000;

        /** The limit that marks are put into belongs to the whole JVM, so this does too. */
        private static final ReentrantLock BIRTHS = new ReentrantLock();

        private final int token = ThreadLocalRandom.current().nextInt(PER_SERVER / 10, PER_SERVER);
        private final AtomicInteger last = new AtomicInteger();

        /** Has a process born with a mark of its own. */
        Lineage marked(Birth birth) throws LinuxException {
            long mark = token * (long) PER_SERVER + Math.floorMod(last.incrementAndGet(), PER_SERVER);
            BIRTHS.lock();
            try {
                long own = ResourceLimits.soft(0, ResourceLimits.RLIMIT_RTTIME).orElse(ResourceLimits.UNLIMITED);
                boolean marked = ResourceLimits.setSoft(0, ResourceLimits.RLIMIT_RTTIME, mark);
                try {
                    return new Lineage(birth.spawn(), mark, marked);
                } finally {
                    ResourceLimits.setSoft(0, ResourceLimits.RLIMIT_RTTIME, own);
                }
            } finally {
                BIRTHS.unlock();
            }
        }

        /** Has a process born that does not bear a mark, and returns its id. */
        int unmarked(Birth birth) throws LinuxException {
            BIRTHS.lock();
            try {
                return birth.spawn();
            } finally {
                BIRTHS.unlock();
            }
        }

        /** Nine digits, with which each mark of this server begins; nine more follow. */
        int token() {
            return token;
        }

        /** Whether it is a mark of this server. */
        boolean contains(long mark) {
            return mark / PER_SERVER == token;
        }
    }

    /** Id of the process, of its group and of its session. */
    int leader() {
        return leader;
    }

    long mark() {
        return mark;
    }

    boolean isMarked() {
        return marked;
    }

    /** The leader's id is about to become free. */
    void leaderReaped() {
        reapedNanos = System.nanoTime();
        reaped = true;
    }

    /**
     * Whether a process of session {@link #leader} is a descendant. Once the leader is reaped, the number could be that
     * of another session, but not for a process that had started before.
     *
     * @param now see {@link dev.outpost.linux.proc.ProcessTable#now}
     */
    boolean ownsSessionOf(Entry entry, long now) {
        if (entry.session() != leader) {
            return false;
        }
        return !reaped || entry.startTime() < now - (System.nanoTime() - reapedNanos) / NANOS_PER_TICK;
    }
}
