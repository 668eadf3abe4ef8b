package dev.outpost.protocol.message;

import dev.outpost.executor.process.ProcessId;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.Result;
import dev.outpost.protocol.jsonrpc.RpcException;

/**
 * The answer to {@code process/start} (spec W89, N39).
 *
 * @param sandboxType what confines the process: {@code none}, or the reference's name of a sandbox
 */
public record StartResult(ProcessId processId, String sandboxType) implements Result {
    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"processId\":").string(processId.value());
        out.raw(",\"sandboxType\":").string(sandboxType).raw("}");
    }

    private static final Field<String> PROCESS_ID = Field.required("processId", Decoders::string);
    private static final Field<String> SANDBOX_TYPE = Field.optional("sandboxType", Decoders::string);
    private static final Shape SHAPE = new Shape("struct ExecResponse", 1, PROCESS_ID, SANDBOX_TYPE);

    /** Decodes the answer of a server; an older one does not tell the sandbox type, which becomes {@code unknown}. */
    public static StartResult decode(JsonSlice result) throws RpcException {
        Values values = SHAPE.decode(result);
        String type = values.find(SANDBOX_TYPE);
        return new StartResult(new ProcessId(values.get(PROCESS_ID)), type == null ? "unknown" : type);
    }
}
