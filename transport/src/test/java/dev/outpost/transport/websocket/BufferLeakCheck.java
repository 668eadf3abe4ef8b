package dev.outpost.transport.websocket;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class after which Netty's leak detector reports a buffer that was never released. */
final class BufferLeakCheck extends Handler implements BeforeAllCallback, AfterAllCallback {
    private static final Logger LOGGER = Logger.getLogger(ResourceLeakDetector.class.getName());

    private final List<String> reports = new CopyOnWriteArrayList<>();

    @Override
    public void beforeAll(ExtensionContext context) {
        Assertions.assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        LOGGER.addHandler(this);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        for (int i = 0; i < 3; i++) {
            System.gc();
            // The detector reports what it has found when the next buffer is made.
            ByteBufAllocator.DEFAULT.directBuffer().release();
        }
        LOGGER.removeHandler(this);
        Assertions.assertThat(reports).isEmpty();
    }

    @Override
    public void publish(LogRecord entry) {
        reports.add(entry.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
