package dev.outpost.transport.websocket;

import dev.outpost.testkit.LeakCheck;
import dev.outpost.transport.RecordingHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What tests of a listener have in common: it is closed after each, and nothing may leak. */
@ExtendWith({LeakCheck.class, BufferLeakCheck.class})
@Timeout(120)
abstract class ListenerTest {
    private final BlockingQueue<RecordingHandler> handlers = new LinkedBlockingQueue<>();
    private @Nullable WebSocketListener listener;

    /** Listens on a free port of loopback, with one thread, so that connections share it. */
    final WebSocketListener listen(
            UnaryOperator<ListenerConfig.Builder> settings, Supplier<? extends RecordingHandler> handler)
            throws IOException {
        return listen(
                settings.apply(ListenerConfig.builder(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                                .threads(1))
                        .build(),
                handler);
    }

    final WebSocketListener listen(ListenerConfig config, Supplier<? extends RecordingHandler> handler)
            throws IOException {
        WebSocketListener started = WebSocketListener.start(config, () -> {
            RecordingHandler made = handler.get();
            handlers.add(made);
            return made;
        });
        listener = started;
        return started;
    }

    final WebSocketListener listen(Supplier<? extends RecordingHandler> handler) throws IOException {
        return listen(UnaryOperator.identity(), handler);
    }

    /** The handler of the next connection, in the order of connecting. */
    final RecordingHandler handler() throws InterruptedException {
        RecordingHandler handler = handlers.poll(30, TimeUnit.SECONDS);
        Assertions.assertThat(handler).as("a connection").isNotNull();
        return handler;
    }

    @AfterEach
    final void closeListener() {
        if (listener != null) {
            listener.close();
        }
        Assertions.assertThat(handlers).allSatisfy(handler -> {
            Assertions.assertThat(handler.ended()).as("told of the end").isTrue();
            Assertions.assertThat(handler.violations()).as("calls out of order").isZero();
        });
    }
}
