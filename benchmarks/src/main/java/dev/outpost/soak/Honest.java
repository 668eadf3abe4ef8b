package dev.outpost.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.soak.Client.Command;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A client that does what clients do while others misbehave: echoes through a process and asks for metadata, over a new
 * connection every now and then. Closing it ends it; what it was not served, and how long it waited, is reported then.
 */
final class Honest implements AutoCloseable {
    private static final long CLIENT_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int PAUSE_MILLIS = 5;

    private final String url;
    private final Report report;
    private final boolean oneConnection;
    private final Thread thread;
    /** Open when it was served once, or failed. */
    private final CountDownLatch begun = new CountDownLatch(1);

    private volatile boolean ended;

    // Owned by the thread.
    private long served;
    private long longestNanos;

    /**
     * Begins, and returns when it was served once.
     *
     * @param oneConnection whether it keeps its first connection and its first process, which must then not take longer
     *     than {@value Client#MOST_SECONDS} s
     */
    static Honest start(SoakServer server, Report report, boolean oneConnection) throws InterruptedException {
        Honest honest = new Honest(server.url(), report, oneConnection);
        honest.thread.start();
        honest.begun.await();
        return honest;
    }

    private Honest(String url, Report report, boolean oneConnection) {
        this.url = url;
        this.report = report;
        this.oneConnection = oneConnection;
        this.thread = Thread.ofPlatform().name("honest").unstarted(this::work);
    }

    private void work() {
        try {
            while (!ended) {
                try (Client client = Client.connect(url, true)) {
                    RunningProcess cat = cat(client);
                    long end = System.nanoTime() + CLIENT_NANOS;
                    for (int i = 1; !ended && (oneConnection || System.nanoTime() < end); i++) {
                        serve(client, cat, i);
                        begun.countDown();
                        Thread.sleep(PAUSE_MILLIS);
                    }
                    client.terminate(cat);
                }
            }
        } catch (IOException | InterruptedException e) {
            report.failed("the honest client", e);
        } finally {
            begun.countDown();
        }
    }

    private RunningProcess cat(Client client) throws IOException {
        return client.start(Command.of("cat").withStdin(), Content.numbers(1, Long.MAX_VALUE, "\n"), Content.nothing());
    }

    private void serve(Client client, RunningProcess cat, int i) throws IOException, InterruptedException {
        long start = System.nanoTime();
        byte[] line = (i + "\n").getBytes(UTF_8);
        long expected = cat.received() + line.length;
        client.write(cat, line);
        cat.awaitOutput(expected);
        client.call("fs/getMetadata", "{\"path\":" + client.path("/etc/hostname") + ",\"sandbox\":null}");
        longestNanos = Math.max(longestNanos, System.nanoTime() - start);
        served++;
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        report.say(
                "  the honest client was served %d times, and waited at most %d ms",
                served, TimeUnit.NANOSECONDS.toMillis(longestNanos));
    }
}
