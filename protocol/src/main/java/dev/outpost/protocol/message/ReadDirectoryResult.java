package dev.outpost.protocol.message;

import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.Result;
import java.util.List;

/** The answer to {@code fs/readDirectory} (spec W98). */
public record ReadDirectoryResult(List<DirectoryEntry> entries) implements Result {
    /** Copies the list. */
    public ReadDirectoryResult {
        entries = List.copyOf(entries);
    }

    @Override
    public void writeTo(JsonOutput out) {
        out.raw("{\"entries\":[");
        String separator = "";
        for (DirectoryEntry entry : entries) {
            out.raw(separator).raw("{\"fileName\":").string(entry.name());
            out.raw(",\"isDirectory\":").bool(entry.directory());
            out.raw(",\"isFile\":").bool(entry.file()).raw("}");
            separator = ",";
        }
        out.raw("]}");
    }
}
