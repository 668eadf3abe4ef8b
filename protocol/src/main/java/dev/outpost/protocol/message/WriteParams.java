package dev.outpost.protocol.message;

import dev.outpost.executor.process.ProcessId;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of {@code process/write} (spec W91, N41).
 *
 * @param chunk owned by whoever decoded it; may be empty
 * @param writeId never empty; null if this write is unlike every other
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
public record WriteParams(
        ProcessId processId, byte[] chunk, @Nullable String writeId) implements Params {
    private static final Field<String> PROCESS_ID = Field.required("processId", Decoders::string);
    private static final Field<byte[]> CHUNK = Field.required("chunk", Decoders::base64);
    private static final Field<String> WRITE_ID = Field.optional("writeId", Decoders::string);
    private static final Shape SHAPE = new Shape("struct WriteParams", 3, PROCESS_ID, CHUNK, WRITE_ID);

    /** Decodes the parameters of a request; all failures are {@code INVALID_PARAMS}. */
    public static WriteParams decode(JsonSlice params) throws RpcException {
        Values values = SHAPE.decode(params);
        String writeId = values.find(WRITE_ID);
        if (writeId != null && writeId.isEmpty()) {
            throw Mismatch.invalid("writeId must not be empty");
        }
        return new WriteParams(new ProcessId(values.get(PROCESS_ID)), values.get(CHUNK), writeId);
    }

    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"processId\":").string(processId.value());
        out.raw(",\"chunk\":").base64(chunk);
        if (writeId != null) {
            out.raw(",\"writeId\":").string(writeId);
        }
        out.raw("}");
    }
}
