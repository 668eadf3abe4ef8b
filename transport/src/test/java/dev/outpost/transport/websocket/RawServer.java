package dev.outpost.transport.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A server with control over every byte. Each socket is served on a thread of its own by what the test wants. */
final class RawServer implements AutoCloseable {
    private static final int READ_TIMEOUT_MILLIS = 30_000;

    /** What to do with a new socket, which is closed afterwards. */
    @FunctionalInterface
    interface Role {
        void serve(Peer peer) throws IOException;
    }

    /** A frame from the client. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Frame(boolean last, int opcode, boolean masked, byte[] payload) {
        String text() {
            return new String(payload, UTF_8);
        }
    }

    /** A request without its body. */
    record Request(String line, Map<String, String> headers) {
        /** What an upgrade with this request's key is accepted with. */
        String accept() {
            return Handshake.accept(headers.getOrDefault("sec-websocket-key", ""));
        }
    }

    private final ServerSocket listening;
    private final Role role;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    private RawServer(ServerSocket listening, Role role) {
        this.listening = listening;
        this.role = role;
        Thread accepting = new Thread(this::accept, "raw-server");
        threads.add(accepting);
        accepting.start();
    }

    static RawServer start(Role role) throws IOException {
        return start(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), role);
    }

    static RawServer start(ServerSocket listening, Role role) {
        return new RawServer(listening, role);
    }

    /** Serves WebSockets. */
    static RawServer webSocket(Role afterUpgrade) throws IOException {
        return start(peer -> {
            peer.upgrade();
            afterUpgrade.serve(peer);
        });
    }

    int port() {
        return listening.getLocalPort();
    }

    String url() {
        return "ws://127.0.0.1:" + port();
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = listening.accept();
                sockets.add(socket);
                Thread serving = new Thread(() -> serve(socket), "raw-server-peer");
                threads.add(serving);
                serving.start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            role.serve(new Peer(socket));
        } catch (IOException ended) {
            // The client is gone; what the test wants to know of it, it asks the client.
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** One socket. */
    static final class Peer {
        final Socket socket;
        private final InputStream in;

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            in = new BufferedInputStream(socket.getInputStream());
        }

        void write(String text) throws IOException {
            write(text.getBytes(ISO_8859_1));
        }

        void write(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }

        Request request() throws IOException {
            String line = line();
            Map<String, String> headers = new LinkedHashMap<>();
            for (String header = line(); !header.isEmpty(); header = line()) {
                int colon = header.indexOf(':');
                headers.put(
                        header.substring(0, colon).toLowerCase(Locale.ROOT),
                        header.substring(colon + 1).strip());
            }
            return new Request(line, headers);
        }

        /** Answers an upgrade, with further header lines if given. */
        Request upgrade(String... further) throws IOException {
            Request request = request();
            List<String> lines = new ArrayList<>(List.of(
                    "HTTP/1.1 101 Switching Protocols",
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Accept: " + request.accept()));
            lines.addAll(List.of(further));
            write(String.join("\r\n", lines) + "\r\n\r\n");
            return request;
        }

        /** An unmasked frame. */
        void send(boolean last, int opcode, byte[] payload) throws IOException {
            byte[] header = RawClient.header(last, opcode, payload.length, new byte[0]);
            byte[] frame = new byte[header.length + payload.length];
            System.arraycopy(header, 0, frame, 0, header.length);
            System.arraycopy(payload, 0, frame, header.length, payload.length);
            write(frame);
        }

        void text(String text) throws IOException {
            send(true, Opcode.TEXT, text.getBytes(UTF_8));
        }

        /** The next frame; null at the end. */
        @Nullable Frame frame() throws IOException {
            int first = in.read();
            if (first < 0) {
                return null;
            }
            int second = readFully(1)[0];
            long length = second & 0x7F;
            if (length >= 126) {
                int bytes = length == 126 ? 2 : 8;
                length = 0;
                for (byte b : readFully(bytes)) {
                    length = (length << 8) + (b & 0xFF);
                }
            }
            boolean masked = second < 0;
            byte[] key = masked ? readFully(4) : new byte[4];
            byte[] payload = readFully((int) length);
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= key[i & 3];
            }
            return new Frame((first & 0x80) != 0, first & 0x0F, masked, payload);
        }

        /** Whatever comes until the end. */
        byte[] rest() throws IOException {
            return in.readAllBytes();
        }

        InputStream in() {
            return in;
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
                    throw new EOFException("the connection ended inside a line");
                }
                line.append((char) c);
            }
            return line.toString().stripTrailing();
        }
    }
}
