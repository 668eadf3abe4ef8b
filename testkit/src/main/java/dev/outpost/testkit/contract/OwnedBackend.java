package dev.outpost.testkit.contract;

import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A backend that closes with itself what it runs on.
 *
 * @param owned closed after the backend; idempotent
 */
public record OwnedBackend(ExecBackend backend, Runnable owned) implements ExecBackend {
    @Override
    public CompletableFuture<ExecProcess> start(StartProcess process) {
        return backend.start(process);
    }

    @Override
    public @Nullable CompletableFuture<ExecProcess> find(ProcessId id) {
        return backend.find(id);
    }

    @Override
    public void close() {
        backend.close();
        owned.run();
    }
}
