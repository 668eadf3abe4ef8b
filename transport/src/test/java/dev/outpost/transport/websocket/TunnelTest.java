package dev.outpost.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import dev.outpost.transport.ConnectException;
import dev.outpost.transport.ConnectException.Kind;
import dev.outpost.transport.RecordingHandler;
import dev.outpost.transport.websocket.RawServer.Request;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proxies and TLS: what is between the socket and the upgrade. */
class TunnelTest extends ConnectorTestBase {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private static SSLContext tls;

    @BeforeAll
    static void generateCertificate(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        "changeit")
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        tls = SSLContext.getInstance("TLS");
        tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    }

    private static RawServer secure(RawServer.Role role) throws IOException {
        return RawServer.start(
                tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()), role);
    }

    private static void echo(RawServer.Peer peer) throws IOException {
        peer.upgrade();
        for (RawServer.Frame frame = peer.frame(); frame != null; frame = peer.frame()) {
            if (frame.opcode() == Opcode.TEXT) {
                peer.send(true, Opcode.TEXT, frame.payload());
            }
        }
    }

    /** A proxy that keeps what it is asked for, and opens tunnels to wherever on this machine. */
    private static RawServer proxy(BlockingQueue<Request> asked) throws IOException {
        return RawServer.start(peer -> {
            Request request = peer.request();
            asked.add(request);
            String target = request.line().split(" ", -1)[1];
            int port = Integer.parseInt(target.substring(target.lastIndexOf(':') + 1));
            try (Socket onward = new Socket(InetAddress.getLoopbackAddress(), port)) {
                peer.write("HTTP/1.1 200 Connection established\r\nX-Proxy: test\r\n\r\n");
                Thread back = Thread.ofPlatform().start(() -> {
                    try {
                        onward.getInputStream().transferTo(peer.socket.getOutputStream());
                        peer.socket.close();
                    } catch (IOException ended) {
                        // The test is over.
                    }
                });
                try {
                    peer.in().transferTo(onward.getOutputStream());
                } finally {
                    onward.close();
                    back.join();
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
    }

    private static ProxySettings proxies(Map<String, String> variables) {
        return ProxySettings.fromVariables(variables::get);
    }

    private void assertEchoes(RecordingHandler client) {
        String text = "0123456789".repeat(100_000);
        send(client, text);
        assertThat(client.text()).isEqualTo(text);
    }

    @Test
    void talksTls() throws Exception {
        try (RawServer server = secure(TunnelTest::echo)) {
            assertEchoes(
                    connect("wss://localhost:" + server.port(), settings -> settings.tls(tls), new RecordingHandler()));
        }
    }

    @Test
    @Spec({"C3"})
    void aCertificateThatNobodyVouchesForIsRefused() throws Exception {
        try (RawServer server = secure(TunnelTest::echo)) {
            String url = "wss://localhost:" + server.port();
            String message = assertRefusedAnyhow(url, UnaryOperator.identity());
            assertThat(message)
                    .startsWith("failed to connect to exec-server websocket `" + url + "`: TLS error: ")
                    .contains("unable to find valid certification path");
        }
    }

    @Test
    void aCertificateOfAnotherNameIsRefused() throws Exception {
        try (RawServer server = RawServer.start(
                tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.2")),
                TunnelTest::echo)) {
            assertThat(assertRefusedAnyhow("wss://127.0.0.2:" + server.port(), settings -> settings.tls(tls)))
                    .contains("TLS error: ")
                    .contains("127.0.0.2");
        }
    }

    @Test
    @Spec({"C3"})
    void aServerWithoutTlsIsRefused() throws Exception {
        try (RawServer server = RawServer.start(peer -> {
            peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
            peer.rest();
        })) {
            assertThat(assertRefusedAnyhow("wss://127.0.0.1:" + server.port(), UnaryOperator.identity()))
                    .contains("TLS error: ");
        }
    }

    @ParameterizedTest
    @Spec({"C5"})
    @CsvSource({"HTTP_PROXY, ws", "http_proxy, ws", "ALL_PROXY, ws", "HTTPS_PROXY, wss", "ALL_PROXY, wss"})
    void asksAProxyForATunnelAlsoWithoutTls(String variable, String scheme) throws Exception {
        BlockingQueue<Request> asked = new LinkedBlockingQueue<>();
        try (RawServer proxy = proxy(asked);
                RawServer server =
                        scheme.equals("wss") ? secure(TunnelTest::echo) : RawServer.start(TunnelTest::echo)) {
            Map<String, String> variables = Map.of(variable, "http://us%40er:pass+word@127.0.0.1:" + proxy.port());
            // Only the proxy knows this name.
            String url = scheme + "://localhost:" + server.port() + "/x";
            RecordingHandler client =
                    connect(url, settings -> settings.tls(tls).proxies(proxies(variables)), new RecordingHandler());
            assertEchoes(client);
            Request request = asked.take();
            assertThat(request.line()).isEqualTo("CONNECT localhost:" + server.port() + " HTTP/1.1");
            assertThat(request.headers())
                    .containsOnlyKeys("host", "proxy-authorization")
                    .containsEntry("proxy-authorization", "Basic dXNAZXI6cGFzcyt3b3Jk");
        }
    }

    @Test
    @Spec({"C5"})
    void aProxyThatRefusesIsNamedWithoutItsPassword() throws Exception {
        try (RawServer proxy = RawServer.start(peer -> {
            peer.request();
            peer.write("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
            peer.rest();
        })) {
            Map<String, String> variables = Map.of("HTTP_PROXY", "http://user:secret@127.0.0.1:" + proxy.port());
            assertRefused(
                    "ws://box:80",
                    settings -> settings.proxies(proxies(variables)),
                    Kind.REFUSED,
                    "failed to connect to exec-server websocket `ws://box:80`: the proxy 127.0.0.1:" + proxy.port()
                            + " refused the tunnel: HTTP error: 407 Proxy Authentication Required");
            assertRefused(
                    "ws://box:80",
                    settings -> settings.proxies(proxies(Map.of("ALL_PROXY", "socks5://u:secret@127.0.0.1:1"))),
                    Kind.REFUSED,
                    "failed to connect to exec-server websocket `ws://box:80`: cannot use the proxy"
                            + " socks5://127.0.0.1:1: only http://HOST:PORT is supported");
        }
    }

    @ParameterizedTest
    @Spec({"C5"})
    @CsvSource({
        "*, box, true",
        "'other,box', box, true",
        "' box ', BOX, true",
        "box, sub.box, true",
        ".box, sub.box, true",
        ".box, box, true",
        "*.box, sub.box, true",
        "box, inbox, false",
        "box:7, box, true",
        "box:8, box, false",
        "10.0.0.0/8, 10.1.2.3, true",
        "10.0.0.0/8, 11.1.2.3, false",
        "10.0.0.1, 10.0.0.1, true",
        "10.0.0.0/x, 10.0.0.1, false",
        "0.1, 10.0.0.1, false",
        "::1, ::1, true",
        "'', box, false",
    })
    void someHostsAreConnectedToDirectly(String exceptions, String host, boolean direct) {
        ProxySettings settings = proxies(Map.of("ALL_PROXY", "proxy:1", "NO_PROXY", exceptions));
        assertThat(settings.proxyFor(false, host, 7)).isEqualTo(direct ? null : "proxy:1");
    }

    @Test
    void proxiesAreShownWithoutPasswords() {
        assertThat(proxies(Map.of(
                        "HTTP_PROXY", "me:secret@plain:1", "ALL_PROXY", "http://me:secret@any", "NO_PROXY", "a,b")))
                .hasToString("ProxySettings[http=http://plain:1, https=none, all=http://any, exceptions=[a, b]]");
    }

    @Test
    @Spec({"C5"})
    void theProxyOfTheSchemeGoesFirst() {
        ProxySettings settings = proxies(Map.of("HTTP_PROXY", "plain:1", "HTTPS_PROXY", "tls:1", "ALL_PROXY", "any:1"));
        assertThat(settings.proxyFor(false, "box", 80)).isEqualTo("plain:1");
        assertThat(settings.proxyFor(true, "box", 443)).isEqualTo("tls:1");
        assertThat(proxies(Map.of("HTTP_PROXY", " ", "http_proxy", "low:1")).proxyFor(false, "box", 80))
                .isEqualTo("low:1");
        assertThat(List.of(proxies(Map.of("HTTPS_PROXY", "tls:1")), ProxySettings.NONE))
                .allSatisfy(none -> assertThat(none.proxyFor(false, "box", 80)).isNull());
    }

    private String assertRefusedAnyhow(String url, UnaryOperator<ConnectorConfig.Builder> settings) {
        try {
            connector(url, settings).connect(new RecordingHandler());
        } catch (ConnectException refused) {
            assertThat(refused.kind()).isEqualTo(Kind.REFUSED);
            return refused.getMessage();
        }
        throw new AssertionError("connected to " + url);
    }
}
