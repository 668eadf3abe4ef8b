package dev.outpost.protocol.message;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import dev.outpost.protocol.message.ProcessNotification.Output;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads {@code process/output} as servers write it, by walking along the constant parts of the message. */
final class QuickOutput {
    private static final byte[] START =
            "{\"method\":\"process/output\",\"params\":{\"processId\":\"".getBytes(US_ASCII);
    private static final byte[] SEQ = ",\"seq\":".getBytes(US_ASCII);
    private static final byte[] STREAM = ",\"stream\":\"".getBytes(US_ASCII);
    private static final byte[] CHUNK = ",\"chunk\":\"".getBytes(US_ASCII);
    private static final byte[] END = "\"}}".getBytes(US_ASCII);
    private static final int MOST_DIGITS = 18;

    private final byte[] bytes;
    private final int length;
    private int at;

    private QuickOutput(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    /** The notification; null if the message is another one, or written in another way. */
    static @Nullable Output read(byte[] message, int length) {
        return new QuickOutput(message, length).read();
    }

    private @Nullable Output read() {
        if (!skip(START)) {
            return null;
        }
        String processId = text();
        if (processId == null || !skip(SEQ)) {
            return null;
        }
        long seq = number();
        if (seq < 0 || !skip(STREAM)) {
            return null;
        }
        ProcessStream stream = stream(text());
        int chunkEnd = length - END.length;
        if (stream == null || !skip(CHUNK) || chunkEnd < at) {
            return null;
        }
        int chunkStart = at;
        at = chunkEnd;
        if (!skip(END)) {
            return null;
        }
        try {
            // Were there a quote or anything else that ends the chunk earlier, it would not be base64.
            byte[] chunk = StandardBase64.decode(new JsonSlice(bytes, chunkStart, chunkEnd));
            return new Output(new ProcessId(processId), seq, stream, chunk);
        } catch (RpcException _) {
            return null; // The ordinary way finds out what is wrong.
        }
    }

    private boolean skip(byte[] constant) {
        int end = at + constant.length;
        if (end > length || !Arrays.equals(bytes, at, end, constant, 0, constant.length)) {
            return false;
        }
        at = end;
        return true;
    }

    /** Up to the next quote, which is skipped; null if there is an escape or anything but ASCII before it. */
    private @Nullable String text() {
        int start = at;
        while (at < length && bytes[at] >= ' ' && bytes[at] != '"' && bytes[at] != '\\') {
            at++;
        }
        if (at >= length || bytes[at] != '"') {
            return null;
        }
        return new String(bytes, start, at++ - start, US_ASCII);
    }

    /** Digits; -1 if there are none, too many or a leading zero. */
    private long number() {
        int start = at;
        long value = 0;
        while (at < length && bytes[at] >= '0' && bytes[at] <= '9' && at - start < MOST_DIGITS) {
            value = value * 10 + (bytes[at++] - '0');
        }
        boolean leadingZero = at - start > 1 && bytes[start] == '0';
        return at == start || leadingZero ? -1 : value;
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
