package dev.outpost.protocol.jsonrpc;

import java.util.Objects;

/** The one failure of the protocol: becomes an error answer. Cheap: no stack trace, because it is an answer and no bug. */
public final class RpcException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    /** An error answer with this code and text. */
    public RpcException(ErrorCode code, String message) {
        super(Objects.requireNonNull(message, "message is null"), null, false, false);
        this.code = Objects.requireNonNull(code, "code is null");
    }

    /** The code on the wire. */
    public ErrorCode code() {
        return code;
    }

    /** The text on the wire; never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
