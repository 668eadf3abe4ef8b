package dev.outpost.testkit.wire;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket client (RFC 6455) over a plain socket. It answers pings, and shows how a connection really ended. A
 * message may be up to {@value #MESSAGE_LIMIT} bytes; a larger one ends the connection.
 */
public final class WebSocketConnection implements WireConnection {
    private static final int MESSAGE_LIMIT = 1 << 30;
    private static final int TIMEOUT_MILLIS = 10_000;

    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final Random masks = new Random();
    private final ReceivedQueue received;

    /**
     * Connects and upgrades.
     *
     * @param url such as {@code ws://127.0.0.1:4242}
     * @throws IOException if there is nobody or the upgrade is refused; the message has the server's answer
     */
    public static WebSocketConnection connect(URI url) throws IOException {
        Socket socket = new Socket(url.getHost(), url.getPort());
        try {
            return new WebSocketConnection(socket, url);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private WebSocketConnection(Socket socket, URI url) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        out = new DataOutputStream(socket.getOutputStream());
        upgrade(url);
        socket.setSoTimeout(0);
        received = new ReceivedQueue("websocket-reader", this::readMessage);
    }

    private void upgrade(URI url) throws IOException {
        byte[] nonce = new byte[16];
        masks.nextBytes(nonce);
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        out.write("""
                GET %s HTTP/1.1\r
                Host: %s\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Key: %s\r
                Sec-WebSocket-Version: 13\r
                \r
                """.formatted(path, url.getAuthority(), Base64.getEncoder().encodeToString(nonce))
                .getBytes(StandardCharsets.US_ASCII));
        String status = readHeaderLine();
        var headers = new StringBuilder(status);
        for (String line = readHeaderLine(); !line.isEmpty(); line = readHeaderLine()) {
            headers.append('\n').append(line);
        }
        if (!status.startsWith("HTTP/1.1 101")) {
            throw new IOException(url + " refused the upgrade: " + headers);
        }
    }

    private String readHeaderLine() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.US_ASCII).stripTrailing();
    }

    @Override
    public void send(String message) throws IOException {
        writeFrame(TEXT, true, message.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends one message as a text frame and continuation frames. */
    public void sendFragments(List<String> fragments) throws IOException {
        for (int i = 0; i < fragments.size(); i++) {
            byte[] payload = fragments.get(i).getBytes(StandardCharsets.UTF_8);
            writeFrame(i == 0 ? TEXT : CONTINUATION, i == fragments.size() - 1, payload);
        }
    }

    /** Sends one message as a binary frame. */
    public void sendBinary(byte[] message) throws IOException {
        writeFrame(BINARY, true, message);
    }

    /** Sends a ping of at most 125 bytes; the answer is received as a {@link Received.Pong}. */
    public void sendPing(byte[] payload) throws IOException {
        writeFrame(PING, true, payload);
    }

    /** Sends a Close frame with code 1000. The server then ends the connection (spec W14). */
    public void sendClose() throws IOException {
        writeFrame(CLOSE, true, new byte[] {1000 >> 8, (byte) 1000});
    }

    @Override
    public synchronized void sendBytes(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    @Override
    public @Nullable Received receive(Duration timeout) throws InterruptedException {
        return received.poll(timeout);
    }

    /** Ends the TCP connection without a Close frame. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        received.abandon();
    }

    private synchronized void writeFrame(int opcode, boolean last, byte[] payload) throws IOException {
        int length = payload.length;
        var frame = new ByteArrayOutputStream(length + 14);
        var header = new DataOutputStream(frame);
        header.writeByte((last ? FINAL : 0) | opcode);
        if (length < 126) {
            header.writeByte(MASKED | length);
        } else if (length < 1 << 16) {
            header.writeByte(MASKED | 126);
            header.writeShort(length);
        } else {
            header.writeByte(MASKED | 127);
            header.writeLong(length);
        }
        byte[] mask = new byte[4];
        masks.nextBytes(mask);
        header.write(mask);
        for (int i = 0; i < length; i++) {
            frame.write(payload[i] ^ mask[i & 3]);
        }
        sendBytes(frame.toByteArray());
    }

    private @Nullable Received readMessage() throws IOException {
        var message = new ByteArrayOutputStream();
        while (true) {
            int first = in.read();
            if (first < 0) {
                return null;
            }
            byte[] payload = readPayload(message.size());
            switch (first & 0x0f) {
                case TEXT, BINARY, CONTINUATION -> {
                    message.write(payload);
                    if ((first & FINAL) != 0) {
                        return new Received.Message(message.toString(StandardCharsets.UTF_8));
                    }
                }
                case PING -> writeFrame(PONG, true, payload);
                case PONG -> {
                    return new Received.Pong(Base64.getEncoder().encodeToString(payload));
                }
                case CLOSE -> {
                    return new Received.Ended("close frame");
                }
                default -> throw new IOException("unknown opcode in frame that begins with " + first);
            }
        }
    }

    private byte[] readPayload(int before) throws IOException {
        int second = in.readUnsignedByte();
        if ((second & MASKED) != 0) {
            throw new IOException("masked frame from the server");
        }
        long length = switch (second) {
            case 126 -> in.readUnsignedShort();
            case 127 -> in.readLong();
            default -> second;
        };
        if (length < 0 || before + length > MESSAGE_LIMIT) {
            throw new IOException("message of more than " + MESSAGE_LIMIT + " bytes");
        }
        byte[] payload = in.readNBytes((int) length);
        if (payload.length < length) {
            throw new EOFException("end of stream in a frame");
        }
        return payload;
    }
}
