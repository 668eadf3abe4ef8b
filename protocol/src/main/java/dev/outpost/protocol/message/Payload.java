package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.RpcException;

/** Bytes of a request that are decoded when they are asked for, because their failure comes after other checks. */
public final class Payload {
    private final String method;
    private final JsonSlice base64;

    /** The bytes that this text in base64 stands for, in a request of this method. */
    Payload(String method, JsonSlice base64) {
        this.method = method;
        this.base64 = base64;
    }

    /**
     * Decodes the bytes, each time anew; the message must not have been changed.
     *
     * @throws RpcException {@code INVALID_REQUEST} if they are not valid base64 (spec F10)
     */
    public byte[] bytes() throws RpcException {
        try {
            return StandardBase64.decode(base64);
        } catch (RpcException e) {
            throw new RpcException(
                    ErrorCode.INVALID_REQUEST, method + " requires valid base64 dataBase64: " + e.getMessage());
        }
    }
}
