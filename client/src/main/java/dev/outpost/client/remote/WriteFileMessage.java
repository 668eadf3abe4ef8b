package dev.outpost.client.remote;

import dev.outpost.client.ExecServerClient;
import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.message.WriteFileRequest;
import dev.outpost.protocol.path.WirePath;
import dev.outpost.transport.OutgoingMessage;
import org.jspecify.annotations.Nullable;

/** A call of {@code fs/writeFile}, written in parts so that a large file is never in memory as text (spec C74). */
final class WriteFileMessage implements OutgoingMessage {
    /** Divisible by 3. */
    private static final int PART = 768 * 1024;

    private static final long CODEX_LIMIT = 64L << 20;
    /** More than everything around the content. */
    private static final int ENVELOPE = 64 * 1024;

    private final long id;
    private final WirePath path;
    private final FileContent content;
    private final @Nullable SandboxContext sandbox;
    private long written;

    WriteFileMessage(long id, WirePath path, FileContent content, @Nullable SandboxContext sandbox) {
        this.id = id;
        this.path = path;
        this.content = content;
        this.sandbox = sandbox;
    }

    /** Refuses what the server would end the connection for. */
    static void checkSize(HostPath path, long size, ExecServerClient client) throws ExecutorException {
        long message = (size + 2) / 3 * 4 + ENVELOPE;
        // An Outpost says itself what it takes, and goes on.
        if (message > CODEX_LIMIT && client.outpost() == null) {
            throw new ExecutorException(
                    FailureKind.REJECTED,
                    "file " + path + " can't be written as a whole: its " + size
                            + " bytes would make a message above the exec-server's limit of " + CODEX_LIMIT
                            + " bytes; write it through a process in parts");
        }
    }

    @Override
    public boolean writeTo(JsonOutput out) {
        if (written == 0) {
            out.raw("{\"id\":").number(id).raw(",\"method\":\"fs/writeFile\",\"params\":");
            WriteFileRequest.prefix(out, path);
        }
        byte[] part = new byte[(int) Math.min(PART, content.size() - written)];
        int count = content.copy(written, part, 0, part.length);
        out.base64Part(part, 0, count);
        written += count;
        if (written < content.size()) {
            return false;
        }
        WriteFileRequest.suffix(out, path, sandbox);
        out.raw("}");
        return true;
    }
}
