package dev.outpost.protocol.message;

import dev.outpost.executor.process.ProcessId;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of {@code process/read} (spec W90). Numbers above {@link Long#MAX_VALUE} become that.
 *
 * @param afterSeq only events with a higher number, 0 for all
 * @param maxBytes how much output at most, or null for no limit; {@code nextSeq} of the answer depends on which (spec
 *     N40)
 * @param waitMs how long to wait for something to return, in milliseconds, 0 for not at all
 */
public record ReadParams(
        ProcessId processId, long afterSeq, @Nullable Long maxBytes, long waitMs) implements Params {
    private static final Field<String> PROCESS_ID = Field.required("processId", Decoders::string);
    private static final Field<Long> AFTER_SEQ = Field.optional("afterSeq", Decoders::unsigned);
    private static final Field<Long> MAX_BYTES = Field.optional("maxBytes", Decoders::unsigned);
    private static final Field<Long> WAIT_MS = Field.optional("waitMs", Decoders::unsigned);
    private static final Shape SHAPE = new Shape("struct ReadParams", 4, PROCESS_ID, AFTER_SEQ, MAX_BYTES, WAIT_MS);

    /** Decodes the parameters of a request; all failures are {@code INVALID_PARAMS}. */
    public static ReadParams decode(JsonSlice params) throws RpcException {
        Values values = SHAPE.decode(params);
        return new ReadParams(
                new ProcessId(values.get(PROCESS_ID)),
                orZero(values.find(AFTER_SEQ)),
                values.find(MAX_BYTES),
                orZero(values.find(WAIT_MS)));
    }

    private static long orZero(@Nullable Long value) {
        return value == null ? 0 : value;
    }

    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"processId\":").string(processId.value());
        out.raw(",\"afterSeq\":").number(afterSeq);
        out.raw(",\"maxBytes\":");
        if (maxBytes == null) {
            out.raw("null");
        } else {
            out.number(maxBytes);
        }
        out.raw(",\"waitMs\":").number(waitMs).raw("}");
    }
}
