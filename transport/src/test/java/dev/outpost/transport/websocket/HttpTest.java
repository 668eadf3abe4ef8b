package dev.outpost.transport.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import dev.outpost.transport.RecordingHandler;
import dev.outpost.transport.websocket.RawClient.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTest extends ListenerTest {
    @ParameterizedTest
    @Spec({"W10"})
    @CsvSource({
        "GET, /readyz, 200",
        "HEAD, /readyz, 200",
        "GET, /readyz?x=1, 200",
        "GET, http://localhost/readyz, 200",
        "POST, /readyz, 405",
        "GET, /readyz/, 404",
        "GET, /nothing, 404",
        "POST, /nothing, 404"
    })
    void answersRoutesWithoutBody(String method, String target, int status) throws IOException {
        try (RawClient client = RawClient.connect(listen(RecordingHandler::echo))) {
            Response response = client.request(method + " " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(response.status()).isEqualTo(status);
            assertThat(response.headers()).containsEntry("content-length", "0");
            assertThat(response.headers().get("allow")).isEqualTo(status == 405 ? "GET,HEAD" : null);
        }
    }

    @ParameterizedTest
    @Spec({"W10"})
    @ValueSource(strings = {"/", "/?token=x", "http://localhost/", "http://localhost"})
    void upgrades(String target) throws IOException {
        try (RawClient client = RawClient.connect(listen(RecordingHandler::echo))) {
            Response response = client.request(RawClient.UPGRADE.replace("GET /", "GET " + target));
            assertThat(response.status()).isEqualTo(101);
            assertThat(response.headers())
                    .containsEntry("upgrade", "websocket")
                    .containsEntry("connection", "upgrade")
                    .containsEntry("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            assertThat(client.exchange("hello")).isEqualTo("hello");
        }
    }

    @Test
    @Spec({"W12"})
    void negotiatesNeitherSubprotocolNorExtension() throws IOException {
        try (RawClient client = RawClient.connect(listen(RecordingHandler::echo))) {
            Response response = client.request(with("Sec-WebSocket-Protocol: a, b\r\n"
                    + "Sec-WebSocket-Extensions: permessage-deflate\r\nAuthorization: Bearer x"));
            assertThat(response.status()).isEqualTo(101);
            assertThat(response.headers()).doesNotContainKeys("sec-websocket-protocol", "sec-websocket-extensions");
        }
    }

    @ParameterizedTest
    @Spec({"W11"})
    @CsvSource(
            delimiter = '|',
            value = {
                "Connection: Upgrade | Connection: close | Connection header did not include 'upgrade'",
                "Upgrade: websocket | Upgrade: h2c | `Upgrade` header did not include 'websocket'",
                "Version: 13 | Version: 8 | `Sec-WebSocket-Version` header did not include '13'",
                "Sec-WebSocket-Key: | X-Key: | `Sec-WebSocket-Key` header missing"
            })
    void refusesWhatIsNoUpgrade(String from, String to, String text) throws IOException {
        try (RawClient client = RawClient.connect(listen(RecordingHandler::echo))) {
            Response response = client.request(RawClient.UPGRADE.replace(from, to));
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.headers().get("content-type")).startsWith("text/plain");
            assertThat(response.body()).isEqualTo(text);
        }
    }

    @Test
    @Spec({"W11"})
    void refusesAnUpgradeThatIsNoGet() throws IOException {
        try (RawClient client = RawClient.connect(listen(RecordingHandler::echo))) {
            Response response = client.request(RawClient.UPGRADE.replace("GET", "POST"));
            assertThat(response.status()).isEqualTo(405);
            assertThat(response.headers().get("content-type")).startsWith("text/plain");
            assertThat(response.body()).isEqualTo("Request method must be `GET`");
        }
    }

    @ParameterizedTest
    @Spec({"N28", "N14e", "N82"})
    @ValueSource(strings = {"GET /", "GET /readyz", "GET /nothing", "POST /", "POST /readyz"})
    void refusesAnyOriginBeforeEverythingElse(String start) throws IOException {
        try (RawClient client = RawClient.connect(listen(RecordingHandler::echo))) {
            String request = with("Origin: https://example.test").replace("GET /", start);
            Response response = client.request(request.replace("Version: 13", "Version: 7"));
            assertThat(response.status()).isEqualTo(403);
            assertThat(response.body()).isEmpty();
        }
    }

    @Test
    @Spec({"N14e"})
    void letsListedOriginsIn() throws IOException {
        WebSocketListener listener =
                listen(settings -> settings.allowedOrigins(Set.of("https://a.test")), RecordingHandler::echo);
        try (RawClient client = RawClient.connect(listener)) {
            assertThat(client.request(with("Origin: https://a.test.evil")).status())
                    .isEqualTo(403);
            assertThat(client.request(with("Origin: https://a.test\r\nOrigin: https://b.test"))
                            .status())
                    .isEqualTo(403);
            assertThat(client.request(with("Origin: https://a.test")).status()).isEqualTo(101);
        }
    }

    @Test
    @Spec({"W10"})
    void answersManyRequestsOnOneSocketAndThenUpgradesIt() throws IOException {
        try (RawClient client = RawClient.connect(listen(RecordingHandler::echo))) {
            for (int i = 0; i < 100; i++) {
                assertThat(client.request("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
                                .status())
                        .isEqualTo(200);
            }
            client.request("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
            assertThat(client.request(RawClient.UPGRADE).status()).isEqualTo(101);
            assertThat(client.exchange("x")).isEqualTo("x");
        }
    }

    @Test
    void readsFramesThatComeWithTheUpgradeInOnePiece() throws IOException {
        try (RawClient client = RawClient.connect(listen(RecordingHandler::echo))) {
            byte[] frame = RawClient.frame(true, Opcode.TEXT, "early".getBytes(ISO_8859_1));
            Response response = client.request(RawClient.UPGRADE + new String(frame, ISO_8859_1));
            assertThat(response.status()).isEqualTo(101);
            assertThat(client.message()).isEqualTo("early");
        }
    }

    @Test
    void readsAnUpgradeByteByByte() throws IOException {
        try (RawClient client = RawClient.connect(listen(RecordingHandler::echo))) {
            for (byte b : RawClient.UPGRADE.getBytes(ISO_8859_1)) {
                client.write(new byte[] {b});
            }
            assertThat(client.response(true).status()).isEqualTo(101);
        }
    }

    @ParameterizedTest
    @CsvSource({"garbage, 400", "GET / HTTP/1.1\\r\\nHo st: x, 400", "LONG, 431", "MANY, 431"})
    void refusesWhatIsNoHttpAndEndsTheSocket(String start, int status) throws IOException {
        WebSocketListener listener = listen(settings -> settings.maxHeaderBytes(1000), RecordingHandler::echo);
        String request = switch (start) {
            case "LONG" -> "GET /" + "x".repeat(1000) + " HTTP/1.1";
            case "MANY" -> "GET / HTTP/1.1\r\n" + "a: b\r\n".repeat(300);
            default -> start.replace("\\r\\n", "\r\n");
        };
        try (RawClient client = RawClient.connect(listener)) {
            Response response = client.request(request + "\r\n\r\n");
            assertThat(response.status()).isEqualTo(status);
            assertThat(response.headers()).containsEntry("connection", "close");
            assertThat(client.frame()).isNull();
        }
    }

    @Test
    void refusesOneConnectionTooManyAndForgetsEndedOnes() throws Exception {
        WebSocketListener listener = listen(settings -> settings.maxConnections(2), RecordingHandler::echo);
        try (RawClient first = RawClient.upgraded(listener);
                RawClient second = RawClient.upgraded(listener)) {
            try (RawClient third = RawClient.connect(listener)) {
                Response response = third.request(RawClient.UPGRADE);
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.body()).isEqualTo("too many connections");
                assertThat(third.frame()).isNull();
            }
            assertThat(second.exchange("still here")).isEqualTo("still here");
            first.reset();
            handler().end();
            try (RawClient fourth = RawClient.upgraded(listener)) {
                assertThat(fourth.exchange("x")).isEqualTo("x");
            }
        }
    }

    @Test
    void closesSocketsBeyondTheSpareOnes() throws IOException {
        WebSocketListener listener = listen(settings -> settings.maxConnections(1), RecordingHandler::echo);
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i <= ListenerConfig.SPARE_SOCKETS; i++) {
                RawClient client = RawClient.connect(listener);
                clients.add(client);
                assertThat(client.request("GET /readyz HTTP/1.1\r\n\r\n").status())
                        .isEqualTo(200);
            }
            RawClient tooMany = RawClient.connect(listener);
            clients.add(tooMany);
            assertThat(tooMany.frame()).isNull();
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "GET / HTT", "GET /readyz HTTP/1.1\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n"})
    void endsASocketThatDoesNotBecomeAWebSocket(String sent) throws IOException {
        WebSocketListener listener =
                listen(settings -> settings.handshakeTimeout(Duration.ofMillis(200)), RecordingHandler::echo);
        try (RawClient client = RawClient.connect(listener)) {
            client.write(sent.getBytes(ISO_8859_1));
            if (sent.endsWith("\r\n\r\n")) {
                client.response(false);
            }
            assertThat(client.frame()).isNull();
        }
    }

    private static String with(String header) {
        return RawClient.UPGRADE.replace("Host: localhost", header);
    }
}
