package dev.outpost.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;

/** A socket for what no client should do: arbitrary bytes, messages of any size, never reading. For one thread. */
final class RawSocket implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 180_000;
    private static final int BLOCK = 1 << 16;

    private final URI url;
    private final Socket socket = new Socket();
    private final OutputStream out;
    private final DataInputStream in;

    /** Connects and no more. */
    RawSocket(String url) throws IOException {
        this.url = URI.create(url);
        socket.connect(new InetSocketAddress(this.url.getHost(), this.url.getPort()), TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
    }

    /** Connects and upgrades. */
    static RawSocket upgraded(String url) throws IOException {
        RawSocket socket = new RawSocket(url);
        try {
            socket.upgrade();
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Connects, upgrades and begins a session. */
    static RawSocket ready(String url) throws IOException {
        RawSocket socket = upgraded(url);
        try {
            socket.initialize();
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private void upgrade() throws IOException {
        write(("GET / HTTP/1.1\r\nHost: " + url.getAuthority()
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .getBytes(ISO_8859_1));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        if (!head.toString().startsWith("HTTP/1.1 101")) {
            throw new IOException(
                    "no upgrade: " + head.toString().lines().findFirst().orElse(""));
        }
    }

    /** Begins a session and waits for the answer. */
    void initialize() throws IOException {
        sendText("{\"id\":0,\"method\":\"initialize\",\"params\":{\"clientName\":\"hostile\"}}");
        Json answer = receive();
        if (answer.get("error").exists()) {
            throw new Refused(
                    "initialize",
                    answer.get("error").get("code").number(),
                    answer.get("error").get("message").text());
        }
        sendText("{\"method\":\"initialized\",\"params\":{}}");
    }

    void write(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    void sendText(String message) throws IOException {
        byte[] bytes = message.getBytes(UTF_8);
        write(header(bytes.length));
        write(bytes);
    }

    /** Sends one message of so many bytes: this beginning, and then always the same letter. */
    void sendLarge(String beginning, long length) throws IOException {
        byte[] first = beginning.getBytes(UTF_8);
        write(header(length));
        write(first);
        byte[] block = "A".repeat(BLOCK).getBytes(UTF_8);
        for (long left = length - first.length; left > 0; left -= BLOCK) {
            out.write(block, 0, (int) Math.min(left, BLOCK));
        }
    }

    /** An answer to a ping that nobody saw: shows life without reading. */
    void sendPong() throws IOException {
        write(new byte[] {(byte) 0x8A, (byte) 0x80, 0, 0, 0, 0});
    }

    /** The header of a final text frame, masked with zeros. */
    static byte[] header(long length) {
        ByteBuffer header = ByteBuffer.allocate(14).put((byte) 0x81);
        if (length < 126) {
            header.put((byte) (0x80 | length));
        } else if (length < 1 << 16) {
            header.put((byte) 0xFE).putShort((short) length);
        } else {
            header.put((byte) 0xFF).putLong(length);
        }
        byte[] bytes = new byte[header.putInt(0).position()];
        header.flip().get(bytes);
        return bytes;
    }

    /** The next message; control frames are skipped. */
    Json receive() throws IOException {
        byte[] message = new byte[0];
        while (true) {
            int first = in.readUnsignedByte();
            int second = in.readUnsignedByte();
            long length = switch (second) {
                case 126 -> in.readUnsignedShort();
                case 127 -> in.readLong();
                default -> second;
            };
            byte[] payload = in.readNBytes((int) length);
            int opcode = first & 0x0F;
            if (opcode == 8 || payload.length < length) {
                throw new EOFException("closed by the server");
            }
            if (opcode > 8) {
                continue;
            }
            byte[] whole = new byte[message.length + payload.length];
            System.arraycopy(message, 0, whole, 0, message.length);
            System.arraycopy(payload, 0, whole, message.length, payload.length);
            message = whole;
            if ((first & 0x80) != 0) {
                return Json.parse(message, message.length);
            }
        }
    }

    /** The next answer, notifications are skipped. */
    Json receiveAnswer() throws IOException {
        Json message = receive();
        while (message.get("method").exists()) {
            message = receive();
        }
        return message;
    }

    /** Reads and throws away what comes until the server ends the connection. */
    void awaitEnd() throws IOException {
        byte[] buffer = new byte[BLOCK];
        try {
            while (in.read(buffer) >= 0) {
                Thread.onSpinWait();
            }
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException reset) {
            // An end too.
        }
    }

    /** Makes the end a reset instead of a FIN. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
