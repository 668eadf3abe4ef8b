package dev.outpost.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.testkit.Spec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenUrlTest {
    @ParameterizedTest
    @ValueSource(strings = {"stdio", "stdio://"})
    @Spec("W2")
    void stdio(String url) throws Exception {
        assertThat(ListenUrl.parse(url)).isEqualTo(new ListenUrl.Stdio());
    }

    @ParameterizedTest
    @Spec("W3")
    @CsvSource({
        "ws://127.0.0.1:0, 127.0.0.1, 0",
        "ws://0.0.0.0:1234, 0.0.0.0, 1234",
        "ws://[::1]:0, ::1, 0",
        "ws://[::]:65535, ::, 65535",
        "ws://[2001:db8::a:b]:80, 2001:db8::a:b, 80",
        "ws://10.1.2.3:00080, 10.1.2.3, 80",
    })
    void ipSocketAddresses(String url, String host, int port) throws Exception {
        assertThat(ListenUrl.parse(url))
                .isEqualTo(new ListenUrl.WebSocket(new InetSocketAddress(InetAddress.ofLiteral(host), port)));
    }

    @ParameterizedTest
    @Spec({"W4", "W7"})
    @ValueSource(
            strings = {
                "ws://",
                "ws://localhost:0",
                "ws://127.0.0.1",
                "ws://127.0.0.1:",
                "ws://127.0.0.1:65536",
                "ws://127.0.0.1:99999999999999999999",
                "ws://127.0.0.1:-1",
                "ws://127.0.0.1:+1",
                "ws://127.0.0.1:٣",
                "ws://127.0.0.1:0/",
                "ws://127.0.0.1:0/path",
                "ws://127.0.0.1:0 ",
                "ws:// 127.0.0.1:0",
                "ws://127.1:0",
                "ws://127.0.0.01:0",
                "ws://256.0.0.1:0",
                "ws://1.2.3.4.5:0",
                "ws://0x7f000001:0",
                "ws://2130706433:0",
                "ws://::1:0",
                "ws://[::1]",
                "ws://[::1",
                "ws://[::1]x:0",
                "ws://[127.0.0.1]:0",
                "ws://[1::2::3]:0",
                "ws://[::1%lo]:0",
                "ws://[]:0",
                "ws://:0",
            })
    void otherWebSocketUrls(String url) {
        assertThatThrownBy(() -> ListenUrl.parse(url))
                .isInstanceOf(StartFailure.class)
                .hasMessage("invalid websocket --listen URL `" + url + "`; expected `ws://IP:PORT`");
    }

    @ParameterizedTest
    @Spec({"W5", "W7"})
    @ValueSource(
            strings = {
                "",
                "http://127.0.0.1:0",
                "wss://127.0.0.1:0",
                "WS://127.0.0.1:0",
                "STDIO",
                "stdio:",
                "stdio://x",
                "stdio ",
                " ws://127.0.0.1:0",
                "127.0.0.1:0",
                "unix:/tmp/socket",
                "UNIX:///tmp/socket",
            })
    void everythingElse(String url) {
        assertThatThrownBy(() -> ListenUrl.parse(url))
                .isInstanceOf(StartFailure.class)
                .hasMessage("unsupported --listen URL `" + url + "`; expected `ws://IP:PORT` or `stdio`");
    }

    @Test
    void unixSockets() throws Exception {
        assertThat(ListenUrl.parse("unix:///tmp/a b")).isEqualTo(new ListenUrl.UnixSocket("/tmp/a b"));
        assertThat(ListenUrl.parse("unix://relative")).isEqualTo(new ListenUrl.UnixSocket("relative"));
        assertThatThrownBy(() -> ListenUrl.parse("unix://"))
                .hasMessage("invalid unix --listen URL `unix://`; expected `unix://PATH`");
    }

    @ParameterizedTest
    @CsvSource({
        "ws://127.0.0.1:0, true",
        "ws://127.9.9.9:0, true",
        "ws://[::1]:0, true",
        "ws://0.0.0.0:0, false",
        "ws://[::]:0, false",
        "ws://192.168.1.1:0, false",
    })
    @Spec("N14k")
    void loopback(String url, boolean loopback) throws Exception {
        assertThat(((ListenUrl.WebSocket) ListenUrl.parse(url)).isLoopback()).isEqualTo(loopback);
    }
}
