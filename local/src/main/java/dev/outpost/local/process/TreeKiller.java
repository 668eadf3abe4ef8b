package dev.outpost.local.process;

import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.ResourceLimits;
import dev.outpost.linux.Signals;
import dev.outpost.linux.poll.PidFd;
import dev.outpost.linux.proc.ProcessTable;
import dev.outpost.linux.proc.ProcessTable.Entry;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
 */
final class TreeKiller implements AutoCloseable {
    private static final Logger LOG = System.getLogger(TreeKiller.class.getName());
    private static final int MOST_LOOKS = 200;
    private static final int CLEAN_LOOKS = 2;
    private static final long MILLIS_BETWEEN_LOOKS = 5;
    private static final int TICKS_PER_SECOND = 100;

    private final Lineage.Marks marks;
    private final ExecutorService thread;

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
        } catch (RuntimeException unexpected) {
            LOG.log(Level.ERROR, "cannot look for descendants of ended processes", unexpected);
        } finally {
            requests.forEach(request -> request.done().complete(null));
        }
    }

    private static void killAll(Targets targets) {
        int clean = 0;
        for (int look = 0; look < MOST_LOOKS; look++) {
            if (targets.killWhatIsFound() > 0) {
                clean = 0;
                if (!pause()) {
                    return;
                }
            } else if (++clean == CLEAN_LOOKS) {
                return;
            }
        }
        LOG.log(
                Level.WARNING,
                "descendants of ended processes are still there after {0} attempts to kill them; see ps for processes"
                        + " in state D or forking without end",
                MOST_LOOKS);
    }

    /** Gives the kernel time to end what was killed. */
    private static boolean pause() {
        try {
            Thread.sleep(MILLIS_BETWEEN_LOOKS);
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
        int killWhatIsFound() {
            return isAnythingThere() ? killWhatIsStillFound() : 0;
        }

        /**
         * Whether there may be a target. Most often there is none, and this costs two system calls for each process
         * where a whole look reads and parses a file. No descendant is without a session, so the kernel's threads are
         * passed over.
         */
        private boolean isAnythingThere() {
            for (int pid : ProcessTable.ids()) {
                int session = ProcessTable.session(pid);
                if (session > 0 && session != ownSession && (sessions.containsKey(session) || hasMark(pid))) {
                    return true;
                }
            }
            return false;
        }

        private int killWhatIsStillFound() {
            long uptime = uptimeTicks();
            List<Entry> all = ProcessTable.snapshot();
            Set<Integer> found = new HashSet<>();
            for (Entry entry : all) {
                // What is in the server's own session is a child of somebody else's making that was born during a
                // spawn.
                if (entry.session() != ownSession && isTarget(entry, uptime)) {
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

        private boolean isTarget(Entry entry, long uptime) {
            Lineage lineage = sessions.get(entry.session());
            return hasMark(entry.pid()) || (lineage != null && lineage.ownsSessionOf(entry, uptime));
        }

        private boolean hasMark(int pid) {
            long mark = ResourceLimits.soft(pid, ResourceLimits.RLIMIT_RTTIME).orElse(ResourceLimits.UNLIMITED);
            return wanted.contains(mark) || (everything && marks.contains(mark));
        }

        /** Kills it if it is still the process that was seen; returns whether another look is needed. */
        private boolean kill(Entry seen) {
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
            } catch (LinuxException gone) {
                if (gone.errno() != Errno.ESRCH) {
                    LOG.log(Level.WARNING, "cannot kill process " + seen.pid() + " of an ended process", gone);
                }
                return false;
            }
        }
    }

    private static long uptimeTicks() {
        try {
            String uptime = Files.readString(Path.of("/proc/uptime"), StandardCharsets.US_ASCII);
            return (long) (Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) * TICKS_PER_SECOND);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot read the uptime; is /proc mounted?", e);
            return 0;
        }
    }
}
