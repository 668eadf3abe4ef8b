package dev.outpost.protocol.message;

import dev.outpost.executor.filesystem.FileMetadata;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.Result;
import dev.outpost.protocol.jsonrpc.RpcException;

/** The answer to {@code fs/getMetadata} (spec W97, N48). */
public record MetadataResult(FileMetadata metadata) implements Result {
    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"isDirectory\":").bool(metadata.directory());
        out.raw(",\"isFile\":").bool(metadata.file());
        out.raw(",\"isSymlink\":").bool(metadata.symlink());
        out.raw(",\"size\":").number(Math.max(0, metadata.size()));
        out.raw(",\"createdAtMs\":").number(metadata.createdAtMillis());
        out.raw(",\"modifiedAtMs\":").number(metadata.modifiedAtMillis()).raw("}");
    }

    private static final Field<Boolean> IS_DIRECTORY = Field.required("isDirectory", Decoders::bool);
    private static final Field<Boolean> IS_FILE = Field.required("isFile", Decoders::bool);
    private static final Field<Boolean> IS_SYMLINK = Field.withDefault("isSymlink", false, Decoders::bool);
    private static final Field<Long> SIZE = Field.optional("size", Decoders::unsigned);
    private static final Field<Long> CREATED_AT_MS = Field.required("createdAtMs", Decoders::signed);
    private static final Field<Long> MODIFIED_AT_MS = Field.required("modifiedAtMs", Decoders::signed);
    private static final Shape SHAPE = new Shape(
            "struct FsGetMetadataResponse", 5, IS_DIRECTORY, IS_FILE, IS_SYMLINK, CREATED_AT_MS, MODIFIED_AT_MS, SIZE);

    /** Decodes the answer of a server; the size is -1 if it does not tell. */
    public static MetadataResult decode(JsonSlice result) throws RpcException {
        Values values = SHAPE.decode(result);
        Long size = values.find(SIZE);
        return new MetadataResult(new FileMetadata(
                values.get(IS_DIRECTORY),
                values.get(IS_FILE),
                values.get(IS_SYMLINK),
                size == null ? -1 : size,
                Math.max(0, values.get(CREATED_AT_MS)),
                Math.max(0, values.get(MODIFIED_AT_MS))));
    }
}
