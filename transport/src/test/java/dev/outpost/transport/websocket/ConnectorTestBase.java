package dev.outpost.transport.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.transport.ConnectException;
import dev.outpost.transport.RecordingHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;

/** What tests of a connector have in common: everything it opened is closed after each, and nothing may leak. */
abstract class ConnectorTestBase extends ListenerTest {
    final ClientEventLoops eventLoops = new ClientEventLoops(1);
    private final List<RecordingHandler> clients = new ArrayList<>();

    final WebSocketConnector connector(String url, UnaryOperator<ConnectorConfig.Builder> settings) {
        return new WebSocketConnector(
                settings.apply(ConnectorConfig.builder(url)).build(), eventLoops);
    }

    /** Connects; the handler has its connection. */
    final <H extends RecordingHandler> H connect(String url, UnaryOperator<ConnectorConfig.Builder> settings, H handler)
            throws ConnectException {
        clients.add(handler);
        Assertions.assertThat(connector(url, settings).connect(handler)).isSameAs(handler.connection());
        return handler;
    }

    final RecordingHandler connect(String url) throws ConnectException {
        return connect(url, UnaryOperator.identity(), new RecordingHandler());
    }

    /** Expects a failure with exactly this text, and a handler that was told nothing. */
    final ConnectException assertRefused(
            String url, UnaryOperator<ConnectorConfig.Builder> settings, ConnectException.Kind kind, String message) {
        RecordingHandler handler = new RecordingHandler();
        ConnectException[] thrown = new ConnectException[1];
        assertThatThrownBy(() -> connector(url, settings).connect(handler))
                .isInstanceOfSatisfying(ConnectException.class, failure -> thrown[0] = failure)
                .hasMessage(message);
        Assertions.assertThat(thrown[0].kind()).isEqualTo(kind);
        Assertions.assertThat(handler.ended()).isFalse();
        return thrown[0];
    }

    final void assertRefused(String url, String detail) {
        assertRefused(
                url,
                UnaryOperator.identity(),
                ConnectException.Kind.REFUSED,
                "failed to connect to exec-server websocket `" + url + "`: " + detail);
    }

    static void send(RecordingHandler client, String text) {
        client.connection().send(out -> {
            out.raw(text.getBytes(UTF_8));
            return true;
        });
    }

    @AfterEach
    final void closeConnections() {
        eventLoops.close();
        Assertions.assertThat(clients).allSatisfy(client -> {
            Assertions.assertThat(client.ended()).as("told of the end").isTrue();
            Assertions.assertThat(client.violations()).as("calls out of order").isZero();
        });
    }
}
