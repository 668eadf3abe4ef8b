package dev.outpost.client.connect;

import dev.outpost.linux.LinuxException;
import dev.outpost.linux.Signals;
import dev.outpost.linux.poll.Epoll;
import dev.outpost.linux.poll.EventFd;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.process.PipedChild;
import dev.outpost.transport.ConnectionHandler;
import dev.outpost.transport.stdio.StdioConnection;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A server's process and everything that belongs to it. The thread {@code exec-server-child} owns it from {@link #connect}
 * on: it waits for the end of the process or of the connection, ends the one with the other, and closes all descriptors
 * when the threads that use them have ended. It needs nobody's help for that (spec C18).
 */
final class ServerChild {
    private static final Logger LOG = System.getLogger(ServerChild.class.getName());
    private static final long GRACE_MILLIS = Duration.ofSeconds(2).toMillis();
    private static final long PROCESS = 1;
    private static final long REQUEST = 2;

    private final PipedChild child;
    /** Signalled when the process is to end. */
    private final EventFd request;
    /** Signalled when there is nothing to wait for on the pipes any more. */
    private final EventFd over;

    private final Epoll events;
    private final ChildPipe stdin;
    private final ChildPipe stdout;
    private final ChildPipe stderr;

    // Only seen by the supervising thread.
    private boolean exited;
    private boolean requested;

    private ServerChild(PipedChild child, EventFd request, EventFd over, Epoll events, List<Epoll> waits)
            throws LinuxException {
        this.child = child;
        this.request = request;
        this.over = over;
        this.events = events;
        events.add(child.process().descriptor(), Epoll.IN, PROCESS);
        events.add(request.descriptor(), Epoll.IN, REQUEST);
        stdin = new ChildPipe(child.stdin(), Epoll.OUT, over, waits.get(0));
        stdout = new ChildPipe(child.stdout(), Epoll.IN, over, waits.get(1));
        stderr = new ChildPipe(child.stderr(), Epoll.IN, over, waits.get(2));
    }

    /**
     * Starts the process.
     *
     * @throws IOException if that is impossible, with the system's text
     */
    static ServerChild start(ServerCommand command, ExecutorEnvironment inherited) throws IOException {
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            // All that can run out is opened first, so that a process that was started can be looked after.
            EventFd request = keep(opened, EventFd.create());
            EventFd over = keep(opened, EventFd.create());
            Epoll events = keep(opened, Epoll.create());
            List<Epoll> waits = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                waits.add(keep(opened, Epoll.create()));
            }
            List<String> argv = new ArrayList<>(List.of(command.program()));
            argv.addAll(command.arguments());
            PipedChild child = PipedChild.spawn(argv, inherited, command.variables(), command.cwd());
            opened.add(() -> {
                // Nobody could look after it.
                Signals.killGroup(child.pid(), Signals.SIGKILL);
                child.close();
            });
            return new ServerChild(child, request, over, events, waits);
        } catch (LinuxException failure) {
            opened.reversed().forEach(ServerChild::closeQuietly);
            throw new IOException(failure.describe(), failure);
        } catch (IOException | RuntimeException failure) {
            opened.reversed().forEach(ServerChild::closeQuietly);
            throw failure;
        }
    }

    private static <T extends AutoCloseable> T keep(List<AutoCloseable> opened, T resource) {
        opened.add(resource);
        return resource;
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            LOG.log(Level.WARNING, "cannot close " + resource, e);
        }
    }

    /** Connects to it and begins to look after it. To be called once. */
    StdioConnection connect(String label, int maxMessageBytes, ConnectionHandler handler) {
        Thread errors = daemon("exec-server-stderr", new StderrLog(stderr.input())::run);
        StdioConnection connection = StdioConnection.startClient(
                label, stdout.input(), stdin.output(), maxMessageBytes, handler, request::signal);
        errors.start();
        daemon("exec-server-child", () -> supervise(connection, errors)).start();
        return connection;
    }

    private static Thread daemon(String name, Runnable role) {
        return Thread.ofPlatform().daemon().name(name).unstarted(role);
    }

    private void supervise(StdioConnection connection, Thread errors) {
        try {
            while (!exited && !requested) {
                events.await(-1, this::happened);
            }
            end();
        } catch (LinuxException e) {
            LOG.log(Level.ERROR, "cannot watch the exec-server's process " + child.pid() + "; killing it", e);
            signal(Signals.SIGKILL);
        }
        over.signal();
        join(connection, errors);
        close();
    }

    private void happened(long token, int ready) {
        exited |= token == PROCESS;
        requested |= token == REQUEST;
    }

    /** Ends the group gracefully, then firmly (spec C16, C17). Its number stays ours until the leader is reaped. */
    private void end() throws LinuxException {
        if (!exited) {
            events.remove(request.descriptor());
            signal(Signals.SIGTERM);
            long deadline = System.nanoTime() + Duration.ofMillis(GRACE_MILLIS).toNanos();
            long left = GRACE_MILLIS;
            while (!exited && left > 0) {
                events.await(left, this::happened);
                left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            }
        }
        signal(Signals.SIGKILL);
        while (!exited) {
            events.await(-1, this::happened);
        }
        LOG.log(
                Level.DEBUG,
                "exec-server stdio command: process {0} has ended: {1}",
                child.pid(),
                child.process().reap());
    }

    private void signal(int signal) {
        if (Signals.killGroup(child.pid(), signal) != 0) {
            child.process().signal(signal);
        }
    }

    private static void join(StdioConnection connection, Thread errors) {
        boolean interrupted = false;
        while (true) {
            try {
                connection.awaitEnd();
                errors.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void close() {
        stdin.close();
        stdout.close();
        stderr.close();
        events.remove(child.process().descriptor());
        events.close();
        request.close();
        over.close();
        child.close();
    }
}
