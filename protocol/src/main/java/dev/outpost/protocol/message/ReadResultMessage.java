package dev.outpost.protocol.message;

import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ReadResult;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.Result;
import dev.outpost.protocol.path.Dialect;

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
}
