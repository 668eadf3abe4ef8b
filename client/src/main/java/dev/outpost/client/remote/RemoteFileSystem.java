package dev.outpost.client.remote;

import dev.outpost.client.CallRequest;
import dev.outpost.client.ExecServerClient;
import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.executor.filesystem.FileMetadata;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.message.CopyParams;
import dev.outpost.protocol.message.CreateDirectoryParams;
import dev.outpost.protocol.message.EmptyResult;
import dev.outpost.protocol.message.MetadataParams;
import dev.outpost.protocol.message.MetadataResult;
import dev.outpost.protocol.message.Params;
import dev.outpost.protocol.message.ReadDirectoryParams;
import dev.outpost.protocol.message.ReadDirectoryResult;
import dev.outpost.protocol.message.ReadFileAnswer;
import dev.outpost.protocol.message.ReadFileParams;
import dev.outpost.protocol.message.RemoveParams;
import dev.outpost.protocol.path.Dialect;
import dev.outpost.protocol.path.PathForms;
import dev.outpost.protocol.path.WirePath;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The files of a client's server (spec 06 §9). Does not own the client. Methods block until the answer is there, on any
 * kind of thread; a thread that is interrupted stops waiting, and what it asked for may happen nevertheless.
 *
 * <p>A file is read and written in one message. Servers bound what they take: Codex 64 MiB, Outpost 256 MiB unless
 * configured otherwise.
 */
public final class RemoteFileSystem implements ExecutorFileSystem {
    private final ExecServerClient client;
    private final RemoteCalls calls;

    /** The files of the server that this client is connected to. */
    public RemoteFileSystem(ExecServerClient client) {
        this.client = client;
        this.calls = new RemoteCalls(client);
    }

    @Override
    public FileContent readFile(HostPath path, @Nullable SandboxContext sandbox) throws ExecutorException {
        SandboxContext limits = RemoteSandbox.toSend(sandbox);
        // Decoded here, on the caller's thread: the answer may be large.
        JsonSlice result = await(calls.inDialect(
                dialect -> raw("fs/readFile", new ReadFileParams(wire(path, dialect), limits), true)));
        JsonSlice base64 = await(CompletableFuture.completedFuture(result)
                .thenApply(r -> RemoteCalls.decode(r, ReadFileAnswer::decode)));
        try {
            return FileContent.of(ReadFileAnswer.content(base64));
        } catch (RpcException e) {
            throw new ExecutorException(
                    FailureKind.FAILED, "remote fs/readFile returned invalid base64 dataBase64: " + e.getMessage(), e);
        }
    }

    @Override
    public void writeFile(HostPath path, FileContent content, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        SandboxContext limits = RemoteSandbox.toSend(sandbox);
        WriteFileMessage.checkSize(path, content.size(), client);
        await(calls.inDialect(dialect -> {
            WirePath wire = wire(path, dialect);
            return client.call(new CallRequest(
                            "fs/writeFile", id -> new WriteFileMessage(id, wire, content, limits), false))
                    .thenApply(result -> RemoteCalls.decode(result, EmptyResult::decode));
        }));
    }

    @Override
    public void createDirectory(HostPath path, boolean recursive, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        SandboxContext limits = RemoteSandbox.toSend(sandbox);
        change("fs/createDirectory", dialect -> new CreateDirectoryParams(wire(path, dialect), recursive, limits));
    }

    @Override
    public FileMetadata getMetadata(HostPath path, @Nullable SandboxContext sandbox) throws ExecutorException {
        SandboxContext limits = RemoteSandbox.toSend(sandbox);
        return await(calls.inDialect(dialect -> calls.call(
                        "fs/getMetadata",
                        new MetadataParams(wire(path, dialect), limits),
                        true,
                        MetadataResult::decode)))
                .metadata();
    }

    @Override
    public List<DirectoryEntry> readDirectory(HostPath path, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        SandboxContext limits = RemoteSandbox.toSend(sandbox);
        JsonSlice result = await(calls.inDialect(
                dialect -> raw("fs/readDirectory", new ReadDirectoryParams(wire(path, dialect), limits), true)));
        return await(CompletableFuture.completedFuture(result)
                        .thenApply(r -> RemoteCalls.decode(r, ReadDirectoryResult::decode)))
                .entries();
    }

    @Override
    public void remove(HostPath path, boolean recursive, boolean force, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        SandboxContext limits = RemoteSandbox.toSend(sandbox);
        change("fs/remove", dialect -> new RemoveParams(wire(path, dialect), recursive, force, limits));
    }

    @Override
    public void copy(HostPath source, HostPath destination, boolean recursive, @Nullable SandboxContext sandbox)
            throws ExecutorException {
        if (client.outpost() == null
                && source.equals(destination)
                && getMetadata(source, sandbox).file()) {
            return; // Codex's servers would empty the file (spec F16).
        }
        SandboxContext limits = RemoteSandbox.toSend(sandbox);
        change(
                "fs/copy",
                dialect -> new CopyParams(wire(source, dialect), wire(destination, dialect), recursive, limits));
    }

    private void change(String method, Function<Dialect, Params> params) throws ExecutorException {
        await(calls.inDialect(dialect -> calls.call(method, params.apply(dialect), false, EmptyResult::decode)));
    }

    private CompletableFuture<JsonSlice> raw(String method, Params params, boolean repeatable) {
        return client.call(CallRequest.of(method, params, repeatable));
    }

    /** The path in this dialect; it fails where the dialect has no form for it. */
    private static WirePath wire(HostPath path, Dialect dialect) {
        if (path.hasNul()) {
            throw new CompletionException(
                    new ExecutorException(FailureKind.REJECTED, "file name contained an unexpected NUL byte"));
        }
        WirePath wire = new WirePath(path, dialect);
        if (!PathForms.isExpressible(wire)) {
            throw new CompletionException(new ExecutorException(
                    FailureKind.REJECTED,
                    "path " + path + " is not UTF-8, and this exec-server (Codex 0.131) takes no other"));
        }
        return wire;
    }

    private static <T> T await(CompletableFuture<T> call) throws ExecutorException {
        try {
            return call.get();
        } catch (ExecutionException e) {
            throw RemoteFailures.ofFile(e);
        } catch (InterruptedException e) {
            call.cancel(false);
            Thread.currentThread().interrupt();
            throw new ExecutorException(
                    FailureKind.UNAVAILABLE, "interrupted while waiting for the answer of the exec-server", e);
        }
    }
}
