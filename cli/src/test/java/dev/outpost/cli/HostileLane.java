package dev.outpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.fuzz.HostileSource;
import dev.outpost.testkit.fuzz.Mutator;
import dev.outpost.testkit.wire.RpcClient;
import dev.outpost.testkit.wire.WebSocketConnection;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One hostile client of a listening server, with ever new connections, and an honest one beside it, whose connection is
 * always the same. The honest client asks when a hostile frame is half sent.
 */
final class HostileLane implements Callable<Void> {
    private static final int HANG_MILLIS = 60_000;
    /** One of so many connections is left without a handshake. */
    private static final int WITHOUT_HANDSHAKE = 8;
    /** The honest client is served during one of so many tries. */
    private static final int SERVED = 50;
    /** Behind one of so many connections comes a socket that sends nonsense instead of the upgrade. */
    private static final int NO_UPGRADE = 100;

    private static final List<byte[]> REQUESTS = HostileTrafficTest.utf8(
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            "GET /readyz HTTP/1.1\r\n\r\nHEAD /readyz HTTP/1.1\r\nConnection: close\r\n\r\n",
            "POST /readyz HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");

    private final URI url;
    private final HostileSource source;
    private final long frames;
    private final Tally tally;
    private final HostileClient client;
    private final Mutator requests;
    private final Random random;

    /**
     * A lane that sends until its source has made so many frames.
     *
     * @param tally counts what happens in all lanes
     */
    HostileLane(URI url, HostileSource source, long seed, long frames, Tally tally) {
        this.url = url;
        this.source = source;
        this.frames = frames;
        this.tally = tally;
        client = new HostileClient(source);
        requests = new Mutator(seed, REQUESTS, List.of());
        random = new Random(seed);
    }

    @Override
    public Void call() throws IOException, InterruptedException {
        try (RpcClient honest = new RpcClient(WebSocketConnection.connect(url))) {
            honest.handshake();
            while (source.made() < frames) {
                try (WebSocketConnection connection = WebSocketConnection.connect(url)) {
                    client.begin(connection, random.nextInt(WITHOUT_HANDSHAKE) > 0);
                    untilEnd(connection, honest);
                }
                if (random.nextInt(NO_UPGRADE) == 0) {
                    sendInsteadOfRequest(requests.next());
                }
            }
            tally.sent.addAndGet(source.made());
        }
        return null;
    }

    /** Goes on until the server ends the connection, or it must be ended from here. */
    private void untilEnd(WebSocketConnection connection, RpcClient honest) throws IOException, InterruptedException {
        while (source.made() < frames) {
            HostileClient.Attempt attempt = client.next();
            if (!attempt.canGoOn()) {
                connection.sendBytes(attempt.bytes());
                serve(honest);
                return;
            }
            boolean serving = random.nextInt(SERVED) == 0;
            switch (client.attempt(connection, attempt, serving ? () -> serve(honest) : () -> {})) {
                case ENDED -> {
                    tally.ended.incrementAndGet();
                    return;
                }
                case KEPT -> tally.kept.incrementAndGet();
            }
        }
    }

    private void serve(RpcClient honest) throws IOException, InterruptedException {
        JsonNode root = honest.call("fs/getMetadata", JsonMapper.shared().readTree("{\"path\":\"/\"}"));
        assertThat(root.get("isDirectory").asBoolean()).isTrue();
        honest.forget();
        tally.served.incrementAndGet();
    }

    /** Whatever it is, the socket ends when its other end does. */
    private void sendInsteadOfRequest(byte[] request) throws IOException {
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(HANG_MILLIS);
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        } catch (SocketException e) {
            // Reset: refused before all of it was read.
        }
        tally.requests.incrementAndGet();
    }
}
