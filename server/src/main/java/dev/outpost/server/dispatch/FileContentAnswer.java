package dev.outpost.server.dispatch;

import dev.outpost.executor.filesystem.FileContent;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.jsonrpc.RequestId;
import dev.outpost.protocol.message.ReadFileAnswer;
import dev.outpost.transport.OutgoingMessage;

/** The answer to {@code fs/readFile}, in parts: a large file is never in memory a second time. Owns the content. */
final class FileContentAnswer implements OutgoingMessage {
    /** Bytes per part, divisible by 3; 64 KiB as base64, which stay in the cache until they are sent. */
    private static final int PART = 48 * 1024;

    private final RequestId id;
    private final FileContent content;
    private final byte[] part;
    private long position;
    private boolean begun;

    FileContentAnswer(RequestId id, FileContent content) {
        this.id = id;
        this.content = content;
        this.part = new byte[(int) Math.min(PART, content.size())];
    }

    @Override
    public boolean writeTo(JsonOutput out) {
        if (!begun) {
            begun = true;
            ReadFileAnswer.prefix(out, id);
        }
        int count = content.copy(position, part, 0, part.length);
        out.base64Part(part, 0, count);
        position += count;
        if (position < content.size()) {
            return false;
        }
        ReadFileAnswer.suffix(out);
        return true;
    }

    @Override
    public void close() {
        content.close();
    }
}
