package dev.outpost.server.dispatch;

import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ReadRequest;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.executor.process.StartProcess;
import dev.outpost.executor.process.WriteStatus;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.message.CloseStdinParams;
import dev.outpost.protocol.message.CreditParams;
import dev.outpost.protocol.message.EmptyResult;
import dev.outpost.protocol.message.ReadParams;
import dev.outpost.protocol.message.ReadResultMessage;
import dev.outpost.protocol.message.ResizeParams;
import dev.outpost.protocol.message.SignalParams;
import dev.outpost.protocol.message.StartParams;
import dev.outpost.protocol.message.StartResult;
import dev.outpost.protocol.message.TerminateParams;
import dev.outpost.protocol.message.TerminateResult;
import dev.outpost.protocol.message.WriteParams;
import dev.outpost.protocol.message.WriteResult;
import dev.outpost.server.session.Session;
import dev.outpost.server.session.SessionProcess;
import java.util.concurrent.CompletableFuture;

/** {@code process/*} as calls of the session's backend (spec 02 §1–§6, N40, N41, N55). Nothing here blocks. */
final class ProcessMethods {
    CompletableFuture<?> start(StartParams params, Call call) {
        Session session = call.client().session();
        CompletableFuture<ExecProcess> starting;
        try {
            starting = session.backend().start(params.process());
        } catch (RuntimeException e) {
            starting = CompletableFuture.failedFuture(e);
        }
        return starting.handle((process, failure) -> {
            if (failure != null) {
                call.fail(failure);
            } else {
                started(params, process, session, call);
            }
            return null;
        });
    }

    /** The answer goes out first, so that no notification overtakes it. */
    private static void started(StartParams params, ExecProcess process, Session session, Call call) {
        StartProcess asked = params.process();
        call.answer(new StartResult(asked.id(), process.sandboxType()));
        session.started(new SessionProcess(process, params.dialect(), asked.tty(), params.outputWindow()));
    }

    void read(ReadParams params, Call call) throws RpcException {
        Session session = call.client().session();
        SessionProcess found = require(params.processId(), session);
        Long maxBytes = params.maxBytes();
        var request = new ReadRequest(params.afterSeq(), maxBytes == null ? Long.MAX_VALUE : maxBytes, params.waitMs());
        CompletableFuture<ReadResult> reading = found.process().read(request);
        call.park(reading);
        call.answer(reading, result -> {
            if (maxBytes == null || result.chunks().isEmpty()) {
                session.wasRead(found);
            }
            return new ReadResultMessage(result, maxBytes != null, found.dialect(), found.tty());
        });
    }

    void write(WriteParams params, Call call) {
        SessionProcess found = call.client().session().find(params.processId());
        if (found == null) {
            call.answer(new WriteResult("unknownProcess"));
            return;
        }
        call.answer(
                found.process().write(params.chunk(), params.writeId()), status -> new WriteResult(wireName(status)));
    }

    void terminate(TerminateParams params, Call call) {
        SessionProcess found = call.client().session().find(params.processId());
        if (found == null) {
            call.answer(new TerminateResult(false));
            return;
        }
        call.answer(found.process().terminate(), TerminateResult::new);
    }

    void signal(SignalParams params, Call call) {
        SessionProcess found = call.client().session().find(params.processId());
        if (found == null) {
            call.answer(new EmptyResult());
            return;
        }
        call.answer(found.process().signal(params.signal()), _ -> new EmptyResult());
    }

    /** Outpost's own: see {@link CreditParams}. */
    void credit(CreditParams params, Call call) {
        Session session = call.client().session();
        SessionProcess found = session.find(params.processId());
        if (found != null) {
            session.credit(found, params.bytes());
        }
        call.answer(new EmptyResult());
    }

    void resize(ResizeParams params, Call call) throws RpcException {
        call.answer(
                require(params.processId(), call.client().session()).process().resize(params.size()),
                _ -> new EmptyResult());
    }

    void closeStdin(CloseStdinParams params, Call call) throws RpcException {
        call.answer(
                require(params.processId(), call.client().session()).process().closeStdin(), _ -> new EmptyResult());
    }

    private static SessionProcess require(ProcessId id, Session session) throws RpcException {
        SessionProcess found = session.find(id);
        if (found == null) {
            throw new RpcException(ErrorCode.INVALID_REQUEST, "unknown process id " + id);
        }
        return found;
    }

    private static String wireName(WriteStatus status) {
        return switch (status) {
            case ACCEPTED -> "accepted";
            case STDIN_CLOSED -> "stdinClosed";
        };
    }
}
