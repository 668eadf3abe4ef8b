package dev.outpost.server;

import dev.outpost.executor.EnvironmentInfo;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.process.ExecBackend;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * What a server offers on the wire.
 *
 * @param processes makes the processes of one session, which owns and closes them; must not block
 * @param files the files, shared by all connections; the server doesn't own them
 * @param info what the environment says of itself
 */
public record ExecutorServices(Supplier<ExecBackend> processes, ExecutorFileSystem files, EnvironmentInfo info) {
    /** Refuses null. */
    public ExecutorServices {
        Objects.requireNonNull(processes, "processes is null");
        Objects.requireNonNull(files, "files is null");
        Objects.requireNonNull(info, "info is null");
    }
}
