package dev.outpost.protocol.message;

import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.message.ProcessNotification.Closed;
import dev.outpost.protocol.message.ProcessNotification.Exited;
import dev.outpost.protocol.message.ProcessNotification.Output;

/** Reads the parameters of {@link ProcessNotification}s. */
final class ProcessNotificationDecoder {
    private static final Field<String> PROCESS_ID = Field.required("processId", Decoders::string);
    private static final Field<Long> SEQ = Field.required("seq", Decoders::unsigned);
    private static final Field<ProcessStream> STREAM = Field.required("stream", Streams.DECODER);
    private static final Field<byte[]> CHUNK = Field.required("chunk", Decoders::base64);
    private static final Field<Long> EXIT_CODE = Field.required("exitCode", Decoders::signed);
    private static final Field<Boolean> SANDBOX_DENIED = Field.optional("sandboxDenied", Decoders::bool);
    private static final Shape OUTPUT =
            new Shape("struct ExecOutputDeltaNotification", 4, PROCESS_ID, SEQ, STREAM, CHUNK);
    private static final Shape EXITED =
            new Shape("struct ExecExitedNotification", 3, PROCESS_ID, SEQ, EXIT_CODE, SANDBOX_DENIED);
    private static final Shape CLOSED = new Shape("struct ExecClosedNotification", 2, PROCESS_ID, SEQ);

    private ProcessNotificationDecoder() {}

    static Output output(JsonSlice params) throws RpcException {
        Values values = OUTPUT.decode(params);
        return new Output(
                new ProcessId(values.get(PROCESS_ID)), values.get(SEQ), values.get(STREAM), values.get(CHUNK));
    }

    static Exited exited(JsonSlice params) throws RpcException {
        Values values = EXITED.decode(params);
        return new Exited(
                new ProcessId(values.get(PROCESS_ID)),
                values.get(SEQ),
                (int) (long) values.get(EXIT_CODE),
                Boolean.TRUE.equals(values.find(SANDBOX_DENIED)));
    }

    static Closed closed(JsonSlice params) throws RpcException {
        Values values = CLOSED.decode(params);
        return new Closed(new ProcessId(values.get(PROCESS_ID)), values.get(SEQ));
    }
}
