package dev.outpost.protocol.message;

import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.json.JsonReader;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.Result;
import dev.outpost.protocol.jsonrpc.RpcException;
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

    private static final Field<String> FILE_NAME = Field.required("fileName", Decoders::string);
    private static final Field<Boolean> IS_DIRECTORY = Field.required("isDirectory", Decoders::bool);
    private static final Field<Boolean> IS_FILE = Field.required("isFile", Decoders::bool);
    private static final Shape ENTRY = new Shape("struct ReadDirectoryEntry", 3, FILE_NAME, IS_DIRECTORY, IS_FILE);
    private static final Field<List<DirectoryEntry>> ENTRIES =
            Field.required("entries", in -> Decoders.list(in, ReadDirectoryResult::entry));
    private static final Shape SHAPE = new Shape("struct FsReadDirectoryResponse", 1, ENTRIES);

    /** Decodes the answer of a server. */
    public static ReadDirectoryResult decode(JsonSlice result) throws RpcException {
        return new ReadDirectoryResult(SHAPE.decode(result).get(ENTRIES));
    }

    private static DirectoryEntry entry(JsonReader in) throws RpcException {
        Values values = ENTRY.decode(in);
        return new DirectoryEntry(values.get(FILE_NAME), values.get(IS_DIRECTORY), values.get(IS_FILE));
    }
}
