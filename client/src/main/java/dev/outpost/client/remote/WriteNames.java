package dev.outpost.client.remote;

import dev.outpost.transport.RandomBytes;
import java.util.concurrent.atomic.AtomicLong;

/** Names for writes that have none, unlike those of anybody else, so that they can be sent again (spec N41). */
final class WriteNames {
    private final String prefix = RandomBytes.uuid() + "-";
    private final AtomicLong count = new AtomicLong();

    String next() {
        return prefix + count.incrementAndGet();
    }
}
