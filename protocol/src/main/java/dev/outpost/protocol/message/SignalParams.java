package dev.outpost.protocol.message;

import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessSignal;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import java.util.List;

/** Parameters of {@code process/signal} (spec N55). */
public record SignalParams(ProcessId processId, ProcessSignal signal) implements Params {
    private static final Field<String> PROCESS_ID = Field.required("processId", Decoders::string);
    private static final Field<ProcessSignal> SIGNAL =
            Field.required("signal", Decoders.oneOf(List.of("interrupt"), List.of(ProcessSignal.INTERRUPT)));
    private static final Shape SHAPE = new Shape("struct SignalParams", 2, PROCESS_ID, SIGNAL);

    /** Decodes the parameters of a request; all failures are {@code INVALID_PARAMS}. */
    public static SignalParams decode(JsonSlice params) throws RpcException {
        Values values = SHAPE.decode(params);
        return new SignalParams(new ProcessId(values.get(PROCESS_ID)), values.get(SIGNAL));
    }

    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"processId\":").string(processId.value()).raw(",\"signal\":");
        switch (signal) {
            case INTERRUPT -> out.raw("\"interrupt\"}");
        }
    }
}
