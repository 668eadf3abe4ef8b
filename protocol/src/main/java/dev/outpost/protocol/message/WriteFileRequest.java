package dev.outpost.protocol.message;

import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.path.WirePath;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of {@code fs/writeFile} as a client sends them, written in parts: {@link #prefix}, any number of {@link
 * JsonOutput#base64Part} (all but the last of a length divisible by 3), {@link #suffix} (spec W95, C74).
 */
public final class WriteFileRequest {
    private WriteFileRequest() {}

    /** Appends everything up to the content. */
    public static void prefix(JsonOutput out, WirePath path) {
        FileFields.begin(out, path);
        out.raw(",\"dataBase64\":\"");
    }

    /** Appends everything behind the content. */
    public static void suffix(JsonOutput out, WirePath path, @Nullable SandboxContext sandbox) {
        out.raw("\"");
        FileFields.end(out, sandbox, path.dialect());
    }
}
