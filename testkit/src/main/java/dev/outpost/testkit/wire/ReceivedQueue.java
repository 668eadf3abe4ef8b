package dev.outpost.testkit.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads a connection on a thread of its own into a bounded queue. The thread ends with the connection. */
final class ReceivedQueue {
    /** Blocks for the next thing; null at the end of the stream. */
    @FunctionalInterface
    interface Source {
        @Nullable Received next() throws IOException;
    }

    private final BlockingQueue<Received> queue = new ArrayBlockingQueue<>(WireConnection.QUEUE);
    private final Thread reader;

    ReceivedQueue(String name, Source source) {
        reader = Thread.ofPlatform().daemon().name(name).start(() -> read(source));
    }

    private void read(Source source) {
        try {
            queue.put(readUntilEnd(source));
        } catch (InterruptedException e) {
            // closed by our side while the queue was full: nobody receives any more
        }
    }

    private Received.Ended readUntilEnd(Source source) throws InterruptedException {
        try {
            for (Received received = source.next(); received != null; received = source.next()) {
                if (received instanceof Received.Ended ended) {
                    return ended;
                }
                queue.put(received);
            }
            return new Received.Ended("end of stream");
        } catch (IOException e) {
            return new Received.Ended(String.valueOf(e));
        }
    }

    @Nullable Received poll(Duration timeout) throws InterruptedException {
        return queue.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Nobody receives any more: ends the thread at its next message, or with its source. */
    void abandon() {
        reader.interrupt();
    }
}
