package dev.outpost.protocol.message;

import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.ErrorCode;
import dev.outpost.protocol.jsonrpc.RpcException;

/**
 * Bytes of a request that are decoded when they are asked for, because their failure comes after other checks; and over
 * their own text, because there may be hundreds of megabytes of them.
 */
public final class Payload {
    private final String method;
    private final JsonSlice base64;

    /** The bytes that this text in base64 stands for, in a request of this method. */
    Payload(String method, JsonSlice base64) {
        this.method = method;
        this.base64 = base64;
    }

    /**
     * Decodes the bytes, once. The message is overwritten with them: nothing else of it may be read any more, and the
     * content is good as long as the message's memory isn't changed.
     *
     * @throws RpcException {@code INVALID_REQUEST} if they are not valid base64 (spec F10)
     */
    public FileContent decode() throws RpcException {
        try {
            int size = StandardBase64.decodeInPlace(base64);
            return FileContent.of(base64.bytes(), base64.start(), size);
        } catch (RpcException e) {
            throw new RpcException(
                    ErrorCode.INVALID_REQUEST, method + " requires valid base64 dataBase64: " + e.getMessage());
        }
    }
}
