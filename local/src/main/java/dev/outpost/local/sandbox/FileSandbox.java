package dev.outpost.local.sandbox;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.file.Directory;
import dev.outpost.linux.landlock.Ruleset;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs file operations under their profiles (spec F40–F69a). Three walls, of which the first two are exact:
 *
 * <ol>
 *   <li>{@link GuardedDirectory} finds out where names lead, without the kernel following a link anywhere;
 *   <li>{@link SandboxPolicy} decides on that location, for every file of an operation;
 *   <li>the operation runs on a thread that Landlock has restricted to the smallest superset of the policy that it can
 *       express, so that what the others miss stays within what the policy's roots allow.
 * </ol>
 *
 * <p>Compiled policies and their threads are kept by the context's value, so a client that says the same with each request
 * pays once. What a policy knows of the disk is found out again when it is older than {@link SandboxLimits#trust}. Safe
 * from any thread; a call blocks until its operation has ended.
 */
public final class FileSandbox implements AutoCloseable {
    /** An operation on files. */
    public interface Operation<T> {
        /** Does it. */
        T run(Directory root) throws LinuxException, ExecutorException;
    }

    /** So many times as long as compiling a policy took it is relied on, at least. */
    private static final int REST = 10;

    private final SandboxMode mode;
    private final SandboxHost host;
    private final SandboxLimits limits;
    private final AtomicLong names = new AtomicLong();

    private final ReentrantLock lock = new ReentrantLock();

    /** By use, the least recent first; guarded by the lock. */
    private final Map<SandboxContext, Enforced> policies = new LinkedHashMap<>(16, 0.75f, true);

    /** Finds out what is needed when it is needed: making one costs nothing. */
    public FileSandbox(SandboxMode mode, SandboxHost host, SandboxLimits limits) {
        this.mode = mode;
        this.host = host;
        this.limits = limits;
    }

    /** What depends on the kernel, found out once. */
    private static final class Kernel {
        static final boolean HAS_LANDLOCK = Ruleset.version() > 0;
        static final List<HostPath> CLASSES = LandlockRules.classes();
    }

    /** Whether operations with this context have to go through {@link #run}. */
    public boolean restricts(@Nullable SandboxContext context) {
        return context != null
                && mode != SandboxMode.EXTERNAL
                && context.permissions().restrictsFiles();
    }

    /**
     * Runs an operation on a restricted thread; it gets a directory in which the policy decides of every name.
     *
     * @throws ExecutorException also if the policy can't be enforced; then nothing was done
     */
    public <T> T run(SandboxContext context, Operation<T> operation) throws LinuxException, ExecutorException {
        if (mode == SandboxMode.NONE) {
            throw new ExecutorException(
                    FailureKind.REJECTED, "sandboxed filesystem operations require configured runtime paths");
        }
        Current current = enforced(context).current();
        try {
            return current.threads().call(() -> operation.run(GuardedDirectory.root(current.policy())));
        } catch (LinuxException | ExecutorException | RuntimeException e) {
            throw e;
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Enforced enforced(SandboxContext context) {
        lock.lock();
        try {
            Enforced known = policies.get(context);
            if (known == null) {
                known = new Enforced(context);
                policies.put(context, known);
                if (policies.size() > limits.policies()) {
                    Iterator<Enforced> oldest = policies.values().iterator();
                    oldest.next().retire();
                    oldest.remove();
                }
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** Lets all threads end when they have nothing to do, and forgets all policies. Later calls begin anew. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            policies.values().forEach(Enforced::retire);
            policies.clear();
        } finally {
            lock.unlock();
        }
    }

    private record Current(SandboxPolicy policy, RestrictedThreads threads) {}

    /** One policy with its threads. */
    private final class Enforced {
        private final SandboxContext context;
        private final ReentrantLock compiling = new ReentrantLock();
        private volatile @Nullable Current current;

        /** Until when what was found out is relied on, as of {@link System#nanoTime}. */
        private volatile long trustedUntil;

        private volatile boolean retired;

        Enforced(SandboxContext context) {
            this.context = context;
        }

        /** The policy as the disk is now, or was a moment ago. */
        Current current() throws ExecutorException {
            Current known = current;
            if (known != null && System.nanoTime() - trustedUntil < 0) {
                return known;
            }
            compiling.lock();
            try {
                known = current;
                if (known == null || System.nanoTime() - trustedUntil >= 0) {
                    long start = System.nanoTime();
                    known = compiled(known);
                    current = known;
                    long end = System.nanoTime();
                    // What takes long, such as looking through a large tree, must not take most of the time.
                    trustedUntil = end + Math.max(limits.trust().toNanos(), REST * (end - start));
                }
                return known;
            } finally {
                compiling.unlock();
            }
        }

        private Current compiled(@Nullable Current before) throws ExecutorException {
            if (!Kernel.HAS_LANDLOCK) {
                throw new ExecutorException(
                        FailureKind.REJECTED,
                        "this kernel has no Landlock, so sandboxed file operations are refused; use Linux 5.13 or newer"
                                + " with landlock among its security modules, or start the server with --sandbox external"
                                + " if the machine itself is the sandbox");
            }
            SandboxPolicy policy = SandboxPolicy.compileForFiles(context, host);
            LandlockRules rules = LandlockRules.of(policy, Kernel.CLASSES);
            if (before != null
                    && before.policy().equals(policy)
                    && before.threads().rules().equals(rules)) {
                return before;
            }
            RestrictedThreads threads =
                    new RestrictedThreads("sandbox-" + names.incrementAndGet(), rules, limits.idleThreads());
            if (before != null) {
                before.threads().retire();
            }
            if (retired) {
                threads.retire();
            }
            return new Current(policy, threads);
        }

        /** Lets its threads end. Calls under way, and those that have it already, go on. */
        void retire() {
            retired = true;
            Current known = current;
            if (known != null) {
                known.threads().retire();
            }
        }
    }
}
