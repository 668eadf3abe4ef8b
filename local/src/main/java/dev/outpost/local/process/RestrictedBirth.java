package dev.outpost.local.process;

import dev.outpost.executor.HostPath;
import dev.outpost.linux.Capabilities;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.seccomp.SeccompFilter;
import dev.outpost.linux.spawn.Spawner;
import dev.outpost.local.sandbox.ProcessLandlock;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Has a process born restricted: by a thread that gives up its rights, starts it, and ends. A child inherits what its parent
 * thread has given up, from its first moment; the other threads of this JVM keep their rights.
 *
 * @param landlock what it may do with files
 * @param filter which system calls it must not make
 */
record RestrictedBirth(ProcessLandlock landlock, SeccompFilter filter) {
    /**
     * Starts a process and returns its id. Blocks.
     *
     * @param terminal the terminal that it opens; null for none
     */
    int spawn(Lineage.Birth birth, byte @Nullable [] terminal) throws LinuxException {
        load();
        FutureTask<Integer> task = new FutureTask<>(() -> {
            landlock.restrictThread(terminal == null ? null : HostPath.ofBytes(terminal));
            Capabilities.dropOfThread();
            filter.confineThread();
            return birth.spawn();
        });
        Thread.ofPlatform().daemon().name("spawn-restricted").start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException later) {
                    // It can't be called off, and its child must not be lost.
                    interrupted = true;
                }
            }
        } catch (ExecutionException failure) {
            switch (failure.getCause()) {
                case LinuxException known -> throw known;
                case RuntimeException unchecked -> throw unchecked;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(failure.getCause());
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
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
