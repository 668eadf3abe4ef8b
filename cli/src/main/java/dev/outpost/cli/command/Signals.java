package dev.outpost.cli.command;

/**
 * The signals that a command is told of. Java has no other interface for them than {@code sun.misc.Signal}, which the
 * module {@code jdk.unsupported} keeps for that. This is the only class that uses it: javac warns of each use, which can't
 * be suppressed since JDK 25, and of an import as well.
 */
final class Signals {
    private Signals() {}

    /** Ctrl-C outside of raw mode, and {@code kill -INT}. */
    static void onInterrupt(Runnable action) {
        on("INT", action);
    }

    /** The terminal has another size. */
    static void onResize(Runnable action) {
        on("WINCH", action);
    }

    /** From now on, and instead of what was done before; each time on a thread of the JVM's. */
    private static void on(String name, Runnable action) {
        sun.misc.Signal.handle(new sun.misc.Signal(name), _ -> action.run());
    }
}
