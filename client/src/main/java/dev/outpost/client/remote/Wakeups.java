package dev.outpost.client.remote;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is to be run when a lock was released. For one thread. */
final class Wakeups {
    private @Nullable List<Runnable> runnables;

    void add(Runnable runnable) {
        if (runnables == null) {
            runnables = new ArrayList<>(2);
        }
        runnables.add(runnable);
    }

    void run() {
        if (runnables != null) {
            runnables.forEach(Runnable::run);
        }
    }
}
