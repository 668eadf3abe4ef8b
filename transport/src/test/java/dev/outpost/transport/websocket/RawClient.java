package dev.outpost.transport.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A client with control over every byte: HTTP as text, frames as they are told. */
final class RawClient implements AutoCloseable {
    private static final int READ_TIMEOUT_MILLIS = 30_000;
    static final String UPGRADE = """
            GET / HTTP/1.1\r
            Host: localhost\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r
            """;

    /** A frame from the server. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Frame(boolean last, int opcode, byte[] payload) {
        String text() {
            return new String(payload, UTF_8);
        }
    }

    /** An HTTP answer. */
    record Response(int status, Map<String, String> headers, String body) {}

    private final Closeable socket;
    private final InputStream in;
    private final OutputStream out;

    private RawClient(Closeable socket, InputStream in, OutputStream out) {
        this.socket = socket;
        this.in = new BufferedInputStream(in, 64 * 1024);
        this.out = out;
    }

    /** A socket to the listener, and nothing sent. */
    static RawClient connect(WebSocketListener listener) throws IOException {
        return connect(listener, 0);
    }

    /** A socket with a receive buffer of this size; 0 for the system's choice. */
    static RawClient connect(WebSocketListener listener, int receiveBuffer) throws IOException {
        if (listener.url().startsWith("unix://")) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(Path.of(listener.url().substring("unix://".length()))));
            return new RawClient(channel, Channels.newInputStream(channel), Channels.newOutputStream(channel));
        }
        Socket socket = new Socket();
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        if (receiveBuffer > 0) {
            socket.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        URI url = URI.create(listener.url());
        socket.connect(new InetSocketAddress(url.getHost(), url.getPort()));
        return new RawClient(socket, socket.getInputStream(), socket.getOutputStream());
    }

    /** A WebSocket to the listener. */
    static RawClient upgraded(WebSocketListener listener) throws IOException {
        return upgraded(listener, 0);
    }

    /** A WebSocket whose socket has a receive buffer of this size. */
    static RawClient upgraded(WebSocketListener listener, int receiveBuffer) throws IOException {
        RawClient client = connect(listener, receiveBuffer);
        Response response = client.request(UPGRADE);
        if (response.status != 101) {
            client.close();
            throw new IOException("upgrade answered with " + response);
        }
        return client;
    }

    /** Sends an HTTP request and reads the answer. */
    Response request(String request) throws IOException {
        write(request.getBytes(ISO_8859_1));
        return response(request.startsWith("HEAD "));
    }

    /** Reads an HTTP answer. */
    Response response(boolean withoutBody) throws IOException {
        String status = line();
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = withoutBody ? 0 : Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Response(
                Integer.parseInt(status.substring(9, 12)), headers, new String(readFully(length), ISO_8859_1));
    }

    void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void text(String text) throws IOException {
        write(frame(true, Opcode.TEXT, text.getBytes(UTF_8)));
    }

    void send(boolean last, int opcode, byte[] payload) throws IOException {
        write(frame(last, opcode, payload));
    }

    /** A masked frame. */
    static byte[] frame(boolean last, int opcode, byte[] payload) {
        byte[] key = {(byte) 0x9a, 0x01, (byte) 0xff, (byte) payload.length};
        ByteBuffer frame = ByteBuffer.allocate(14 + payload.length);
        frame.put(header(last, opcode, payload.length, key));
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ key[i & 3]));
        }
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }

    /** The header of a masked frame; a key of no bytes makes an unmasked one. */
    static byte[] header(boolean last, int opcode, long length, byte[] key) {
        ByteBuffer header = ByteBuffer.allocate(14);
        header.put((byte) (last ? opcode | 0x80 : opcode));
        int mask = key.length > 0 ? 0x80 : 0;
        if (length < 126) {
            header.put((byte) (mask | length));
        } else if (length < 65536) {
            header.put((byte) (mask | 126)).putShort((short) length);
        } else {
            header.put((byte) (mask | 127)).putLong(length);
        }
        header.put(key);
        byte[] bytes = new byte[header.position()];
        header.flip().get(bytes);
        return bytes;
    }

    /** The next frame; null when the connection has ended, however. */
    @Nullable Frame frame() throws IOException {
        int first;
        int second;
        try {
            first = in.read();
            if (first < 0) {
                return null;
            }
            second = readFully(1)[0];
        } catch (SocketException e) {
            return null;
        }
        if ((second & 0x80) != 0) {
            throw new IOException("a server must not mask");
        }
        long length = second;
        if (second >= 126) {
            length = 0;
            for (byte b : readFully(second == 126 ? 2 : 8)) {
                length = (length << 8) + (b & 0xFF);
            }
        }
        return new Frame((first & 0x80) != 0, first & 0x7F, readFully((int) length));
    }

    /** The next frame, which must come. */
    Frame next() throws IOException {
        Frame frame = frame();
        if (frame == null) {
            throw new EOFException("the connection has ended");
        }
        return frame;
    }

    /** The next frame that is no ping or pong. */
    Frame data() throws IOException {
        while (true) {
            Frame frame = next();
            if (frame.opcode < Opcode.CLOSE) {
                return frame;
            }
        }
    }

    /** The next whole message. */
    String message() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        Frame frame = data();
        if (frame.opcode != Opcode.TEXT) {
            throw new IOException("opcode " + frame.opcode);
        }
        message.writeBytes(frame.payload);
        while (!frame.last) {
            frame = data();
            if (frame.opcode != Opcode.CONTINUATION) {
                throw new IOException("opcode " + frame.opcode + " inside a message");
            }
            message.writeBytes(frame.payload);
        }
        return message.toString(UTF_8);
    }

    /** Sends a text and returns the answer. */
    String exchange(String text) throws IOException {
        text(text);
        return message();
    }

    /** Ends the connection with a reset instead of an orderly end. */
    void reset() throws IOException {
        ((Socket) socket).setSoLinger(true, 0);
        socket.close();
    }

    int localPort() {
        return ((Socket) socket).getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private byte[] readFully(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection ended inside something");
        }
        return bytes;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection has ended");
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }
}
