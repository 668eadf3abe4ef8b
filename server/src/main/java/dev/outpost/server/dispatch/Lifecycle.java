package dev.outpost.server.dispatch;

import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.RpcException;

/**
 * How far a connection has come and what it may do there (spec W37–W44). Messages of one connection are handled one
 * after another, so it needs no lock; their thread may change between two of them.
 */
final class Lifecycle {
    private enum State {
        NEW,
        ATTACHED,
        READY,
    }

    private State state = State.NEW;

    /** Refuses a request that comes too early or, for {@code initialize}, too late. */
    void require(MethodFamily family) throws RpcException {
        if (family == MethodFamily.SESSION) {
            if (state != State.NEW) {
                throw refused("initialize may only be sent once per connection");
            }
            return;
        }
        switch (state) {
            case NEW -> throw refused("client must call initialize before using " + family.wireName() + " methods");
            case ATTACHED ->
                throw refused("client must send initialized before using " + family.wireName() + " methods");
            case READY -> {}
        }
    }

    /** {@code initialize} has succeeded. */
    void attached() {
        state = State.ATTACHED;
    }

    /**
     * Takes note of a notification.
     *
     * @return false if it violates the protocol, so that the connection has to end (spec W41, W42)
     */
    boolean notified(String method) {
        if (state == State.NEW || !method.equals("initialized")) {
            return false;
        }
        state = State.READY;
        return true;
    }

    private static RpcException refused(String text) {
        return new RpcException(ErrorCode.INVALID_REQUEST, text);
    }
}
