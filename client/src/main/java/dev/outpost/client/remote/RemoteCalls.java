package dev.outpost.client.remote;

import dev.outpost.client.CallRequest;
import dev.outpost.client.DialectMemory;
import dev.outpost.client.ExecServerClient;
import dev.outpost.client.ExecServerException;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.message.Params;
import dev.outpost.protocol.path.Dialect;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Calls with decoded results, and the search for the dialect of the server. Safe from any thread; nothing blocks. */
final class RemoteCalls {
    private final ExecServerClient client;

    RemoteCalls(ExecServerClient client) {
        this.client = client;
    }

    /** Turns a result into a value. */
    @FunctionalInterface
    interface Decoder<T> {
        T decode(JsonSlice result) throws RpcException;
    }

    /** A call whose failure is an {@link ExecServerException}, perhaps wrapped. */
    <T> CompletableFuture<T> call(String method, Params params, boolean repeatable, Decoder<T> decoder) {
        return client.call(CallRequest.of(method, params, repeatable)).thenApply(result -> decode(result, decoder));
    }

    static <T> T decode(JsonSlice result, Decoder<T> decoder) {
        try {
            return decoder.decode(result);
        } catch (RpcException e) {
            throw new CompletionException(ExecServerException.json(e.getMessage()));
        }
    }

    /**
     * Makes a call that has paths in it in the dialect of the server. Where the server refuses it for its dialect, which
     * it does before anything else, the call is made again in the other one.
     */
    <T> CompletableFuture<T> inDialect(Function<Dialect, CompletableFuture<T>> call) {
        DialectMemory dialects = client.dialects();
        Dialect first = dialects.current();
        CompletableFuture<T> firstCall;
        try {
            firstCall = call.apply(first);
        } catch (CompletionException e) {
            return CompletableFuture.failedFuture(e); // Nothing was sent.
        }
        return firstCall
                .handle((value, failure) -> {
                    Dialect other = failure == null ? null : refused(first, RemoteFailures.cause(failure));
                    if (other != null) {
                        dialects.learn(other);
                        return call.apply(other);
                    }
                    if (failure == null) {
                        dialects.learn(first);
                        return CompletableFuture.completedFuture(value);
                    }
                    return CompletableFuture.<T>failedFuture(failure);
                })
                .thenCompose(Function.identity());
    }

    /** The other dialect, if that is what the failure asks for; null if it is about something else. */
    private static @Nullable Dialect refused(Dialect tried, Throwable failure) {
        if (!(failure instanceof ExecServerException e) || e.code() != ErrorCode.INVALID_PARAMS.code()) {
            return null;
        }
        return switch (tried) {
            case PATHS -> e.serverMessage().contains("invalid URI: relative URL without a base") ? Dialect.URIS : null;
            case URIS ->
                e.serverMessage().contains("AbsolutePathBuf deserialized without a base path") ? Dialect.PATHS : null;
        };
    }
}
