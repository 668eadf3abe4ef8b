package dev.outpost.protocol.message;

import dev.outpost.executor.filesystem.FileMetadata;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.Result;

/** The answer to {@code fs/getMetadata} (spec W97, N48). */
public record MetadataResult(FileMetadata metadata) implements Result {
    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"isDirectory\":").bool(metadata.directory());
        out.raw(",\"isFile\":").bool(metadata.file());
        out.raw(",\"isSymlink\":").bool(metadata.symlink());
        out.raw(",\"size\":").number(metadata.size());
        out.raw(",\"createdAtMs\":").number(metadata.createdAtMillis());
        out.raw(",\"modifiedAtMs\":").number(metadata.modifiedAtMillis()).raw("}");
    }
}
