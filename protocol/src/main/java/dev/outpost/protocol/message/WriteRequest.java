package dev.outpost.protocol.message;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outpost.executor.process.ProcessId;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RequestId;
import dev.outpost.protocol.jsonrpc.RpcException;
import org.jspecify.annotations.Nullable;

/** A whole request {@code process/write}: of all that a server receives this is what there may be most of. */
public record WriteRequest(RequestId id, WriteParams params) {
    /** The method's name. */
    public static final String METHOD = "process/write";

    private static final byte[] START = "{\"id\":".getBytes(US_ASCII);
    private static final byte[] PROCESS_ID =
            (",\"method\":\"" + METHOD + "\",\"params\":{\"processId\":\"").getBytes(US_ASCII);
    private static final byte[] CHUNK = ",\"chunk\":\"".getBytes(US_ASCII);
    private static final byte[] WRITE_ID = "\",\"writeId\":\"".getBytes(US_ASCII);
    private static final byte[] END = "\"}}".getBytes(US_ASCII);
    private static final int LONGEST_WRITE_ID = 128;

    /**
     * Reads a message that is this request written exactly as most clients write it, without looking at its text more than
     * once.
     *
     * @return null if the message is anything else, or the same written in another way
     */
    public static @Nullable WriteRequest decodeQuickly(byte[] bytes, int length) {
        PlainMessage message = new PlainMessage(bytes, length);
        if (!message.skip(START)) {
            return null;
        }
        long id = message.number();
        if (id < 0 || !message.skip(PROCESS_ID)) {
            return null;
        }
        String processId = message.text();
        if (processId == null || !message.skip(CHUNK) || !message.dropEnd(END)) {
            return null;
        }
        // If this is no name of a write, there is none, or a quote where the chunk should be, which then is no base64.
        String writeId = message.textAtEnd(LONGEST_WRITE_ID);
        if (writeId != null && (writeId.isEmpty() || !message.dropEnd(WRITE_ID))) {
            return null;
        }
        try {
            byte[] chunk = StandardBase64.decode(new JsonSlice(bytes, message.at(), message.end()));
            return new WriteRequest(
                    new RequestId.Number(id), new WriteParams(new ProcessId(processId), chunk, writeId));
        } catch (RpcException _) {
            return null; // The ordinary way finds out what is wrong.
        }
    }
}
