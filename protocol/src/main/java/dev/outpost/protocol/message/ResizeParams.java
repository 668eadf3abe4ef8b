package dev.outpost.protocol.message;

import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.TerminalSize;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;

/** Parameters of {@code process/resize}, an extension: {@code {"processId":…,"size":{"rows":…,"cols":…}}}. */
public record ResizeParams(ProcessId processId, TerminalSize size) implements Params {
    private static final Field<String> PROCESS_ID = Field.required("processId", Decoders::string);
    private static final Field<TerminalSize> SIZE = Field.required("size", TerminalSizes::decode);
    private static final Shape SHAPE = new Shape("struct ResizeParams", 2, PROCESS_ID, SIZE);

    /** Decodes the parameters of a request; all failures are {@code INVALID_PARAMS}. */
    public static ResizeParams decode(JsonSlice params) throws RpcException {
        Values values = SHAPE.decode(params);
        return new ResizeParams(new ProcessId(values.get(PROCESS_ID)), values.get(SIZE));
    }

    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"processId\":").string(processId.value());
        out.raw(",\"size\":");
        TerminalSizes.write(out, size);
        out.raw("}");
    }
}
