package dev.outpost.protocol.message;

import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.Result;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.path.Dialect;
import java.util.List;

/**
 * The answer to {@code process/read}, all members always present (spec W90, P25, P26, N40).
 *
 * @param limited whether the request had {@code maxBytes}
 * @param dialect that of the request that started the process
 * @param tty whether the process has a terminal
 */
public record ReadResultMessage(ReadResult result, boolean limited, Dialect dialect, boolean tty) implements Result {
    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"chunks\":[");
        String separator = "";
        for (ProcessEvent.Output chunk : result.chunks()) {
            out.raw(separator).raw("{\"seq\":").number(chunk.seq());
            out.raw(",\"stream\":\"").raw(Streams.name(chunk.stream())).raw("\",\"chunk\":");
            out.base64(chunk.bytes()).raw("}");
            separator = ",";
        }
        out.raw("],\"nextSeq\":").number(nextSeq());
        ExitStatus exit = result.exit();
        out.raw(",\"exited\":").bool(exit != null || result.failure() != null);
        out.raw(",\"exitCode\":");
        if (exit == null) {
            out.raw("null");
        } else {
            out.number(ExitCodes.of(exit, tty, dialect));
        }
        out.raw(",\"closed\":").bool(result.closed());
        out.raw(",\"failure\":").stringOrNull(result.failure());
        out.raw(",\"sandboxDenied\":").bool(result.sandboxDenied()).raw("}");
    }

    private long nextSeq() {
        return switch (dialect) {
            case PATHS -> result.nextSeq();
            case URIS -> limited ? result.nextSeq() : result.counter();
        };
    }

    private static final Field<Long> SEQ = Field.required("seq", Decoders::unsigned);
    private static final Field<ProcessStream> STREAM = Field.required("stream", Streams.DECODER);
    private static final Field<byte[]> CHUNK = Field.required("chunk", Decoders::base64);
    private static final Shape CHUNK_SHAPE = new Shape("struct ProcessOutputChunk", 3, SEQ, STREAM, CHUNK);
    private static final Field<List<ProcessEvent.Output>> CHUNKS =
            Field.required("chunks", in -> Decoders.list(in, ReadResultMessage::chunk));
    private static final Field<Long> NEXT_SEQ = Field.required("nextSeq", Decoders::unsigned);
    private static final Field<Boolean> EXITED = Field.required("exited", Decoders::bool);
    private static final Field<Long> EXIT_CODE = Field.optional("exitCode", Decoders::signed);
    private static final Field<Boolean> CLOSED = Field.required("closed", Decoders::bool);
    private static final Field<String> FAILURE = Field.optional("failure", Decoders::string);
    private static final Field<Boolean> SANDBOX_DENIED = Field.optional("sandboxDenied", Decoders::bool);
    private static final Shape SHAPE =
            new Shape("struct ReadResponse", 6, CHUNKS, NEXT_SEQ, EXITED, EXIT_CODE, CLOSED, FAILURE, SANDBOX_DENIED);

    /**
     * Decodes the answer of a server of any version. The counter is the highest number that the answer shows, plus 1: a
     * server does not always tell its own. An end without a code is a code of -1.
     */
    public static ReadResult decode(JsonSlice result) throws RpcException {
        Values values = SHAPE.decode(result);
        List<ProcessEvent.Output> chunks = values.get(CHUNKS);
        long shown = values.get(NEXT_SEQ);
        long nextSeq = chunks.isEmpty() ? shown : chunks.getLast().seq() + 1;
        String failure = values.find(FAILURE);
        Long code = values.find(EXIT_CODE);
        boolean exited = values.get(EXITED) && (failure == null || code != null);
        return new ReadResult(
                chunks,
                nextSeq,
                Math.max(shown, nextSeq),
                exited ? new ExitStatus.Code(code == null ? -1 : (int) (long) code) : null,
                values.get(CLOSED),
                failure,
                Boolean.TRUE.equals(values.find(SANDBOX_DENIED)));
    }

    private static ProcessEvent.Output chunk(JsonReader in) throws RpcException {
        Values values = CHUNK_SHAPE.decode(in);
        return new ProcessEvent.Output(values.get(SEQ), values.get(STREAM), values.get(CHUNK));
    }
}
