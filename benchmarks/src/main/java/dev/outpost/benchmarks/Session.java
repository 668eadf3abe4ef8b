package dev.outpost.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;

/** A client session that does no more than it must: it recognises messages by their first bytes. */
final class Session implements AutoCloseable {
    private static final byte[] OUTPUT = "\"process/output\"".getBytes(UTF_8);
    private static final byte[] EXITED = "\"process/exited\"".getBytes(UTF_8);
    private static final byte[] CLOSED = "\"process/closed\"".getBytes(UTF_8);
    private static final byte[] PROCESS_ID = "\"processId\":\"".getBytes(UTF_8);
    private static final byte[] CHUNK = "\"chunk\":\"".getBytes(UTF_8);
    private static final byte[] QUOTE = {'"'};
    private static final int BLOCK = 4096;
    private static final byte[] ERROR = "{\"error\"".getBytes(UTF_8);
    private static final byte[] RESULT_ID = "{\"id\":".getBytes(UTF_8);

    private static final String NO_ID = " ".repeat(10);

    private final Wire wire;
    private final Variant variant;
    private int lastId;
    private int lastProcess;

    Session(Wire wire, Variant variant) throws IOException {
        this.wire = wire;
        this.variant = variant;
        call("initialize", "{\"clientName\":\"benchmark\",\"resumeSessionId\":null}");
        wire.send("{\"method\":\"initialized\",\"params\":{}}".getBytes(UTF_8));
    }

    Variant variant() {
        return variant;
    }

    /** Sends a request and returns its number without waiting. */
    int request(String method, String params) throws IOException {
        int id = ++lastId;
        wire.send(("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + "}").getBytes(UTF_8));
        return id;
    }

    /** Sends a request and waits for its answer; notifications in between are skipped. */
    Wire.Message call(String method, String params) throws IOException {
        int id = request(method, params);
        return answer(id);
    }

    /** A large request that is sent often, so that only its number has to be written each time. */
    static byte[] prepare(String method, String params) {
        return ("{\"id\":" + NO_ID + ",\"method\":\"" + method + "\",\"params\":" + params + "}").getBytes(UTF_8);
    }

    /** Sends a prepared request and waits for its answer; notifications in between are skipped. */
    Wire.Message call(byte[] prepared) throws IOException {
        int id = ++lastId;
        byte[] number =
                String.format(Locale.ROOT, "%" + NO_ID.length() + "d", id).getBytes(UTF_8);
        System.arraycopy(number, 0, prepared, "{\"id\":".length(), number.length);
        wire.send(prepared);
        return answer(id);
    }

    /** Waits for the answer to a request. */
    Wire.Message answer(int id) throws IOException {
        byte[] wanted = ("{\"id\":" + id + ",").getBytes(UTF_8);
        while (true) {
            Wire.Message message = wire.receive();
            if (message.startsWithin(ERROR, ERROR.length)) {
                throw new IOException("refused: " + message);
            }
            if (message.startsWithin(wanted, wanted.length)) {
                return message;
            }
        }
    }

    /** Waits for any answer that is not a notification. */
    void anyAnswer() throws IOException {
        while (true) {
            Wire.Message message = wire.receive();
            if (message.startsWithin(ERROR, ERROR.length)) {
                throw new IOException("refused: " + message);
            }
            if (message.startsWithin(RESULT_ID, RESULT_ID.length)) {
                return;
            }
        }
    }

    /** Sends process/start and returns the process's id without waiting. */
    String start(boolean tty, boolean pipeStdin, String... argv) throws IOException {
        return start("", tty, pipeStdin, argv);
    }

    /** The same under a sandbox: {@code more} are members of the parameters, each followed by a comma. */
    String start(String more, boolean tty, boolean pipeStdin, String... argv) throws IOException {
        String id = "b" + ++lastProcess;
        StringBuilder params = new StringBuilder("{" + more + "\"processId\":\"").append(id).append("\",\"argv\":[");
        for (int i = 0; i < argv.length; i++) {
            params.append(i == 0 ? "" : ",")
                    .append('"')
                    .append(argv[i].replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
        params.append("],\"cwd\":\"")
                .append(variant.path("/"))
                .append("\",\"envPolicy\":null,\"env\":{\"PATH\":\"/usr/bin:/bin\"},\"tty\":")
                .append(tty)
                .append(",\"pipeStdin\":")
                .append(pipeStdin)
                .append(",\"arg0\":null}");
        request("process/start", params.toString());
        return id;
    }

    /** Starts a process and waits for the answer to that; notifications in between are skipped. */
    String startAnswered(boolean tty, boolean pipeStdin, String... argv) throws IOException {
        String id = start(tty, pipeStdin, argv);
        answer(lastId);
        return id;
    }

    /** Sends a process/read that waits for something to happen, and does not wait for its answer. */
    void poll(String processId, int waitMillis) throws IOException {
        request(
                "process/read",
                "{\"processId\":\"" + processId + "\",\"afterSeq\":null,\"maxBytes\":null,\"waitMs\":" + waitMillis
                        + "}");
    }

    /** Sends process/terminate without waiting. */
    void terminate(String processId) throws IOException {
        request("process/terminate", "{\"processId\":\"" + processId + "\"}");
    }

    void write(String processId, byte[] bytes) throws IOException {
        int id = lastId + 1;
        request(
                "process/write",
                "{\"processId\":\"" + processId + "\",\"chunk\":\""
                        + Base64.getEncoder().encodeToString(bytes) + "\",\"writeId\":\"w" + id + "\"}");
    }

    /** Reads until one more process closed; returns its id. */
    String awaitClosed() throws IOException {
        while (true) {
            Wire.Message message = wire.receive();
            if (message.startsWithin(CLOSED, 64)) {
                return processId(message);
            }
            refuseError(message);
        }
    }

    /** Reads until a process exited, and returns the message that says so. */
    Wire.Message awaitExited() throws IOException {
        while (true) {
            Wire.Message message = wire.receive();
            if (message.startsWithin(EXITED, 64)) {
                return message;
            }
            refuseError(message);
        }
    }

    /** Reads until {@code count} bytes of output came, whatever the process. */
    void awaitOutput(long count) throws IOException {
        long left = count;
        while (left > 0) {
            Wire.Message message = wire.receive();
            refuseError(message);
            if (message.startsWithin(OUTPUT, 64)) {
                left -= decode(message).length;
            }
        }
    }

    /** Reads until all these processes closed, and adds to each what came of it. */
    void drain(Map<String, Received> processes) throws IOException {
        int left = processes.size();
        while (left > 0) {
            Wire.Message message = wire.receive();
            if (message.startsWithin(OUTPUT, 64)) {
                byte[] chunk = decode(message);
                Received received = processes.get(processId(message));
                if (received == null) {
                    throw new IOException("output of a process that was not started: " + message);
                }
                received.add(chunk, chunk.length);
            } else if (message.startsWithin(CLOSED, 64)) {
                left--;
            } else {
                refuseError(message);
            }
        }
    }

    private static byte[] decode(Wire.Message message) throws IOException {
        int at = message.indexOf(CHUNK, 0, Math.min(message.length, 1024));
        if (at < 0) {
            throw new IOException("output without chunk: " + message);
        }
        int from = at + CHUNK.length;
        // The chunk is by far the longest member and at most a few short ones follow: look for its end from behind.
        int end = message.indexOf(QUOTE, Math.max(from, message.length - 64), message.length);
        return decode(message.bytes, from, end);
    }

    /** Decodes in small blocks, because the JIT compiler makes the decoder fast only after thousands of calls. */
    private static byte[] decode(byte[] text, int from, int end) {
        byte[] decoded = new byte[(end - from) / 4 * 3];
        byte[] block = new byte[BLOCK / 4 * 3];
        int size = 0;
        for (int at = from; at < end; at += BLOCK) {
            int count = Base64.getDecoder().decode(Arrays.copyOfRange(text, at, Math.min(end, at + BLOCK)), block);
            System.arraycopy(block, 0, decoded, size, count);
            size += count;
        }
        return size == decoded.length ? decoded : Arrays.copyOf(decoded, size);
    }

    private static String processId(Wire.Message message) throws IOException {
        int at = message.indexOf(PROCESS_ID, 0, message.length);
        if (at < 0) {
            throw new IOException("no processId: " + message);
        }
        int from = at + PROCESS_ID.length;
        int to = message.indexOf(QUOTE, from, message.length);
        return new String(message.bytes, from, to - from, UTF_8);
    }

    private static void refuseError(Wire.Message message) throws IOException {
        if (message.startsWithin(ERROR, ERROR.length)) {
            throw new IOException("refused: " + message);
        }
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
