package dev.outpost.local.process;

import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.executor.process.TerminalSize;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.Signals;
import dev.outpost.linux.poll.Epoll;
import dev.outpost.linux.poll.WaitStatus;
import dev.outpost.linux.proc.ProcessTable;
import dev.outpost.linux.pty.Pty;
import dev.outpost.local.output.OutputLog;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A spawned process from the loop's point of view: its descriptors, its exit, its end. Belongs to the {@code
 * process-loop} thread; {@link #interrupt}, {@link #terminate}, {@link #abandon}, {@link #resize} and the methods named
 * {@code request…} are for any thread.
 *
 * <p>Signals leave on the caller's thread, so in the order of the calls and without waiting for the loop.
 *
 * <p>The order of the end: the pidfd says that the process exited; what is readable then is read, at most as much as
 * pipes hold, so that a descendant that writes for ever can't hold the exit back, and regardless of whether readers keep
 * up; then the exit is recorded; then, when all streams have ended, the close. After a terminate, and after the exit of
 * a terminal's session leader, streams end without waiting for whoever still holds them (spec P49, P69).
 */
final class Child {
    private static final Logger LOG = System.getLogger(Child.class.getName());

    /** Reads of one stream, or writes, before other processes have their turn. */
    private static final int TURN = 4;

    /** A terminal hands out at most 4 KiB at once. */
    private static final int TERMINAL_TURN = 16;

    /** The largest pipe that an ordinary user can make: more than this can't be waiting when a process exits. */
    private static final int MOST_IN_PIPE = 1024 * 1024;

    /** How long descendants wait for the exit that a kill is about to cause, so that they don't delay its report. */
    private static final long MOST_MILLIS_TO_EXIT = 20;

    /** How long a large pipe that is full is left alone: its reader is not done with it sooner. */
    private static final long REST_MILLIS = 1;

    private static final int REQUEST_WRITE = 1;
    private static final int REQUEST_READ = 2;
    private static final int REQUEST_TERMINATE = 4;
    private static final int REQUEST_ABANDON = 8;

    private final ProcessLoop loop;
    private final Launched launched;
    private final OutputLog log;
    private final StdinQueue stdin;
    private final long terminalGraceMillis;
    private final Owner owner;

    /** What others asked for since the loop last looked. */
    private final AtomicInteger requests = new AtomicInteger();

    /** Set before the kill, so that the exit it causes finds it set. */
    private volatile boolean terminated;

    /** Held to signal the leader's ids and to reap it: afterwards they may be another's. */
    private final Object reaping = new Object();
    /** Guarded by reaping. */
    private boolean reaped;

    // Everything below belongs to the loop's thread.
    private final List<Stream> outputs = new ArrayList<>(2);
    private @Nullable Channel input;
    private @Nullable Channel exitWatch;
    private boolean paused;
    /** Whether the input is full and not to be tried. */
    private boolean resting;

    private boolean exited;
    private boolean descendantsKilled;
    private boolean closed;

    /** Who is told of turning points, on the loop's thread. */
    interface Owner {
        /** The process was terminated or abandoned and has exited, or is slow to: its descendants are to follow. */
        void killDescendants();

        /** The process is reaped; its id may be another's from now on. */
        void reaped();

        /** The exit is recorded and all streams have ended; readers don't know yet. */
        void closing();

        /** The close is recorded; nothing follows. */
        void closed();
    }

    private record Stream(ProcessStream name, Channel channel) {}

    Child(ProcessLoop loop, Launched launched, OutputLog log, StdinQueue stdin, long terminalGraceMillis, Owner owner) {
        this.loop = loop;
        this.launched = launched;
        this.log = log;
        this.stdin = stdin;
        this.terminalGraceMillis = terminalGraceMillis;
        this.owner = owner;
    }

    /** Something is queued for stdin. */
    void requestWrite() {
        request(REQUEST_WRITE);
    }

    /** The log has room again. */
    void requestRead() {
        request(REQUEST_READ);
    }

    /** SIGINT to the group. */
    void interrupt() {
        synchronized (reaping) {
            if (!reaped) {
                try {
                    Signals.killGroup(commandGroup(), Signals.SIGINT);
                } catch (LinuxException blind) {
                    LOG.log(Level.WARNING, "a process in a sandbox can't be found to be interrupted", blind);
                }
            }
        }
    }

    /** The group that the command is in; with a monitor, the session that it has started, unless it is too early for that. */
    private int commandGroup() throws LinuxException {
        int leader = launched.lineage().leader();
        if (!launched.confinement().monitored()) {
            return leader;
        }
        return ProcessTable.snapshot().stream()
                .filter(entry -> entry.parent() == leader && entry.session() == entry.pid())
                .mapToInt(ProcessTable.Entry::pid)
                .findFirst()
                .orElse(leader);
    }

    /** Another size of its terminal, which it has; nothing if that is gone. */
    void resize(TerminalSize size) {
        try {
            Pty.resize(launched.stdout(), size.rows(), size.columns());
        } catch (LinuxException gone) {
            LOG.log(Level.DEBUG, "the terminal of a process can't be resized any more", gone);
        }
    }

    /** Kills the group, and its descendants when it has exited. */
    void terminate() {
        kill();
        request(REQUEST_TERMINATE);
    }

    /** The same, and nobody wants to know any more. */
    void abandon() {
        kill();
        request(REQUEST_ABANDON);
    }

    private void kill() {
        terminated = true;
        synchronized (reaping) {
            if (!reaped) {
                Signals.killGroup(launched.lineage().leader(), Signals.SIGKILL);
                launched.process().signal(Signals.SIGKILL);
            }
        }
    }

    /** Leaves at most one task of this child in the loop's queue. */
    private void request(int what) {
        if (requests.getAndUpdate(pending -> pending | what) == 0) {
            loop.execute(this::serve);
        }
    }

    private void serve() {
        int pending = requests.getAndSet(0);
        if ((pending & REQUEST_WRITE) != 0) {
            write();
        }
        if ((pending & REQUEST_READ) != 0) {
            resume();
        }
        if ((pending & (REQUEST_TERMINATE | REQUEST_ABANDON)) != 0 && !closed) {
            if (exited) {
                // It exited after it was asked for: its descendants were promised to be killed all the same.
                killDescendants();
                endStreams();
            } else {
                loop.after(MOST_MILLIS_TO_EXIT, this::killDescendants);
            }
        }
        if ((pending & REQUEST_ABANDON) != 0) {
            endStreams();
        }
    }

    /** Begins: from here on descriptors are the loop's. */
    void begin() {
        FileDescriptor stderr = launched.stderr();
        if (stderr == null) {
            outputs.add(new Stream(ProcessStream.PTY, new Channel(loop, launched.stdout(), this::terminalReady)));
            input = outputs.getFirst().channel();
        } else {
            Stream out = new Stream(ProcessStream.STDOUT, new Channel(loop, launched.stdout(), _ -> read(0)));
            Stream err = new Stream(ProcessStream.STDERR, new Channel(loop, stderr, _ -> read(1)));
            outputs.add(out);
            outputs.add(err);
            FileDescriptor pipe = launched.stdin();
            input = pipe == null ? null : new Channel(loop, pipe, _ -> write());
        }
        exitWatch = new Channel(loop, launched.process().descriptor(), _ -> reap());
        outputs.forEach(stream -> stream.channel().want(Epoll.IN, true));
        exitWatch.want(Epoll.IN, true);
    }

    /** Gives everything up without another word, at the end of the loop: what the kernel still can't end. */
    void release() {
        outputs.forEach(stream -> stream.channel().close());
        closeInput();
        closeExitWatch();
    }

    private void killDescendants() {
        if (!descendantsKilled) {
            descendantsKilled = true;
            owner.killDescendants();
        }
    }

    private void terminalReady(int events) {
        if ((events & (Epoll.IN | Epoll.HUP | Epoll.ERR)) != 0) {
            read(0);
        }
        if ((events & (Epoll.OUT | Epoll.HUP)) != 0) {
            write();
        }
    }

    // Output.

    private void read(int index) {
        Stream stream = outputs.get(index);
        int turn = launched.hasTerminal() ? TERMINAL_TURN : TURN;
        for (int i = 0; i < turn && !paused && stream.channel().isOpen(); i++) {
            int count = readOnce(stream);
            if (count < ProcessLoop.BUFFER_SIZE && !launched.hasTerminal()) {
                // The pipe is empty, or epoll says so again.
                break;
            }
            if (!launched.hasTerminal()) {
                // It was full.
                stream.channel().enlarge();
            }
            if (count <= 0) {
                break;
            }
        }
        closeIfEnded();
    }

    /** Reads one chunk; the stream is closed at its end. */
    private int readOnce(Stream stream) {
        int count;
        MemorySegment buffer = loop.buffer();
        try {
            count = stream.channel().descriptor().read(buffer, ProcessLoop.BUFFER_SIZE);
        } catch (LinuxException broken) {
            LOG.log(Level.WARNING, "cannot read the output of a process", broken);
            count = 0;
        }
        if (count == 0 && launched.hasTerminal() && !exited) {
            // Nobody has the terminal open at present. Closing our end would kill its session leader, which may have
            // closed its end only because it is about to exit, as many programs do, and which may open it again.
            stream.channel().wantChangesOnly(true);
        } else if (count == 0) {
            stream.channel().close();
        } else if (count > 0) {
            stream.channel().wantChangesOnly(false);
            if (!log.append(stream.name(), buffer.asSlice(0, count))) {
                pause(true);
            }
        }
        return count;
    }

    private void resume() {
        if (paused && log.wantsOutput()) {
            pause(false);
        }
    }

    private void pause(boolean pause) {
        if (paused != pause) {
            paused = pause;
            outputs.forEach(stream -> stream.channel().want(Epoll.IN, !pause));
        }
    }

    // Input.

    private void write() {
        Channel to = input;
        if (to == null || !to.isOpen()) {
            stdin.drop();
            return;
        }
        if (resting) {
            return;
        }
        MemorySegment buffer = loop.buffer();
        int pending = stdin.peek(buffer);
        try {
            for (int i = 0; i < TURN && pending > 0; i++) {
                int count = Math.max(0, to.descriptor().write(buffer, 0, pending));
                if (count > 0) {
                    stdin.written(count);
                }
                if (count < pending) {
                    inputIsFull(to);
                    return;
                }
                pending = stdin.peek(buffer);
            }
            to.want(Epoll.OUT, pending > 0);
            if (stdin.isAtEnd()) {
                closeInput();
            }
        } catch (LinuxException nobodyReads) {
            stdin.drop();
            if (launched.hasTerminal()) {
                to.want(Epoll.OUT, false);
            } else {
                closeInput();
            }
        }
    }

    /** Epoll says when it isn't any more; of a large pipe too early, since room for a page isn't worth a write. */
    private void inputIsFull(Channel to) {
        if (to.isLarge()) {
            to.want(Epoll.OUT, false);
            resting = true;
            loop.after(REST_MILLIS, () -> {
                resting = false;
                write();
            });
            return;
        }
        if (!launched.hasTerminal()) {
            to.enlarge();
        }
        to.want(Epoll.OUT, true);
    }

    private void closeInput() {
        if (input != null && !launched.hasTerminal()) {
            input.close();
        }
    }

    // The end.

    private void reap() {
        WaitStatus status = takeStatus();
        if (status == null) {
            return;
        }
        launched.lineage().leaderReaped();
        closeExitWatch();
        exited = true;
        outputs.forEach(this::drain);
        stdin.drop();
        closeInput();
        if (launched.hasTerminal() && input != null) {
            input.want(Epoll.OUT, false);
        }
        owner.reaped();
        launched.confinement().onEnd().run();
        boolean wasTerminated = terminated;
        if (wasTerminated) {
            outputs.forEach(stream -> stream.channel().close());
        }
        record(
                switch (status) {
                    case WaitStatus.Exited(int code) -> new ExitStatus.Code(code);
                    case WaitStatus.Signaled(int signal) -> new ExitStatus.Signal(signal);
                });
        if (wasTerminated) {
            killDescendants();
        } else if (launched.hasTerminal() && !closed) {
            loop.after(terminalGraceMillis, this::endStreams);
        }
    }

    /** Records the exit, and the close with it if the streams have ended, so that readers are woken once for both. */
    private void record(ExitStatus status) {
        boolean denied = launched.confinement().isSandbox()
                && SandboxDenial.isLikely(status, log.newest(SandboxDenial.LOOKS_AT));
        if (haveStreamsEnded()) {
            closed = true;
            owner.closing();
            log.exitedAndClosed(status, denied);
            owner.closed();
        } else {
            log.exited(status, denied);
        }
    }

    private @Nullable WaitStatus takeStatus() {
        synchronized (reaping) {
            WaitStatus status;
            try {
                status = launched.process().reap();
            } catch (LinuxException impossible) {
                LOG.log(Level.ERROR, "the exit status of a process is lost", impossible);
                status = new WaitStatus.Signaled(Signals.SIGKILL);
            }
            reaped = status != null;
            return status;
        }
    }

    /** Reads what was readable when the process exited, and perhaps some more, paused or not. */
    private void drain(Stream stream) {
        int total = 0;
        int count = 1;
        while (count > 0 && total < MOST_IN_PIPE && stream.channel().isOpen()) {
            count = readOnce(stream);
            total += Math.max(count, 0);
        }
    }

    /** Ends the streams, whoever still holds them. */
    private void endStreams() {
        outputs.forEach(stream -> stream.channel().close());
        closeIfEnded();
    }

    private void closeIfEnded() {
        if (exited && !closed && haveStreamsEnded()) {
            closed = true;
            owner.closing();
            log.closed();
            owner.closed();
        }
    }

    private boolean haveStreamsEnded() {
        return outputs.stream().noneMatch(stream -> stream.channel().isOpen());
    }

    private void closeExitWatch() {
        if (exitWatch != null) {
            exitWatch.close();
        }
        launched.process().close();
    }
}
