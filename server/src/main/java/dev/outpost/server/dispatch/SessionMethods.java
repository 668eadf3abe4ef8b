package dev.outpost.server.dispatch;

import dev.outpost.executor.EnvironmentInfo;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.message.EnvironmentInfoResult;
import dev.outpost.protocol.message.InitializeParams;
import dev.outpost.protocol.message.InitializeResult;
import dev.outpost.server.session.Session;
import dev.outpost.server.session.Sessions;

/** {@code initialize} (spec W38–W40, W56–W61, N38). */
final class SessionMethods {
    private final Sessions sessions;
    private final EnvironmentInfo info;

    SessionMethods(Sessions sessions, EnvironmentInfo info) {
        this.sessions = sessions;
        this.info = info;
    }

    void initialize(InitializeParams params, Call call) throws RpcException {
        String resume = params.resumeSessionId();
        Session session = resume == null ? sessions.create() : sessions.resume(resume);
        if (!call.client().attach(session)) {
            sessions.detach(session);
            return;
        }
        call.answer(new InitializeResult(session.id(), new EnvironmentInfoResult(info)));
        session.startNotifying(call.client().routes());
        if (resume != null) {
            sessions.startCatchUp(session);
        }
    }
}
