package dev.outpost.protocol.message;

import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.path.PathForms;
import dev.outpost.protocol.path.WirePath;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of {@code fs/readFile} (spec W94).
 *
 * @param sandbox limits what the operation may touch; null for no limits
 */
public record ReadFileParams(WirePath path, @Nullable SandboxContext sandbox) implements Params {
    private static final Shape SHAPE =
            new Shape("struct FsReadFileParams", 2, FileFields.PATH, FileFields.SANDBOX, FileFields.FOLLOW_SYMLINKS);

    /**
     * Decodes the parameters of a request.
     *
     * @throws RpcException {@code INVALID_PARAMS}, to be reported at once; or {@code INVALID_REQUEST} if the path is not
     *     valid on this host, to be reported after the checks of the connection's state (spec W45, N22)
     */
    public static ReadFileParams decode(JsonSlice params) throws RpcException {
        Values values = SHAPE.decode(params);
        FileFields.requireFollowing(values);
        WirePath path = PathForms.parse(values.get(FileFields.PATH));
        return new ReadFileParams(path, FileFields.sandbox(values, path.dialect()));
    }

    @Override
    public void writeTo(JsonOutput out) {
        FileFields.begin(out, path);
        FileFields.end(out, sandbox, path.dialect());
    }
}
