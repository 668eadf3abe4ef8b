package dev.outpost.server.dispatch;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.LazyLogger;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.RpcException;
import java.util.UUID;
import java.util.concurrent.CompletionException;

/** What a client is told of a failure: the one place where failures become codes (spec W63–W67). */
final class Failures {
    private static final System.Logger LOG = LazyLogger.of(Failures.class);

    private Failures() {}

    /** The answer to a request that ended this way; writes to the log what the client isn't told. */
    static RpcException toAnswer(String method, Throwable failure) {
        return switch (failure) {
            case RpcException answer -> answer;
            case ExecutorException failed -> {
                if (failed.getCause() != null) {
                    LOG.log(System.Logger.Level.DEBUG, () -> method + " failed", failed);
                }
                yield new RpcException(code(failed.kind()), failed.getMessage());
            }
            case CompletionException wrapper when wrapper.getCause() != null -> toAnswer(method, wrapper.getCause());
            default -> {
                String reference = UUID.randomUUID().toString().substring(0, 8);
                LOG.log(System.Logger.Level.ERROR, method + " failed unexpectedly, reference " + reference, failure);
                yield new RpcException(
                        ErrorCode.INTERNAL_ERROR,
                        "internal error; the server's log has the details under reference " + reference);
            }
        };
    }

    private static ErrorCode code(FailureKind kind) {
        return switch (kind) {
            case NOT_FOUND -> ErrorCode.NOT_FOUND;
            case REJECTED -> ErrorCode.INVALID_REQUEST;
            case INVALID_ARGUMENT -> ErrorCode.INVALID_PARAMS;
            case FAILED, UNAVAILABLE -> ErrorCode.INTERNAL_ERROR;
        };
    }
}
