package dev.outpost.cli.command;

import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessSignal;
import java.util.concurrent.atomic.AtomicInteger;

/** What Ctrl-C does while a command runs elsewhere: the command gets it, and not this program. */
final class Interrupts {
    private Interrupts() {}

    /**
     * From now on the first SIGINT interrupts the process, or ends it where the server can't do that; each further one
     * ends it. On a terminal in raw mode Ctrl-C is a key and no signal.
     *
     * @param terminal whether the process has one
     */
    static void passTo(ExecProcess process, boolean terminal) {
        AtomicInteger count = new AtomicInteger();
        Signals.onInterrupt(() -> {
            if (count.getAndIncrement() > 0) {
                var _ = process.terminate();
                return;
            }
            var _ = process.signal(ProcessSignal.INTERRUPT).whenComplete((_, failure) -> {
                if (failure != null) {
                    var _ = process.terminate();
                }
            });
        });
    }
}
