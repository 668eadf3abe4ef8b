package dev.outpost.protocol.message;

import dev.outpost.executor.process.ProcessId;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;

/** Parameters of {@code process/closeStdin}, an extension: {@code {"processId":…}}. */
public record CloseStdinParams(ProcessId processId) implements Params {
    private static final Field<String> PROCESS_ID = Field.required("processId", Decoders::string);
    private static final Shape SHAPE = new Shape("struct CloseStdinParams", 1, PROCESS_ID);

    /** Decodes the parameters of a request; all failures are {@code INVALID_PARAMS}. */
    public static CloseStdinParams decode(JsonSlice params) throws RpcException {
        return new CloseStdinParams(new ProcessId(SHAPE.decode(params).get(PROCESS_ID)));
    }

    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"processId\":").string(processId.value()).raw("}");
    }
}
