package dev.outpost.environment;

import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.process.ExecBackend;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * One connection's worth of services.
 *
 * @param usable whether it can still be used; once false it stays so
 * @param description what is known of the server now; doesn't block
 * @param close ends the connection; idempotent, doesn't block
 */
record RemoteServices(
        ExecBackend processes,
        ExecutorFileSystem files,
        BooleanSupplier usable,
        Supplier<ServerDescription> description,
        Runnable close) {}
