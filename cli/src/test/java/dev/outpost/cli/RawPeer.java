package dev.outpost.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;

/** A WebSocket without threads and without manners: reads when it is told to, and sends messages of any size. */
final class RawPeer implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int FINAL_TEXT = 0x81;
    private static final int MASKED = 0x80;

    private static final byte[] PADDING = "A".repeat(1 << 16).getBytes(US_ASCII);

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /** Connects and upgrades. */
    RawPeer(URI url) throws IOException {
        socket = new Socket(url.getHost(), url.getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        out.write(("GET / HTTP/1.1\r\nHost: outpost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .getBytes(US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        assertThat(head.toString()).startsWith("HTTP/1.1 101");
    }

    /** The same, and begins a session. */
    static RawPeer ready(URI url) throws IOException {
        RawPeer peer = new RawPeer(url);
        peer.send("{\"id\":0,\"method\":\"initialize\",\"params\":{\"clientName\":\"raw\"}}");
        assertThat(peer.receive()).contains("sessionId");
        peer.send("{\"method\":\"initialized\"}");
        return peer;
    }

    void send(String message) throws IOException {
        sendPadded(message, message.length());
    }

    /** Sends one message that begins like this and goes on with the letter A up to a length. */
    void sendPadded(String beginning, long length) throws IOException {
        out.write(ByteBuffer.allocate(14)
                .put((byte) FINAL_TEXT)
                .put((byte) (MASKED | 127))
                .putLong(length)
                .putInt(0)
                .array());
        out.write(beginning.getBytes(UTF_8));
        for (long left = length - beginning.length(); left > 0; left -= PADDING.length) {
            out.write(PADDING, 0, (int) Math.min(left, PADDING.length));
        }
    }

    /** The next message; fails if none comes within a minute. */
    String receive() throws IOException {
        StringBuilder message = new StringBuilder();
        while (true) {
            int first = in.readUnsignedByte();
            int length = in.readUnsignedByte();
            long size = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
            byte[] payload = in.readNBytes((int) size);
            if ((first & 0x0F) <= 1) {
                message.append(new String(payload, UTF_8));
                if ((first & FINAL_TEXT) > 1) {
                    return message.toString();
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
