package dev.outpost.benchmarks;

import java.util.zip.CRC32C;

/** How much came of one process's output, and its sum. */
final class Received {
    private final CRC32C sum = new CRC32C();
    private long bytes;

    /** Adds the next bytes. */
    void add(byte[] chunk, int length) {
        sum.update(chunk, 0, length);
        bytes += length;
    }

    long bytes() {
        return bytes;
    }

    /** CRC-32C of all bytes in the order they came. */
    long sum() {
        return sum.getValue();
    }
}
