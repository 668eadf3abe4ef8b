package dev.outpost.server.session;

import dev.outpost.executor.process.ExecProcess;
import dev.outpost.protocol.path.Dialect;
import java.util.concurrent.atomic.AtomicLong;

/** A process and what its session remembers of the request that started it (spec N14a). Safe from any thread. */
public final class SessionProcess {
    private final ExecProcess process;
    private final Dialect dialect;
    private final boolean tty;
    private final AtomicLong notified = new AtomicLong();

    /** A process of which no event was taken yet. */
    public SessionProcess(ExecProcess process, Dialect dialect, boolean tty) {
        this.process = process;
        this.dialect = dialect;
        this.tty = tty;
    }

    /** The process itself. */
    public ExecProcess process() {
        return process;
    }

    /** Decides its exit codes and numbers on the wire. */
    public Dialect dialect() {
        return dialect;
    }

    /** Whether it has a terminal. */
    public boolean tty() {
        return tty;
    }

    /** Number of the last event that a connection took as a notification, 0 if there was none. */
    long notified() {
        return notified.get();
    }

    void notified(long seq) {
        notified.accumulateAndGet(seq, Math::max);
    }
}
