package dev.outpost.local.output;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/** Code of others that is due: collected under a log's lock, run without it. */
final class Wakeups {
    private static final Logger LOG = System.getLogger(Wakeups.class.getName());

    private final List<Runnable> due = new ArrayList<>(0);

    void add(Runnable wakeup) {
        due.add(wakeup);
    }

    /** Runs all of it; the failure of one is logged and keeps none from the others. */
    void run() {
        for (Runnable wakeup : due) {
            try {
                wakeup.run();
            } catch (RuntimeException broken) {
                LOG.log(Level.ERROR, "a reader of process output failed when it was woken", broken);
            }
        }
    }
}
