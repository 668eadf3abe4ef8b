package dev.outpost.protocol.message;

import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.SandboxType;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.Result;
import dev.outpost.protocol.jsonrpc.RpcException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code process/start} (spec W89, N39).
 *
 * @param sandboxType what confines the process
 */
public record StartResult(ProcessId processId, SandboxType sandboxType) implements Result {
    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"processId\":").string(processId.value());
        out.raw(",\"sandboxType\":").stringOrNull(name(sandboxType)).raw("}");
    }

    private static @Nullable String name(SandboxType type) {
        return switch (type) {
            case NONE -> "none";
            case LINUX_SECCOMP -> "linuxSeccomp";
            case MACOS_SEATBELT -> "macosSeatbelt";
            case WINDOWS_RESTRICTED_TOKEN -> "windowsRestrictedToken";
            case UNKNOWN -> null;
        };
    }

    private static SandboxType type(@Nullable String name) {
        for (SandboxType type : SandboxType.values()) {
            if (Objects.equals(name(type), name)) {
                return type;
            }
        }
        return SandboxType.UNKNOWN;
    }

    private static final Field<String> PROCESS_ID = Field.required("processId", Decoders::string);
    private static final Field<String> SANDBOX_TYPE = Field.optional("sandboxType", Decoders::string);
    private static final Shape SHAPE = new Shape("struct ExecResponse", 1, PROCESS_ID, SANDBOX_TYPE);

    /** Decodes the answer of a server; an older one does not tell the sandbox type, a newer one may have others. */
    public static StartResult decode(JsonSlice result) throws RpcException {
        Values values = SHAPE.decode(result);
        return new StartResult(new ProcessId(values.get(PROCESS_ID)), type(values.find(SANDBOX_TYPE)));
    }
}
