package dev.outpost.protocol.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.path.Dialect;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;

/** Permission profiles as text of their own, outside a message. */
public final class PermissionProfiles {
    private PermissionProfiles() {}

    /**
     * Reads one.
     *
     * @throws RpcException {@code INVALID_PARAMS} if it is not JSON, or no profile of this dialect
     */
    public static PermissionProfile parse(String json, Dialect dialect) throws RpcException {
        byte[] bytes = json.getBytes(UTF_8);
        requireWellFormed(bytes);
        try (JsonReader in = JsonReader.at(new JsonSlice(bytes, 0, bytes.length))) {
            return new PermissionDecoder(dialect).decode(in);
        }
    }

    private static void requireWellFormed(byte[] bytes) throws RpcException {
        try (JsonReader in = new JsonReader(bytes, 0, bytes.length)) {
            if (in.next() == JsonToken.NOT_AVAILABLE) {
                throw Mismatch.invalid("no JSON at all");
            }
            boolean ended = in.depth() == 0;
            while (in.next() != JsonToken.NOT_AVAILABLE) {
                if (ended) {
                    throw Mismatch.invalid("more than one JSON value");
                }
                ended = in.depth() == 0;
            }
        } catch (JacksonException malformed) {
            throw Mismatch.invalid("malformed JSON: " + malformed.getOriginalMessage());
        }
    }
}
