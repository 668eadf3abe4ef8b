package dev.outpost.protocol.message;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.protocol.json.JsonOutput;
import dev.outpost.protocol.path.Dialect;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Writes the notifications of one process (spec W117–W119, N43). What is the same in each of them is encoded once: every
 * chunk of output comes through here. Immutable, for any thread.
 */
public final class ProcessNotifications {
    /** What is constant in a prefix, and most ids. */
    private static final int PREFIX_SIZE = 128;

    private static final byte[] END = "}}".getBytes(US_ASCII);
    private static final Map<ProcessStream, byte[]> STREAMS = streams();

    private final byte[] output;
    private final byte[] exited;
    private final byte[] closed;
    private final Dialect dialect;
    private final boolean tty;

    /**
     * For one process.
     *
     * @param dialect that of the request that started it
     * @param tty whether it has a terminal
     */
    public ProcessNotifications(ProcessId id, Dialect dialect, boolean tty) {
        output = prefix("process/output", id);
        exited = prefix("process/exited", id);
        closed = prefix("process/closed", id);
        this.dialect = dialect;
        this.tty = tty;
    }

    /** Appends {@code process/output}. */
    public void output(JsonOutput out, ProcessEvent.Output event) {
        out.raw(output).number(event.seq()).raw(Objects.requireNonNull(STREAMS.get(event.stream())));
        out.base64(event.bytes()).raw(END);
    }

    /** Appends {@code process/exited}. */
    public void exited(JsonOutput out, ProcessEvent.Exited event) {
        out.raw(exited).number(event.seq());
        out.raw(",\"exitCode\":").number(ExitCodes.of(event.status(), tty, dialect));
        out.raw(",\"sandboxDenied\":").bool(event.sandboxDenied()).raw(END);
    }

    /** Appends {@code process/closed}. */
    public void closed(JsonOutput out, ProcessEvent.Closed event) {
        out.raw(closed).number(event.seq()).raw(END);
    }

    private static byte[] prefix(String method, ProcessId id) {
        JsonOutput out = new JsonOutput(PREFIX_SIZE);
        out.raw("{\"method\":\"").raw(method).raw("\",\"params\":{\"processId\":");
        out.string(id.value()).raw(",\"seq\":");
        return Arrays.copyOf(out.array(), out.size());
    }

    private static Map<ProcessStream, byte[]> streams() {
        Map<ProcessStream, byte[]> streams = new EnumMap<>(ProcessStream.class);
        for (ProcessStream stream : ProcessStream.values()) {
            String member = ",\"stream\":\"" + Streams.name(stream) + "\",\"chunk\":";
            streams.put(stream, member.getBytes(US_ASCII));
        }
        return streams;
    }
}
