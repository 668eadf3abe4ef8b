package dev.outpost.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** A server whose every message a test writes itself, with single quotes. For one thread. */
public final class ScriptedServer implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ServerSocket listener;
    private final List<Socket> accepted = new ArrayList<>();
    private @Nullable Socket socket;
    private @Nullable BufferedReader in;

    /** Listens from now on; connections wait until they are accepted. */
    public ScriptedServer() throws IOException {
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        listener.setSoTimeout(PATIENCE_MILLIS);
    }

    /** Connects to it. */
    public LineConnector connector() {
        return new LineConnector(listener::getLocalPort);
    }

    /** Takes the next connection; the one before is left as it is. */
    public void accept() throws IOException {
        Socket next = listener.accept();
        accepted.add(next);
        next.setSoTimeout(PATIENCE_MILLIS);
        socket = next;
        in = new BufferedReader(new InputStreamReader(next.getInputStream(), UTF_8));
    }

    /** Takes the next connection and goes through the handshake as a server of 0.131. */
    public void handshake(String sessionId) throws IOException {
        handshake(sessionId, "");
    }

    /** The same as a server that describes itself, when there are more members. */
    public void handshake(String sessionId, String more) throws IOException {
        accept();
        expect("initialize");
        send("{'id':1,'result':{'sessionId':'" + sessionId + "'" + more + "}}");
        assertThat(receive().get("method").asString()).isEqualTo("initialized");
    }

    /** The next line, as it came. */
    public String line() throws IOException {
        return Objects.requireNonNull(Objects.requireNonNull(in).readLine(), "the client has closed the connection");
    }

    /** The next message. */
    public JsonNode receive() throws IOException {
        return JSON.readTree(line());
    }

    /** The next message, which has to be this request. */
    public JsonNode expect(String method) throws IOException {
        JsonNode message = receive();
        assertThat(message.path("method").asString("")).as("%s", message).isEqualTo(method);
        return message;
    }

    /** Answers a request. */
    public void answer(JsonNode request, String result) throws IOException {
        send("{'id':" + request.get("id") + ",'result':" + result + "}");
    }

    /** Answers a request with an error. */
    public void refuse(JsonNode request, int code, String message) throws IOException {
        send("{'error':{'code':" + code + ",'message':'" + message + "'},'id':" + request.get("id") + "}");
    }

    /** Sends a message, written with single quotes. */
    public void send(String json) throws IOException {
        sendRaw(json.replace('\'', '"'));
    }

    /** Sends a line. */
    public void sendRaw(String line) throws IOException {
        OutputStream out = Objects.requireNonNull(socket).getOutputStream();
        out.write((line + "\n").getBytes(UTF_8));
        out.flush();
    }

    /** Waits until the client has closed the connection. */
    public void expectEnd() throws IOException {
        assertThat(Objects.requireNonNull(in).readLine()).isNull();
    }

    /** Ends the connection. */
    public void hangUp() throws IOException {
        Objects.requireNonNull(socket).close();
    }

    /** No further connection is possible. */
    public void stopListening() throws IOException {
        listener.close();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket each : accepted) {
            each.close();
        }
    }
}
