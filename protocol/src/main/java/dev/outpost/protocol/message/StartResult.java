package dev.outpost.protocol.message;

import dev.outpost.executor.process.ProcessId;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.Result;

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
}
