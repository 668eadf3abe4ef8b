package dev.outpost.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
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
    private final byte[] text = new byte[BLOCK];
    private final byte[] decoded = new byte[BLOCK / 4 * 3];
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
        StringBuilder params =
                new StringBuilder("{" + more + "\"processId\":\"").append(id).append("\",\"argv\":[");
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
                left -= decode(message, (_, _) -> {});
            }
        }
    }

    /** Reads until all these processes closed, and adds to each what came of it. */
    void drain(Map<String, Received> processes) throws IOException {
        int left = processes.size();
        while (left > 0) {
            Wire.Message message = wire.receive();
            if (message.startsWithin(OUTPUT, 64)) {
                Received received = processes.get(processId(message));
                if (received == null) {
                    throw new IOException("output of a process that was not started: " + message);
                }
                decode(message, received::add);
            } else if (message.startsWithin(CLOSED, 64)) {
                left--;
            } else {
                refuseError(message);
            }
        }
    }

    /** What a chunk is handed to, block by block. */
    @FunctionalInterface
    private interface Taker {
        void take(byte[] bytes, int length);
    }

    private int decode(Wire.Message message, Taker taker) throws IOException {
        int at = message.indexOf(CHUNK, 0, Math.min(message.length, 1024));
        if (at < 0) {
            throw new IOException("output without chunk: " + message);
        }
        int from = at + CHUNK.length;
        // The chunk is by far the longest member and at most a few short ones follow: look for its end from behind.
        int end = message.indexOf(QUOTE, Math.max(from, message.length - 64), message.length);
        return decode(message.bytes, from, end, taker);
    }

    /**
     * Decodes in small blocks, because the JIT compiler makes the decoder fast only after thousands of calls, and because
     * what stays in the first cache costs the measured server no time.
     */
    private int decode(byte[] bytes, int from, int end, Taker taker) {
        int size = 0;
        for (int at = from; at < end; at += BLOCK) {
            int length = Math.min(BLOCK, end - at);
            // The JDK decodes whole arrays only.
            byte[] block = length == BLOCK ? text : new byte[length];
            System.arraycopy(bytes, at, block, 0, length);
            int count = Base64.getDecoder().decode(block, decoded);
            taker.take(decoded, count);
            size += count;
        }
        return size;
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
