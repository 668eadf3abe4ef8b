package dev.outpost.client.remote;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Names for writes that have none, unlike those of anybody else, so that they can be sent again (spec N41). */
final class WriteNames {
    private final String prefix = UUID.randomUUID() + "-";
    private final AtomicLong count = new AtomicLong();

    String next() {
        return prefix + count.incrementAndGet();
    }
}
