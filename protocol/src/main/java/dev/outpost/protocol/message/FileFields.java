package dev.outpost.protocol.message;

import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.path.Dialect;
import dev.outpost.protocol.path.PathForms;
import dev.outpost.protocol.path.WirePath;
import org.jspecify.annotations.Nullable;

/** The members that the parameters of file operations share (spec W93, N46). */
final class FileFields {
    static final Field<String> PATH = Field.required("path", Decoders::pathString);
    static final Field<JsonSlice> SANDBOX = Field.optional("sandbox", Decoders::slice);
    static final Field<Boolean> FOLLOW_SYMLINKS = Field.optional("followSymlinks", Decoders::bool);

    private FileFields() {}

    /** The sandbox of an operation whose paths are of this dialect, or null for none. */
    static @Nullable SandboxContext sandbox(Values values, Dialect dialect) throws RpcException {
        JsonSlice sandbox = values.find(SANDBOX);
        return sandbox == null ? null : SandboxDecoder.of(dialect).decode(sandbox);
    }

    /** Refuses what would otherwise be ignored silently: an operation that must not follow links. */
    static void requireFollowing(Values values) throws RpcException {
        Boolean follow = values.find(FOLLOW_SYMLINKS);
        if (follow != null && !follow) {
            throw Mismatch.invalid("followSymlinks: false is not supported by this server; leave it out");
        }
    }

    /** Appends the beginning of parameters, up to the path. */
    static void begin(JsonOutput out, WirePath path) {
        out.raw("{\"path\":").string(PathForms.format(path));
    }

    /** Appends the end of parameters, from the sandbox on. */
    static void end(JsonOutput out, @Nullable SandboxContext sandbox, Dialect dialect) {
        out.raw(",\"sandbox\":");
        SandboxEncoder.write(out, sandbox, dialect);
        out.raw("}");
    }
}
