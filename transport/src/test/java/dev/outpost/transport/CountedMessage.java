package dev.outpost.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.protocol.json.JsonOutput;
import java.util.concurrent.atomic.AtomicInteger;

/** A message in parts that counts how often it is closed. */
public final class CountedMessage implements OutgoingMessage {
    private final byte[][] parts;
    private final AtomicInteger closes = new AtomicInteger();
    private int next;

    /** A message of these parts. */
    public CountedMessage(String... parts) {
        this.parts = new byte[parts.length][];
        for (int i = 0; i < parts.length; i++) {
            this.parts[i] = parts[i].getBytes(UTF_8);
        }
    }

    @Override
    public boolean writeTo(JsonOutput out) {
        out.raw(parts[next++]);
        return next == parts.length;
    }

    @Override
    public void close() {
        closes.incrementAndGet();
    }

    /** How often it was closed. */
    public int closes() {
        return closes.get();
    }
}
