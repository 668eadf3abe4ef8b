package dev.outpost.local.process;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.StartProcess;
import dev.outpost.linux.FileAccess;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.Platform;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.env.UserAccount;
import dev.outpost.local.output.OutputBudget;
import dev.outpost.local.sandbox.SandboxMode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All processes of this server: owns the loop thread, the spawn threads, the guard process and the bound on output. One
 * in a server is right; its backends, one for each session, share all of it. Safe from any thread.
 *
 * <p>Making the first one loads and links native functions, which takes about a tenth of a second.
 */
public final class ProcessSupervisor implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ProcessSupervisor.class.getName());

    /** How long {@link #close} and {@link ExecBackend#close} wait for what they killed. */
    private static final long PATIENCE_SECONDS = 5;

    private final ProcessLimits limits;
    private final Lineage.Marks marks = new Lineage.Marks();
    private final OutputBudget budget;
    private final FileDescriptor devNull;
    private final ProcessLoop loop;
    private final Guard guard;
    private final TreeKiller treeKiller;
    private final RestrictedBirths births = new RestrictedBirths();
    private final Launcher launcher;
    private final ThreadPoolExecutor spawnThreads;

    private final Set<SessionProcesses> backends = ConcurrentHashMap.newKeySet();
    /** Children that are not closed, and what completes when they are. */
    private final Map<Child, CompletableFuture<Void>> children = new ConcurrentHashMap<>();

    private final AtomicInteger live = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** With sandboxes, as far as this machine allows. */
    public ProcessSupervisor(ProcessLimits limits, ExecutorEnvironment environment) throws LinuxException {
        this(limits, environment, SandboxMode.ENFORCE);
    }

    /**
     * Starts the loop; other threads and the guard begin with the first process.
     *
     * @param environment what policies inherit from (spec P72)
     * @param sandbox who holds processes to profiles that restrict them
     * @throws LinuxException if too many files are open
     * @throws UnsupportedOperationException with one clear sentence if the system lacks something essential
     */
    public ProcessSupervisor(ProcessLimits limits, ExecutorEnvironment environment, SandboxMode sandbox)
            throws LinuxException {
        Platform.requireSupported();
        this.limits = limits;
        this.budget = new OutputBudget(limits.outputBytesTotal());
        this.devNull = FileAccess.openDevNull();
        try {
            this.loop = ProcessLoop.start();
        } catch (LinuxException failure) {
            devNull.close();
            throw failure;
        }
        this.treeKiller = new TreeKiller(marks);
        this.guard = new Guard(marks, loop, devNull);
        this.launcher = new Launcher(
                environment,
                UserAccount.current(),
                devNull,
                marks,
                new ProcessSandbox(sandbox, environment, guard),
                births);
        this.spawnThreads = new ThreadPoolExecutor(
                limits.spawnThreads(),
                limits.spawnThreads(),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(limits.waitingStarts()),
                Thread.ofPlatform().daemon().name("spawn-", 1).factory());
    }

    /** A new session's processes: none. To be closed by the caller, before this. */
    public ExecBackend openBackend() {
        SessionProcesses backend = new SessionProcesses(this);
        backends.add(backend);
        if (closed.get()) {
            backend.close();
        }
        return backend;
    }

    /** Bytes of output that all processes together keep in memory. */
    public long retainedBytes() {
        return budget.retained();
    }

    /**
     * Kills every process of every backend and what it started, forgets them, ends all threads and the guard. Returns
     * when that is done, or a few seconds later if the kernel can't end a process. Idempotent.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        spawnThreads.shutdown();
        List<Lineage> lineages = new ArrayList<>();
        backends.forEach(backend -> lineages.addAll(backend.abandonAll()));
        await("the starts under way", spawnThreadsEnded());
        births.close();
        await("the descendants of ended processes", treeKiller.killEverything(lineages));
        await("the exit of killed processes", allClosed());
        await("the exit of the guard process", guard.dismiss());
        loop.close();
        children.keySet().forEach(Child::release);
        treeKiller.close();
        devNull.close();
    }

    ProcessLimits limits() {
        return limits;
    }

    OutputBudget budget() {
        return budget;
    }

    ProcessLoop loop() {
        return loop;
    }

    /** Counts a process that is to start, unless there are too many. */
    boolean admit() {
        return live.getAndUpdate(count -> count < limits.processesTotal() ? count + 1 : count)
                < limits.processesTotal();
    }

    /** Uncounts a process that closed or did not start. */
    void released() {
        live.decrementAndGet();
    }

    /** @throws java.util.concurrent.RejectedExecutionException if too many wait, or this is closed */
    void onSpawnThread(Runnable start) {
        spawnThreads.execute(start);
    }

    /** Spawns a process and hands it to the loop. Blocks; for spawn threads. */
    LocalProcess launch(StartProcess start, SessionProcesses.Entry entry) throws ExecutorException {
        guard.ensureRunning();
        Launched launched = launcher.launch(start);
        if (!launched.lineage().isMarked()) {
            guard.watchGroup(launched.lineage().leader());
        }
        LocalProcess process = new LocalProcess(start.id(), launched, this, entry);
        // Nothing closes it before it begins.
        Child child = Objects.requireNonNull(process.child());
        children.put(child, new CompletableFuture<>());
        loop.execute(child::begin);
        return process;
    }

    /** Has the descendants of a process killed; at once, on a thread of their own. */
    void killDescendants(Lineage lineage) {
        var _ = treeKiller.kill(List.of(lineage));
    }

    /** A process's id may be another's from now on. On the loop's thread. */
    void reaped(Lineage lineage) {
        if (!lineage.isMarked()) {
            guard.forgetGroup(lineage.leader());
        }
    }

    /** A child needs the loop no more. On the loop's thread. */
    void closed(Child child) {
        CompletableFuture<Void> ended = children.remove(child);
        if (ended != null) {
            ended.complete(null);
        }
    }

    /** A backend has nothing left to be closed for. */
    void closed(SessionProcesses backend) {
        backends.remove(backend);
    }

    /** Waits until the groups were signalled and descendants are gone. */
    void awaitKilled(List<Lineage> lineages) {
        CompletableFuture<Void> killed = treeKiller.kill(lineages);
        if (!loop.isCurrent()) {
            CompletableFuture<Void> signalled = new CompletableFuture<>();
            loop.execute(() -> signalled.complete(null));
            await("the process loop", signalled);
            await("the descendants of ended processes", killed);
        }
    }

    private CompletableFuture<Void> allClosed() {
        return CompletableFuture.allOf(children.values().toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> spawnThreadsEnded() {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        try {
            if (spawnThreads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                ended.complete(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ended;
    }

    private static void await(String what, CompletableFuture<Void> future) {
        try {
            future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException late) {
            LOG.log(Level.WARNING, "gave up waiting for {0} after {1} s", what, PATIENCE_SECONDS);
        }
    }
}
