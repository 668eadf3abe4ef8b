package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.Result;
import dev.outpost.protocol.jsonrpc.RpcException;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code initialize} (spec W79, N38).
 *
 * @param environment null if the server, an older one, does not tell
 */
public record InitializeResult(String sessionId, @Nullable EnvironmentInfoResult environment) implements Result {
    private static final Field<String> SESSION_ID = Field.required("sessionId", Decoders::string);
    private static final Field<JsonSlice> INFO = Field.optional("environmentInfo", Decoders::slice);
    private static final Shape SHAPE = new Shape("struct InitializeResponse", 1, SESSION_ID, INFO);

    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"sessionId\":").string(sessionId);
        if (environment != null) {
            out.raw(",\"environmentInfo\":");
            environment.writeTo(out);
        }
        out.raw("}");
    }

    /** Decodes the answer of a server; only the session id has to be right. */
    public static InitializeResult decode(JsonSlice result) throws RpcException {
        Values values = SHAPE.decode(result);
        JsonSlice info = values.find(INFO);
        return new InitializeResult(values.get(SESSION_ID), info == null ? null : EnvironmentInfoResult.decode(info));
    }
}
