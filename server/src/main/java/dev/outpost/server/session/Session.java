package dev.outpost.server.session;

import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ProcessId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client's processes, which outlive its connection (spec W53, W54). Safe from any thread; nothing blocks but {@link
 * #end}. Whether a connection owns it is known to {@link Sessions}.
 */
public final class Session {
    private final String id;
    private final ExecBackend backend;
    private final ProcessOrder order = new ProcessOrder();

    /** Whether there can be something to come back for. */
    private volatile boolean used;

    /** Started and not yet evicted. Guarded by this. */
    private final Map<ProcessId, SessionProcess> processes = new HashMap<>();
    /** Where notifications go; null while detached. Guarded by this. */
    private @Nullable ProcessRoutes routes;

    Session(String id, ExecBackend backend) {
        this.id = id;
        this.backend = backend;
    }

    /** Its name: an unpredictable UUID in lower case (spec W52). */
    public String id() {
        return id;
    }

    /** Where its processes are started. */
    public ExecBackend backend() {
        used = true;
        return backend;
    }

    /** The order of requests for one process. */
    public ProcessOrder order() {
        return order;
    }

    /** The process with this id, null if there is none (any more). */
    public synchronized @Nullable SessionProcess find(ProcessId id) {
        return processes.get(id);
    }

    /**
     * Remembers a process until its id is free again and notifies the client of everything that happens to it. To be
     * called after the answer to its start was sent, so that no notification overtakes that.
     */
    public void started(SessionProcess process) {
        synchronized (this) {
            processes.put(process.process().id(), process);
            if (routes != null) {
                routes.open(process);
            }
        }
        var _ = process.process().evicted().whenComplete((_, _) -> evicted(process));
    }

    /**
     * Sends notifications this way from now on: of every process only what happens after this moment, since what
     * happened while detached is never replayed (spec W54, W56). Where something did happen, notifications wait until
     * the client has read it ({@link #wasRead}) or has had time enough for it ({@link Sessions#startCatchUp}): otherwise
     * new output could push out what the client is about to read. Of a process with an {@code outputWindow} they always
     * wait until it was read. No effect on routes that are closed already.
     */
    public synchronized void startNotifying(ProcessRoutes target) {
        if (target.isClosed()) {
            return;
        }
        routes = target;
        processes.values().forEach(target::reopen);
    }

    /** The client has read everything of a process that it can have missed. */
    public synchronized void wasRead(SessionProcess process) {
        if (routes != null) {
            routes.release(process);
        }
    }

    /** The client can take so many more bytes of a process's output; no effect while detached. */
    public synchronized void credit(SessionProcess process, long bytes) {
        if (routes != null) {
            routes.credit(process, bytes);
        }
    }

    /** The client had time enough to read what it missed while detached. */
    synchronized void catchUpIsOver() {
        if (routes != null) {
            routes.releaseAll();
        }
    }

    /** Ends notifications this way, for good. */
    public synchronized void stopNotifying(ProcessRoutes target) {
        target.close();
        if (routes == target) {
            routes = null;
        }
    }

    /** Whether it has never had a process. */
    boolean isUnused() {
        return !used;
    }

    /** Ends its processes; blocks until they got their signals. */
    void end() {
        backend.close();
    }

    private synchronized void evicted(SessionProcess process) {
        processes.remove(process.process().id(), process);
        if (routes != null) {
            routes.close(process);
        }
    }
}
