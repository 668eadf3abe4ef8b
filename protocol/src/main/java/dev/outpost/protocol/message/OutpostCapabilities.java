package dev.outpost.protocol.message;

import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import tools.jackson.core.JsonToken;

/**
 * What only an Outpost server can: the member {@code outpost} of its capabilities (spec N69). Its presence alone says that
 * messages above the limit are refused politely (spec N14d).
 *
 * @param outputCredit whether it knows {@code outputWindow} and {@code process/credit}
 */
public record OutpostCapabilities(boolean outputCredit) {
    /** What this version can. */
    static final OutpostCapabilities OURS = new OutpostCapabilities(true);

    private static final Field<Boolean> OUTPUT_CREDIT = Field.withDefault("outputCredit", false, Decoders::bool);
    private static final Shape SHAPE = new Shape("struct OutpostCapabilities", 0, OUTPUT_CREDIT);

    void writeTo(JsonOutput out) {
        out.raw("{\"outputCredit\":").bool(outputCredit).raw("}");
    }

    /** What another server can; what can't be decoded it can't. */
    static OutpostCapabilities decode(JsonSlice value) {
        try (JsonReader in = JsonReader.at(value)) {
            if (in.token() == JsonToken.START_OBJECT) {
                return new OutpostCapabilities(SHAPE.decode(in).get(OUTPUT_CREDIT));
            }
        } catch (RpcException _) {
            // From a version that means something else by it.
        }
        return new OutpostCapabilities(false);
    }
}
