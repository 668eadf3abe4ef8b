package dev.outpost.protocol.message;

import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.path.PathForms;
import dev.outpost.protocol.path.WirePath;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of {@code fs/copy} (spec W100).
 *
 * @param recursive whether a directory is copied
 * @param sandbox limits what the operation may touch; null for no limits. It is read in the dialect of {@code source}
 */
public record CopyParams(
        WirePath source,
        WirePath destination,
        boolean recursive,
        @Nullable SandboxContext sandbox) implements Params {
    private static final Field<String> SOURCE = Field.required("sourcePath", Decoders::pathString);
    private static final Field<String> DESTINATION = Field.required("destinationPath", Decoders::pathString);
    private static final Field<Boolean> RECURSIVE = Field.required("recursive", Decoders::bool);
    private static final Shape SHAPE = new Shape(
            "struct FsCopyParams", 4, SOURCE, DESTINATION, RECURSIVE, FileFields.SANDBOX, FileFields.FOLLOW_SYMLINKS);

    /**
     * Decodes the parameters of a request.
     *
     * @throws RpcException {@code INVALID_PARAMS}, to be reported at once; or {@code INVALID_REQUEST} if a path is not
     *     valid on this host, to be reported after the checks of the connection's state (spec W45, N22)
     */
    public static CopyParams decode(JsonSlice params) throws RpcException {
        Values values = SHAPE.decode(params);
        FileFields.requireFollowing(values);
        WirePath source = PathForms.parse(values.get(SOURCE));
        WirePath destination = PathForms.parse(values.get(DESTINATION));
        return new CopyParams(source, destination, values.get(RECURSIVE), FileFields.sandbox(values, source.dialect()));
    }

    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"sourcePath\":").string(PathForms.format(source));
        out.raw(",\"destinationPath\":").string(PathForms.format(destination));
        out.raw(",\"recursive\":").bool(recursive);
        FileFields.end(out, sandbox, source.dialect());
    }
}
