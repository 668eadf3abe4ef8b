package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of {@code initialize} (spec W77, W78).
 *
 * @param clientName not interpreted, may be empty
 * @param resumeSessionId the session to attach to again, or null for a new one
 */
public record InitializeParams(String clientName, @Nullable String resumeSessionId) implements Params {
    private static final Field<String> CLIENT_NAME = Field.required("clientName", Decoders::string);
    private static final Field<String> RESUME_SESSION_ID = Field.optional("resumeSessionId", Decoders::string);
    private static final Shape SHAPE = new Shape("struct InitializeParams", 2, CLIENT_NAME, RESUME_SESSION_ID);

    /** Decodes the parameters of a request; all failures are {@code INVALID_PARAMS}. */
    public static InitializeParams decode(JsonSlice params) throws RpcException {
        Values values = SHAPE.decode(params);
        return new InitializeParams(values.get(CLIENT_NAME), values.find(RESUME_SESSION_ID));
    }

    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"clientName\":").string(clientName);
        out.raw(",\"resumeSessionId\":").stringOrNull(resumeSessionId).raw("}");
    }
}
