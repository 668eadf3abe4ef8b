package dev.outpost.local.process;

import dev.outpost.executor.process.SandboxType;

/**
 * What confines a process that was started.
 *
 * @param type for the client
 * @param monitored whether the process that was spawned only watches over the command, which leads a session of its own
 * @param onEnd to be run once when the process has ended
 */
record Confinement(SandboxType type, boolean monitored, Runnable onEnd) {
    /** Nothing. */
    static final Confinement NONE = new Confinement(SandboxType.NONE, false, () -> {});

    boolean isSandbox() {
        return type != SandboxType.NONE;
    }
}
