package dev.outpost.protocol.message;

import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.jsonrpc.RpcException;
import org.jspecify.annotations.Nullable;

/** What a server notifies of a process, as its client reads it; {@link ProcessNotifications} writes it (spec W117–W119). */
public sealed interface ProcessNotification {
    /** Whose event it is. */
    ProcessId processId();

    /** The event's number. */
    long seq();

    /** {@code process/output}; the bytes belong to whoever decoded it. */
    @SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
    record Output(ProcessId processId, long seq, ProcessStream stream, byte[] bytes) implements ProcessNotification {}

    /**
     * {@code process/exited}.
     *
     * @param exitCode see {@link ExitCodes}
     */
    record Exited(ProcessId processId, long seq, int exitCode, boolean sandboxDenied) implements ProcessNotification {}

    /** {@code process/closed}. */
    record Closed(ProcessId processId, long seq) implements ProcessNotification {}

    /**
     * Decodes a notification.
     *
     * @return null if the method is none of these
     * @throws RpcException if the parameters are not what the method demands
     */
    static @Nullable ProcessNotification decode(String method, JsonSlice params) throws RpcException {
        return switch (method) {
            case "process/output" -> ProcessNotificationDecoder.output(params);
            case "process/exited" -> ProcessNotificationDecoder.exited(params);
            case "process/closed" -> ProcessNotificationDecoder.closed(params);
            default -> null;
        };
    }

    /**
     * Reads a message that is {@code process/output} written exactly as servers write it, without looking at its text
     * more than once: of all that a client receives this is what there is most of.
     *
     * @return null if the message is anything else, or the same written in another way
     */
    static @Nullable Output decodeQuickly(byte[] message, int length) {
        return QuickOutput.read(message, length);
    }
}
