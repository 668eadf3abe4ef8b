package dev.outpost.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A WebSocket client with nothing between it and the socket: the zero mask key makes masking free for every server alike. */
public final class WebSocketWire implements Wire {
    private static final int LARGEST_FRAME = 8 << 20; // Codex cuts the connection at a frame above 16 MiB.

    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 20);
    private final Message message = new Message();
    private ByteBuffer out = ByteBuffer.allocateDirect(1 << 16);

    /** Connects and upgrades. */
    public WebSocketWire(String url) throws IOException {
        URI uri = URI.create(url);
        channel = SocketChannel.open(new InetSocketAddress(uri.getHost(), uri.getPort()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        String request = "GET / HTTP/1.1\r\nHost: " + uri.getAuthority()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(ISO_8859_1));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        in.flip();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) next());
        }
        if (!head.toString().startsWith("HTTP/1.1 101")) {
            throw new IOException("no upgrade: " + head);
        }
    }

    @Override
    public void send(byte[] json) throws IOException {
        int from = 0;
        do {
            int count = Math.min(LARGEST_FRAME, json.length - from);
            sendFrame(json, from, count, from + count == json.length);
            from += count;
        } while (from < json.length);
    }

    private void sendFrame(byte[] json, int from, int count, boolean last) throws IOException {
        int needed = count + 14;
        if (out.capacity() < needed) {
            out = ByteBuffer.allocateDirect(needed);
        }
        out.clear();
        out.put((byte) ((last ? 0x80 : 0) | (from == 0 ? 1 : 0)));
        if (count < 126) {
            out.put((byte) (0x80 | count));
        } else if (count < 65536) {
            out.put((byte) 0xFE).putShort((short) count);
        } else {
            out.put((byte) 0xFF).putLong(count);
        }
        out.putInt(0).put(json, from, count).flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    @Override
    public Message receive() throws IOException {
        message.length = 0;
        while (true) {
            int first = next();
            int second = next();
            long length = second & 0x7F;
            if (length == 126) {
                length = next() << 8 | next();
            } else if (length == 127) {
                length = 0;
                for (int i = 0; i < 8; i++) {
                    length = length << 8 | next();
                }
            }
            int opcode = first & 0x0F;
            if (opcode == 8) {
                throw new EOFException("closed by the server");
            }
            if (opcode >= 8) {
                for (long i = 0; i < length; i++) {
                    next();
                }
                continue;
            }
            message.reserve((int) length);
            int left = (int) length;
            while (left > 0) {
                if (!in.hasRemaining()) {
                    fill();
                }
                int count = Math.min(left, in.remaining());
                in.get(message.bytes, message.length, count);
                message.length += count;
                left -= count;
            }
            if ((first & 0x80) != 0) {
                return message;
            }
        }
    }

    private int next() throws IOException {
        if (!in.hasRemaining()) {
            fill();
        }
        return in.get() & 0xFF;
    }

    private void fill() throws IOException {
        in.clear();
        if (channel.read(in) < 0) {
            throw new EOFException("connection ended");
        }
        in.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
