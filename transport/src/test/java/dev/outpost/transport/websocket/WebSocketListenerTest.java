package dev.outpost.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.testkit.Spec;
import dev.outpost.transport.Connection;
import dev.outpost.transport.RecordingHandler;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebSocketListenerTest extends ListenerTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @Spec({"W3", "W8"})
    @CsvSource({"127.0.0.1, ws://127.0.0.1:", "::1, ws://[::1]:", "0.0.0.0, ws://0.0.0.0:"})
    void tellsTheActualAddressAndNamesPeersByTheirs(String ip, String prefix) throws Exception {
        WebSocketListener listener =
                listen(at(new InetSocketAddress(InetAddress.ofLiteral(ip), 0)), RecordingHandler::echo);
        assertThat(listener.port()).isPositive();
        assertThat(listener.url()).isEqualTo(prefix + listener.port());
        try (RawClient client = RawClient.upgraded(listener)) {
            String peerIp = ip.equals("::1") ? "[::1]" : "127.0.0.1";
            Connection connection = handler().connection();
            assertThat(connection.peer()).isEqualTo("exec-server websocket " + peerIp + ":" + client.localPort());
            assertThat(connection.isWebSocket()).isTrue();
        }
    }

    @Test
    @Spec({"W6"})
    void reportsAPortInUse() throws IOException {
        try (ServerSocket other = new ServerSocket(0)) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), other.getLocalPort());
            assertThatThrownBy(() -> listen(at(address), RecordingHandler::echo))
                    .isInstanceOf(IOException.class)
                    .hasMessage("Address already in use (os error 98)");
        }
    }

    @Test
    @Spec({"W6"})
    void reportsAnAddressThatIsNotOurs() {
        assertThatThrownBy(() -> listen(
                        at(new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 0)), RecordingHandler::echo))
                .hasMessage("Cannot assign requested address (os error 99)");
    }

    @Test
    void disablesNagle() throws Exception {
        try (RawClient client = RawClient.upgraded(listen(RecordingHandler::echo))) {
            assertThat(client.exchange("x")).isEqualTo("x");
            WebSocketConnection connection = (WebSocketConnection) handler().connection();
            assertThat(connection.channel.config().getOption(ChannelOption.TCP_NODELAY))
                    .isTrue();
        }
    }

    @Test
    void closingEndsConnectionsAndFreesThePort() throws Exception {
        WebSocketListener listener =
                listen(at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), RecordingHandler::echo);
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            RawClient client = RawClient.upgraded(listener);
            clients.add(client);
            assertThat(client.exchange("x")).isEqualTo("x");
        }
        clients.add(RawClient.connect(listener));
        listener.close();
        listener.close();
        for (int i = 0; i < 20; i++) {
            RecordingHandler handler = handler();
            assertThat(handler.ended()).isTrue();
            handler.connection().send(out -> true);
            handler.connection().requestPull();
            handler.connection().pauseReading();
            handler.connection().close();
        }
        for (RawClient client : clients) {
            assertThat(client.frame()).isNull();
            client.close();
        }
        new ServerSocket(listener.port()).close();
    }

    @Test
    void refusesToBeClosedByItself() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        CompletableFuture<WebSocketListener> self = new CompletableFuture<>();
        WebSocketListener listener = listen(() -> new RecordingHandler() {
            @Override
            protected void received(byte[] bytes, int length) {
                try {
                    self.join().close();
                } catch (IllegalStateException e) {
                    thrown.complete(e);
                }
            }
        });
        self.complete(listener);
        try (RawClient client = RawClient.upgraded(listener)) {
            client.text("close");
            assertThat(thrown.join()).hasMessageContaining("its own thread");
        }
    }

    @Test
    void listensOnAUnixSocketThatOnlyItsOwnerCanUse() throws Exception {
        Path path = directory.resolve("outpost.sock");
        WebSocketListener listener = listen(at(UnixDomainSocketAddress.of(path)), RecordingHandler::echo);
        assertThat(listener.url()).isEqualTo("unix://" + path);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        try (RawClient client = RawClient.upgraded(listener)) {
            assertThat(client.exchange("x")).isEqualTo("x");
            assertThat(handler().connection().peer()).isEqualTo("exec-server websocket unix://" + path);
        }
        listener.close();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void replacesAStaleSocket() throws Exception {
        Path path = directory.resolve("s");
        try (ServerSocketChannel stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stale.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        try (RawClient client =
                RawClient.upgraded(listen(at(UnixDomainSocketAddress.of(path)), RecordingHandler::echo))) {
            assertThat(client.exchange("x")).isEqualTo("x");
        }
    }

    @Test
    @Spec({"W6"})
    void leavesASocketAloneThatIsListenedOn() throws Exception {
        Path path = directory.resolve("s");
        WebSocketListener first = listen(at(UnixDomainSocketAddress.of(path)), RecordingHandler::echo);
        assertThatThrownBy(() -> WebSocketListener.start(at(UnixDomainSocketAddress.of(path)), RecordingHandler::echo))
                .hasMessage("Address already in use (os error 98)");
        try (RawClient client = RawClient.upgraded(first)) {
            assertThat(client.exchange("x")).isEqualTo("x");
        }
    }

    @Test
    void leavesOtherFilesAlone() throws Exception {
        Path path = Files.writeString(directory.resolve("s"), "precious");
        assertThatThrownBy(() -> listen(at(UnixDomainSocketAddress.of(path)), RecordingHandler::echo))
                .hasMessage("Address already in use (os error 98)");
        assertThat(path).hasContent("precious");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void removesOnlyItsOwnSocketFile() throws Exception {
        Path path = directory.resolve("s");
        WebSocketListener listener = listen(at(UnixDomainSocketAddress.of(path)), RecordingHandler::echo);
        Files.delete(path);
        Files.writeString(path, "another's");
        listener.close();
        assertThat(path).hasContent("another's");
    }

    @Test
    @Spec({"W6"})
    void reportsADirectoryThatIsNotThere() {
        Path path = directory.resolve("missing/s");
        assertThatThrownBy(() -> listen(at(UnixDomainSocketAddress.of(path)), RecordingHandler::echo))
                .hasMessage("No such file or directory (os error 2)");
    }

    @Test
    void refusesSettingsOutOfRange() {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        assertThatThrownBy(() -> at(InetSocketAddress.createUnresolved("host", 1)))
                .hasMessageContaining("neither IP:PORT nor a Unix socket");
        assertThatThrownBy(() -> ListenerConfig.builder(address).threads(0).build())
                .hasMessage("threads is 0: must be at least 1");
        assertThatThrownBy(() -> ListenerConfig.builder(address)
                        .maxMessageBytes(Integer.MAX_VALUE)
                        .build())
                .hasMessageContaining("maxMessageBytes");
        assertThatThrownBy(() ->
                        ListenerConfig.builder(address).waterMarks(100, 50).build())
                .hasMessage("highWaterBytes is 50: must be at least 100");
    }

    private static ListenerConfig at(SocketAddress address) {
        return ListenerConfig.builder(address).build();
    }
}
