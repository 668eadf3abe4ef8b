package dev.outpost.protocol.jsonrpc;

/** The JSON-RPC error codes in use (spec W63–W67, N33). */
public enum ErrorCode {
    /** Malformed, out of order, or not possible as asked. */
    INVALID_REQUEST(-32600),
    /** No such method. */
    METHOD_NOT_FOUND(-32601),
    /** Parameters that can't be decoded or are not acceptable. */
    INVALID_PARAMS(-32602),
    /** The operation failed. */
    INTERNAL_ERROR(-32603),
    /** The file does not exist. */
    NOT_FOUND(-32004),
    /** The session is still attached to another connection; try again. */
    SESSION_BUSY(-32010);

    private final int code;

    ErrorCode(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }
}
