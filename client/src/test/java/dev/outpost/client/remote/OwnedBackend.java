package dev.outpost.client.remote;

import dev.outpost.client.ExecServerClient;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.StartProcess;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A remote backend that closes its client with itself. */
public final class OwnedBackend implements ExecBackend {
    private final ExecServerClient client;
    private final RemoteExecBackend backend;

    /** The processes of this client, which is owned from now on. */
    public OwnedBackend(ExecServerClient client) {
        this.client = client;
        this.backend = new RemoteExecBackend(client);
    }

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
        client.close();
    }
}
