package dev.outpost.protocol.message;

import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.path.PathForms;
import dev.outpost.protocol.path.WirePath;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of {@code fs/createDirectory} (spec W96).
 *
 * @param recursive whether parents are made too and an existing directory is fine; true if absent
 * @param sandbox limits what the operation may touch; null for no limits
 */
public record CreateDirectoryParams(
        WirePath path, boolean recursive, @Nullable SandboxContext sandbox) implements Params {
    private static final Field<Boolean> RECURSIVE = Field.optional("recursive", Decoders::bool);
    private static final Shape SHAPE = new Shape(
            "struct FsCreateDirectoryParams",
            3,
            FileFields.PATH,
            RECURSIVE,
            FileFields.SANDBOX,
            FileFields.FOLLOW_SYMLINKS);

    /**
     * Decodes the parameters of a request.
     *
     * @throws RpcException {@code INVALID_PARAMS}, to be reported at once; or {@code INVALID_REQUEST} if the path is not
     *     valid on this host, to be reported after the checks of the connection's state (spec W45, N22)
     */
    public static CreateDirectoryParams decode(JsonSlice params) throws RpcException {
        Values values = SHAPE.decode(params);
        FileFields.requireFollowing(values);
        WirePath path = PathForms.parse(values.get(FileFields.PATH));
        return new CreateDirectoryParams(
                path, !Boolean.FALSE.equals(values.find(RECURSIVE)), FileFields.sandbox(values, path.dialect()));
    }

    @Override
    public void writeTo(JsonOutput out) {
        FileFields.begin(out, path);
        out.raw(",\"recursive\":").bool(recursive);
        FileFields.end(out, sandbox, path.dialect());
    }
}
