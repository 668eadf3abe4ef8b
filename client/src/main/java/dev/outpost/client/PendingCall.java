package dev.outpost.client;

import dev.outpost.protocol.json.JsonSlice;
import java.util.concurrent.CompletableFuture;

/** A call that waits for its answer, or for a connection. */
final class PendingCall {
    private final CallRequest request;
    private final CompletableFuture<JsonSlice> answer = new CompletableFuture<>();

    PendingCall(CallRequest request) {
        this.request = request;
    }

    CallRequest request() {
        return request;
    }

    /** The result, not decoded, or an {@link ExecServerException}. */
    CompletableFuture<JsonSlice> answer() {
        return answer;
    }

    void fail(ExecServerException cause) {
        answer.completeExceptionally(cause);
    }
}
