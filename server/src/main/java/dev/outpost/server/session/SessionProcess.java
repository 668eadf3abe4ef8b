package dev.outpost.server.session;

import dev.outpost.executor.process.ExecProcess;
import dev.outpost.protocol.path.Dialect;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A process and what its session remembers of the request that started it (spec N14a). Safe from any thread. */
public final class SessionProcess {
    private final ExecProcess process;
    private final Dialect dialect;
    private final boolean tty;
    private final long outputWindow;
    private final AtomicLong notified = new AtomicLong();

    /**
     * A process of which no event was taken yet.
     *
     * @param outputWindow see {@link dev.outpost.protocol.message.StartParams}
     */
    public SessionProcess(ExecProcess process, Dialect dialect, boolean tty, @Nullable Long outputWindow) {
        this.outputWindow = outputWindow == null ? Long.MAX_VALUE : outputWindow;
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

    /** Whether its client bounds what it is notified of, and so is one that reads what it missed however long it takes. */
    boolean hasWindow() {
        return outputWindow != Long.MAX_VALUE;
    }

    /** How many bytes of output a connection may be ahead of its client; {@link Long#MAX_VALUE} for any number. */
    long outputWindow() {
        return outputWindow;
    }

    /** Number of the last event that a connection took as a notification, 0 if there was none. */
    long notified() {
        return notified.get();
    }

    void notified(long seq) {
        notified.accumulateAndGet(seq, Math::max);
    }
}
