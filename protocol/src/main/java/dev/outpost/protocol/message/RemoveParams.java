package dev.outpost.protocol.message;

import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.path.PathForms;
import dev.outpost.protocol.path.WirePath;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of {@code fs/remove} (spec W99).
 *
 * @param recursive whether a directory is removed with its content; true if absent
 * @param force whether it is fine that nothing is there; true if absent
 * @param sandbox limits what the operation may touch; null for no limits
 */
public record RemoveParams(
        WirePath path,
        boolean recursive,
        boolean force,
        @Nullable SandboxContext sandbox) implements Params {
    private static final Field<Boolean> RECURSIVE = Field.optional("recursive", Decoders::bool);
    private static final Field<Boolean> FORCE = Field.optional("force", Decoders::bool);
    private static final Shape SHAPE = new Shape(
            "struct FsRemoveParams",
            4,
            FileFields.PATH,
            RECURSIVE,
            FORCE,
            FileFields.SANDBOX,
            FileFields.FOLLOW_SYMLINKS);

    /**
     * Decodes the parameters of a request.
     *
     * @throws RpcException {@code INVALID_PARAMS}, to be reported at once; or {@code INVALID_REQUEST} if the path is not
     *     valid on this host, to be reported after the checks of the connection's state (spec W45, N22)
     */
    public static RemoveParams decode(JsonSlice params) throws RpcException {
        Values values = SHAPE.decode(params);
        FileFields.requireFollowing(values);
        WirePath path = PathForms.parse(values.get(FileFields.PATH));
        return new RemoveParams(
                path,
                !Boolean.FALSE.equals(values.find(RECURSIVE)),
                !Boolean.FALSE.equals(values.find(FORCE)),
                FileFields.sandbox(values, path.dialect()));
    }

    @Override
    public void writeTo(JsonOutput out) {
        FileFields.begin(out, path);
        out.raw(",\"recursive\":").bool(recursive).raw(",\"force\":").bool(force);
        FileFields.end(out, sandbox, path.dialect());
    }
}
