package dev.outpost.local.process;

import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.ResourceLimits;
import dev.outpost.linux.Signals;
import dev.outpost.linux.poll.PidFd;
import dev.outpost.linux.proc.ProcessTable;
import dev.outpost.linux.proc.ProcessTable.Entry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Kills what a process started and its process group no longer holds (spec N14j), on a thread {@code process-tree} that
 * exists while there is something to do. What is asked for meanwhile is done together, from the same looks at the
 * process table. The line of waiting requests is as long as there are processes at most.
 *
 * <p>A look at the table and a kill are not one step, so it looks again until it has found nothing twice; it gives up
 * after a bounded number of looks, which only processes that the kernel can't end, or that fork without end, outlast.
 *
 * <p>A look needs descriptors, and a table that can't be read is not an empty one. Some are kept in reserve for when this
 * process has no more; if others take even those, it looks again a little later, as often as otherwise.
 */
final class TreeKiller implements AutoCloseable {
    private static final Logger LOG = System.getLogger(TreeKiller.class.getName());
    private static final int MOST_LOOKS = 200;
    private static final int CLEAN_LOOKS = 2;
    private static final long MILLIS_BETWEEN_LOOKS = 5;
    private static final long MILLIS_WITHOUT_DESCRIPTORS = 50;

    private final Lineage.Marks marks;
    private final ExecutorService thread;
    private final SpareDescriptors spare = new SpareDescriptors();

    private final Object lock = new Object();
    // Guarded by the lock.
    private List<Request> waiting = new ArrayList<>();

    private record Request(Collection<Lineage> lineages, boolean everything, CompletableFuture<Void> done) {}

    TreeKiller(Lineage.Marks marks) {
        this.marks = marks;
        ThreadPoolExecutor one = new ThreadPoolExecutor(
                1,
                1,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("process-tree").factory());
        one.allowCoreThreadTimeOut(true);
        thread = one;
    }

    /** Kills every descendant of these processes that can be found. Completes when none is left, or it gave up. */
    CompletableFuture<Void> kill(Collection<Lineage> lineages) {
        return add(new Request(List.copyOf(lineages), false, new CompletableFuture<>()));
    }

    /** The same for every process with a mark of this server, and for these. */
    CompletableFuture<Void> killEverything(Collection<Lineage> lineages) {
        return add(new Request(List.copyOf(lineages), true, new CompletableFuture<>()));
    }

    /** Lets what was asked for end, and waits for it. Idempotent. */
    @Override
    public void close() {
        thread.close();
        spare.close();
    }

    private CompletableFuture<Void> add(Request request) {
        boolean first;
        synchronized (lock) {
            first = waiting.isEmpty();
            waiting.add(request);
        }
        if (first) {
            thread.execute(this::work);
        }
        return request.done();
    }

    private void work() {
        List<Request> requests;
        synchronized (lock) {
            requests = waiting;
            waiting = new ArrayList<>();
        }
        Targets targets = new Targets(requests);
        try {
            killAll(targets);
        } catch (LinuxException | RuntimeException unexpected) {
            LOG.log(Level.ERROR, "cannot look for descendants of ended processes, which may live on", unexpected);
        } finally {
            spare.replenish();
            requests.forEach(request -> request.done().complete(null));
        }
    }

    private void killAll(Targets targets) throws LinuxException {
        int clean = 0;
        LinuxException blind = null;
        for (int look = 0; look < MOST_LOOKS; look++) {
            boolean goOn = true;
            try {
                if (targets.killWhatIsFound() > 0) {
                    clean = 0;
                    goOn = pause(MILLIS_BETWEEN_LOOKS);
                } else if (++clean == CLEAN_LOOKS) {
                    return;
                }
                blind = null;
            } catch (LinuxException failure) {
                if (!isShortage(failure)) {
                    throw failure;
                }
                clean = 0;
                blind = failure;
                goOn = spare.release() || pause(MILLIS_WITHOUT_DESCRIPTORS);
            }
            if (!goOn) {
                return;
            }
        }
        if (blind != null) {
            throw blind;
        }
        LOG.log(
                Level.WARNING,
                "descendants of ended processes are still there after {0} attempts to kill them; see ps for processes"
                        + " in state D or forking without end",
                MOST_LOOKS);
    }

    private static boolean isShortage(LinuxException failure) {
        return switch (failure.errno()) {
            case Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM -> true;
            default -> false;
        };
    }

    /** Gives the kernel time to end what was killed, or others time to give descriptors back. */
    private static boolean pause(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What to look for, and one look. */
    private final class Targets {
        private final Set<Long> wanted = new HashSet<>();
        private final Map<Integer, Lineage> sessions = new HashMap<>();
        private final boolean everything;
        private final int ownSession = ProcessTable.session(0);

        Targets(List<Request> requests) {
            everything = requests.stream().anyMatch(Request::everything);
            for (Request request : requests) {
                for (Lineage lineage : request.lineages()) {
                    wanted.add(lineage.mark());
                    sessions.put(lineage.leader(), lineage);
                }
            }
        }

        /** Kills what one look finds; returns how many of these were still alive. */
        int killWhatIsFound() throws LinuxException {
            return isAnythingThere() ? killWhatIsStillFound() : 0;
        }

        /**
         * Whether there may be a target. Most often there is none, and this costs two system calls for each process
         * where a whole look reads and parses a file. No descendant is without a session, so the kernel's threads are
         * passed over.
         */
        private boolean isAnythingThere() throws LinuxException {
            for (int pid : ProcessTable.ids()) {
                int session = ProcessTable.session(pid);
                if (session > 0 && session != ownSession && (sessions.containsKey(session) || hasMark(pid))) {
                    return true;
                }
            }
            return false;
        }

        private int killWhatIsStillFound() throws LinuxException {
            long now = ProcessTable.now();
            List<Entry> all = ProcessTable.snapshot();
            Set<Integer> found = new HashSet<>();
            for (Entry entry : all) {
                // What is in the server's own session is a child of somebody else's making that was born during a
                // spawn.
                if (entry.session() != ownSession && isTarget(entry, now)) {
                    found.add(entry.pid());
                }
            }
            int before;
            do {
                before = found.size();
                for (Entry entry : all) {
                    if (entry.session() != ownSession && found.contains(entry.parent())) {
                        found.add(entry.pid());
                    }
                }
            } while (found.size() > before);
            int alive = 0;
            for (Entry entry : all) {
                if (found.contains(entry.pid())) {
                    alive += kill(entry) ? 1 : 0;
                }
            }
            return alive;
        }

        private boolean isTarget(Entry entry, long now) {
            Lineage lineage = sessions.get(entry.session());
            return hasMark(entry.pid()) || (lineage != null && lineage.ownsSessionOf(entry, now));
        }

        private boolean hasMark(int pid) {
            long mark = ResourceLimits.soft(pid, ResourceLimits.RLIMIT_RTTIME).orElse(ResourceLimits.UNLIMITED);
            return wanted.contains(mark) || (everything && marks.contains(mark));
        }

        /** Kills it if it is still the process that was seen; returns whether another look is needed. */
        private boolean kill(Entry seen) throws LinuxException {
            try (PidFd process = PidFd.open(seen.pid())) {
                // From here on the id can't pass to another process unnoticed: the descriptor would be a dead one's.
                Entry now = ProcessTable.find(seen.pid());
                if (now == null) {
                    return false;
                }
                if (now.startTime() != seen.startTime()) {
                    return true;
                }
                boolean sent = process.signal(Signals.SIGKILL) == 0;
                return sent && now.state() != 'Z' && now.state() != 'X';
            } catch (LinuxException failure) {
                if (isShortage(failure)) {
                    throw failure;
                }
                if (failure.errno() != Errno.ESRCH) {
                    LOG.log(Level.WARNING, "cannot kill process " + seen.pid() + " of an ended process", failure);
                }
                return false;
            }
        }
    }
}
