package dev.outpost.protocol.message;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.message.ProcessNotification.Output;
import org.jspecify.annotations.Nullable;

/** Reads {@code process/output} as servers write it, by walking along the constant parts of the message. */
final class QuickOutput {
    private static final byte[] START =
            "{\"method\":\"process/output\",\"params\":{\"processId\":\"".getBytes(US_ASCII);
    private static final byte[] SEQ = ",\"seq\":".getBytes(US_ASCII);
    private static final byte[] STREAM = ",\"stream\":\"".getBytes(US_ASCII);
    private static final byte[] CHUNK = ",\"chunk\":\"".getBytes(US_ASCII);
    private static final byte[] END = "\"}}".getBytes(US_ASCII);

    private QuickOutput() {}

    /** The notification; null if the message is another one, or written in another way. */
    static @Nullable Output read(byte[] bytes, int length) {
        PlainMessage message = new PlainMessage(bytes, length);
        if (!message.skip(START)) {
            return null;
        }
        String processId = message.text();
        if (processId == null || !message.skip(SEQ)) {
            return null;
        }
        long seq = message.number();
        if (seq < 0 || !message.skip(STREAM)) {
            return null;
        }
        ProcessStream stream = stream(message.text());
        if (stream == null || !message.skip(CHUNK) || !message.dropEnd(END)) {
            return null;
        }
        try {
            // Were there a quote or anything else that ends the chunk earlier, it would not be base64.
            byte[] chunk = StandardBase64.decode(new JsonSlice(bytes, message.at(), message.end()));
            return new Output(new ProcessId(processId), seq, stream, chunk);
        } catch (RpcException _) {
            return null; // The ordinary way finds out what is wrong.
        }
    }

    private static @Nullable ProcessStream stream(@Nullable String name) {
        for (ProcessStream stream : ProcessStream.values()) {
            if (Streams.name(stream).equals(name)) {
                return stream;
            }
        }
        return null;
    }
}
