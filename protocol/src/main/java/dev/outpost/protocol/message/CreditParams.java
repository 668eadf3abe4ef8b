package dev.outpost.protocol.message;

import dev.outpost.executor.process.ProcessId;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;

/**
 * Parameters of {@code process/credit}, which only Outpost knows: the client has dealt with so much output of a process
 * that was started with an {@code outputWindow}, and can take as much again.
 *
 * @param bytes how much, at least 0; each chunk counts with {@value #CHUNK_OVERHEAD} bytes more than it has
 */
public record CreditParams(ProcessId processId, long bytes) implements Params {
    /** What a chunk counts for beside its bytes, so that many small ones are bounded, too. */
    public static final int CHUNK_OVERHEAD = 64;

    private static final Field<String> PROCESS_ID = Field.required("processId", Decoders::string);
    private static final Field<Long> BYTES = Field.required("bytes", Decoders::unsigned);
    private static final Shape SHAPE = new Shape("struct CreditParams", 2, PROCESS_ID, BYTES);

    /** Decodes the parameters of a request; all failures are {@code INVALID_PARAMS}. */
    public static CreditParams decode(JsonSlice params) throws RpcException {
        Values values = SHAPE.decode(params);
        return new CreditParams(new ProcessId(values.get(PROCESS_ID)), values.get(BYTES));
    }

    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"processId\":").string(processId.value());
        out.raw(",\"bytes\":").number(bytes).raw("}");
    }
}
