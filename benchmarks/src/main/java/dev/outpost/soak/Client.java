package dev.outpost.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.benchmarks.WebSocketWire;
import dev.outpost.benchmarks.Wire;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * A connection with its session. One thread of its own reads and checks what comes; requests may be made by any thread.
 * It doesn't answer pings, so it must not live for longer than {@value #MOST_SECONDS} s.
 */
final class Client implements AutoCloseable {
    static final int MOST_SECONDS = 60;

    /** The variable that all processes of this run have in their environment. */
    static final String MARK = "OUTPOST_SOAK";

    static final String RUN = MARK + "=" + ProcessHandle.current().pid();

    private static final long PATIENCE_SECONDS = 120;
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Wire wire;
    private final boolean uris;
    private final long readerPauseMillis;
    private final Map<Long, CompletableFuture<Json>> pending = new ConcurrentHashMap<>();
    private final Map<String, RunningProcess> processes = new ConcurrentHashMap<>();
    private final AtomicInteger lastId = new AtomicInteger();
    private final AtomicInteger lastProcess = new AtomicInteger();
    private final Thread reader;
    private final String session;
    private volatile boolean closed;

    /** Something to start. */
    record Command(List<String> argv, boolean tty, boolean stdin, String mark) {
        static Command of(String... argv) {
            return new Command(List.of(argv), false, false, "");
        }

        static Command sh(String script) {
            return of("/bin/sh", "-c", script);
        }

        Command onTerminal(boolean terminal) {
            return new Command(argv, terminal, stdin, mark);
        }

        Command withStdin() {
            return new Command(argv, tty, true, mark);
        }

        /** Adds a variable to the environment, by which its descendants can be found. */
        Command marked(String more) {
            return new Command(argv, tty, stdin, more);
        }
    }

    /** A new session. */
    static Client connect(String url, boolean uris) throws IOException {
        return new Client(new WebSocketWire(url), uris, "", 0);
    }

    /** One that waits before it reads each message. */
    static Client slow(String url, long pauseMillis) throws IOException {
        return new Client(new WebSocketWire(url), true, "", pauseMillis);
    }

    /** Goes on with another connection's session. */
    Client resume(String url) throws IOException {
        Client next = new Client(new WebSocketWire(url), uris, session, readerPauseMillis);
        next.lastProcess.set(lastProcess.get());
        return next;
    }

    /** Over any wire, taken over; an empty session is a new one. */
    Client(Wire wire, boolean uris, String resumed, long readerPauseMillis) throws IOException {
        this.wire = wire;
        this.uris = uris;
        this.readerPauseMillis = readerPauseMillis;
        reader = Thread.ofPlatform()
                .daemon()
                .name("client-" + COUNT.incrementAndGet())
                .start(this::read);
        try {
            session = call(
                            "initialize",
                            "{\"clientName\":\"soak\",\"resumeSessionId\":"
                                    + (resumed.isEmpty() ? "null" : Json.quote(resumed)) + "}")
                    .get("sessionId")
                    .text();
            send("{\"method\":\"initialized\",\"params\":{}}");
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** A path as this client writes it. */
    String path(String path) {
        if (!uris) {
            return Json.quote(path);
        }
        StringBuilder uri = new StringBuilder("file://");
        for (byte b : path.getBytes(UTF_8)) {
            char c = (char) (b & 0xFF);
            if (c < 128 && (Character.isLetterOrDigit(c) || "/-_.~".indexOf(c) >= 0)) {
                uri.append(c);
            } else {
                uri.append(String.format("%%%02X", b & 0xFF));
            }
        }
        return Json.quote(uri.toString());
    }

    /** Whether it speaks the newer dialect. */
    boolean uris() {
        return uris;
    }

    /** Sends a request and waits for its result. */
    Json call(String method, String params) throws IOException {
        return await(method, request(method, params));
    }

    /** Sends a request; give the result to {@link #await}. */
    CompletableFuture<Json> request(String method, String params) throws IOException {
        long id = lastId.incrementAndGet();
        CompletableFuture<Json> answer = new CompletableFuture<>();
        pending.put(id, answer);
        if (closed) {
            answer.completeExceptionally(new IOException("the connection has ended"));
        }
        send("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + "}");
        return answer;
    }

    /** Waits for the result of a request. */
    static Json await(String method, CompletableFuture<Json> request) throws IOException {
        Json answer;
        try {
            answer = request.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(method + ": " + reason(e), e);
        } catch (TimeoutException e) {
            throw new IOException(method + " was not answered within " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(method + " was interrupted", e);
        }
        Json error = answer.get("error");
        if (error.exists()) {
            throw new Refused(
                    method, error.get("code").number(), error.get("message").text());
        }
        return answer.get("result");
    }

    /** What made a future fail, in words. */
    static String reason(ExecutionException failure) {
        Throwable cause = failure.getCause();
        return String.valueOf(cause == null ? failure.getMessage() : cause.getMessage());
    }

    /** Starts a process and returns when the server has answered. */
    RunningProcess start(Command command, Content stdout, Content stderr) throws IOException {
        String id = "p" + lastProcess.incrementAndGet();
        RunningProcess process = new RunningProcess(id, stdout, stderr);
        processes.put(id, process);
        String argv = command.argv().stream().map(Json::quote).collect(Collectors.joining(","));
        try {
            call(
                    "process/start",
                    "{\"processId\":\"" + id + "\",\"argv\":[" + argv + "],\"cwd\":" + path("/")
                            + ",\"envPolicy\":null,\"env\":{\"PATH\":\"/usr/bin:/bin\",\"" + MARK + "\":\""
                            + ProcessHandle.current().pid() + "\",\"" + MARK + "_TREE\":\"" + command.mark()
                            + "\"},\"tty\":" + command.tty() + ",\"pipeStdin\":" + command.stdin()
                            + ",\"arg0\":null}");
        } catch (IOException e) {
            processes.remove(id);
            throw e;
        }
        return process;
    }

    /** Sees to a process of the session that another connection had started. */
    void adopt(RunningProcess process) {
        processes.put(process.id(), process);
    }

    /** Writes to a process's stdin and waits until that is accepted. */
    void write(RunningProcess process, byte[] bytes) throws IOException {
        String status = call(
                        "process/write",
                        "{\"processId\":\"" + process.id() + "\",\"chunk\":\""
                                + Base64.getEncoder().encodeToString(bytes) + "\",\"writeId\":\"w"
                                + lastId.get() + "\"}")
                .get("status")
                .text();
        if (!status.equals("accepted")) {
            throw new IOException("a write was not accepted: " + status);
        }
    }

    /** Ends a process; returns whether it was running. */
    boolean terminate(RunningProcess process) throws IOException {
        return call("process/terminate", "{\"processId\":\"" + process.id() + "\"}")
                .get("running")
                .truth();
    }

    /** Nothing more will come from it. */
    void forget(RunningProcess process) {
        processes.remove(process.id());
    }

    private void send(String message) throws IOException {
        byte[] bytes = message.getBytes(UTF_8);
        synchronized (wire) {
            wire.send(bytes);
        }
    }

    private void read() {
        try {
            while (true) {
                Wire.Message message = wire.receive();
                dispatch(Json.parse(message.bytes(), message.length()));
                if (readerPauseMillis > 0) {
                    Thread.sleep(readerPauseMillis);
                }
            }
        } catch (IOException | RuntimeException | InterruptedException e) {
            end(e);
        }
    }

    private void dispatch(Json message) throws IOException {
        if (message.get("method").exists()) {
            RunningProcess process =
                    processes.get(message.get("params").get("processId").text());
            if (process != null) {
                process.notification(message);
            }
            return;
        }
        CompletableFuture<Json> answer = pending.remove(message.get("id").number());
        if (answer == null) {
            throw new IOException("an answer to nothing: " + message);
        }
        answer.complete(message);
    }

    private void end(Exception reason) {
        boolean wanted = closed;
        closed = true;
        String text = "the connection ended: " + reason;
        pending.values().forEach(answer -> answer.completeExceptionally(new IOException(text, reason)));
        // Whoever closes a client resumes its processes over another before, or waits for none of them.
        if (!wanted) {
            processes.values().forEach(process -> process.fail(new IOException(text, reason)));
        }
    }

    /** Ends the connection without a word. Idempotent. */
    @Override
    public void close() throws IOException {
        closed = true;
        wire.close();
        try {
            reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
