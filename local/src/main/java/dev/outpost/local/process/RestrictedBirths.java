package dev.outpost.local.process;

import dev.outpost.executor.HostPath;
import dev.outpost.linux.Capabilities;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.landlock.Ruleset;
import dev.outpost.linux.seccomp.SeccompFilter;
import dev.outpost.linux.spawn.Spawner;
import java.lang.invoke.MethodHandles;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Has processes born restricted: by a thread that gives up its rights, starts one process, and ends. A child inherits
 * what its parent thread has given up, from its first moment; the other threads of this JVM keep their rights. Each thread
 * starts one process only, because all that a restricted thread starts may signal and trace each other.
 *
 * <p>To say what is given up takes several times as long as to give it up, so that is kept for the next start under the
 * same restrictions, for a few restrictions by their use. Safe from any thread; without a
 * terminal, one process is born at a time.
 */
final class RestrictedBirths implements AutoCloseable {
    private static final int MOST_KEPT = 8;

    private final ReentrantLock lock = new ReentrantLock();

    /** By use, the least recent first; guarded by the lock. */
    private final Map<Restrictions, Prepared> kept = new LinkedHashMap<>(16, 0.75f, true);

    /** Guarded by the lock. */
    private boolean closed;

    /** Restrictions as the kernel takes them. */
    private record Prepared(Ruleset ruleset, SeccompFilter filter) implements AutoCloseable {
        static Prepared of(Restrictions restrictions, byte @Nullable [] terminal) throws LinuxException {
            load();
            return new Prepared(
                    restrictions.landlock().ruleset(terminal == null ? null : HostPath.ofBytes(terminal)),
                    SeccompFilter.of(restrictions.bans()));
        }

        void restrictThread() throws LinuxException {
            ruleset.restrictThread();
            Capabilities.dropOfThread();
            filter.confineThread();
        }

        @Override
        public void close() {
            ruleset.close();
        }
    }

    /**
     * Starts a process and returns its id. Blocks, and can't be interrupted, because the child must not be lost.
     *
     * @param terminal the terminal that it opens, and may use; null for none
     */
    int spawn(Restrictions restrictions, Lineage.Birth birth, byte @Nullable [] terminal) throws LinuxException {
        lock.lock();
        try {
            if (terminal == null && !closed) {
                return onThread(kept(restrictions), birth);
            }
        } finally {
            lock.unlock();
        }
        // Every terminal has another name.
        try (Prepared once = Prepared.of(restrictions, terminal)) {
            return onThread(once, birth);
        }
    }

    /** Forgets what was kept, and keeps nothing any more. Later births are still served. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            kept.values().forEach(Prepared::close);
            kept.clear();
        } finally {
            lock.unlock();
        }
    }

    private Prepared kept(Restrictions restrictions) throws LinuxException {
        Prepared known = kept.get(restrictions);
        if (known == null) {
            known = Prepared.of(restrictions, null);
            kept.put(restrictions, known);
            if (kept.size() > MOST_KEPT) {
                Iterator<Prepared> oldest = kept.values().iterator();
                oldest.next().close();
                oldest.remove();
            }
        }
        return known;
    }

    private static int onThread(Prepared prepared, Lineage.Birth birth) throws LinuxException {
        CompletableFuture<Integer> born = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("spawn-restricted").start(() -> {
            try {
                prepared.restrictThread();
                born.complete(birth.spawn());
            } catch (Throwable failure) {
                // Whatever it is, it is the caller's.
                born.completeExceptionally(failure);
            }
        });
        try {
            return born.join();
        } catch (CompletionException failure) {
            switch (failure.getCause()) {
                case LinuxException known -> throw known;
                case RuntimeException unchecked -> throw unchecked;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(failure.getCause());
            }
        }
    }

    /** Loads what the restricted thread calls first, because it may not read this program's files any more. */
    private static void load() {
        try {
            MethodHandles.lookup().ensureInitialized(Capabilities.class);
            MethodHandles.lookup().ensureInitialized(Spawner.class);
        } catch (IllegalAccessException publicClasses) {
            throw new IllegalStateException(publicClasses);
        }
    }
}
