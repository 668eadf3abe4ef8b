package dev.outpost.local.process;

import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.poll.PidFd;
import org.jspecify.annotations.Nullable;

/**
 * A process that was just spawned, and the descriptors that belong to it; all are non-blocking.
 *
 * @param lineage by what it and its descendants are known
 * @param process the process itself, not reaped
 * @param stdin what is written to reaches it; null if it has no stdin to write to
 * @param stdout where its output, or that of its terminal, comes out
 * @param stderr where its errors come out; null if it has a terminal
 * @param confinement what confines it
 */
record Launched(
        Lineage lineage,
        PidFd process,
        @Nullable FileDescriptor stdin,
        FileDescriptor stdout,
        @Nullable FileDescriptor stderr,
        Confinement confinement) {
    /** Whether it has a terminal: then {@code stdin} and {@code stdout} are the same descriptor. */
    boolean hasTerminal() {
        return stderr == null;
    }
}
