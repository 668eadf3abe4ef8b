package dev.outpost.soak;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outpost.soak.Client.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Very many short processes through one server, half of them on terminals, and what is left of them. */
final class ManyProcesses {
    private static final int CLIENTS = 4;
    private static final int CONCURRENT = 8;
    private static final int SLEEPING = 1000;
    private static final int SAMPLE_MILLIS = 2000;
    private static final int QUIET_SECONDS = 90;
    private static final long RESIDENT_SLACK_KIB = 24 << 10;
    private static final long HEAP_SLACK_KIB = 4 << 10;

    private final Options options;
    private final Path scratch;
    private final Report report;

    ManyProcesses(Options options, Path scratch, Report report) {
        this.options = options;
        this.scratch = scratch;
        this.report = report;
    }

    void run() throws IOException, InterruptedException {
        try (SoakServer server = SoakServer.start(options.outpost(), scratch, "--session-ttl", "1s")) {
            drive(server, 2000, new AtomicInteger());
            long heapBefore = awaitRest(server);
            Footprint before = server.footprint();
            report.say("at rest: %s; heap %d KiB", before, heapBefore);
            sleepers(server);

            AtomicInteger finished = new AtomicInteger();
            List<Footprint> samples = new ArrayList<>();
            long start = System.nanoTime();
            Thread driver =
                    Thread.ofPlatform().name("driver").start(() -> drive(server, options.processes(), finished));
            while (driver.isAlive()) {
                driver.join(SAMPLE_MILLIS);
                Footprint sample = server.footprint();
                samples.add(sample);
                if (samples.size() % 5 == 0) {
                    report.say("%d processes: %s", finished.get(), sample);
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            report.say("%d processes in %.0f s, %.0f per second", finished.get(), seconds, finished.get() / seconds);
            report.require(finished.get() == options.processes(), "processes", "only %d ended well", finished.get());

            long heapAfter = awaitRest(server);
            Footprint after = server.footprint();
            report.say("at rest: %s; heap %d KiB", after, heapAfter);
            report.require(
                    after.descriptors().equals(before.descriptors()), "descriptors", "%s, before %s", after, before);
            report.require(after.threads() <= before.threads(), "threads", "%s, before %s", after, before);
            report.require(after.children() == before.children(), "children", "%s, before %s", after, before);
            report.require(
                    heapAfter <= heapBefore + HEAP_SLACK_KIB, "heap", "%d KiB, before %d", heapAfter, heapBefore);
            flat(samples);
            server.stop();
            report.require(server.errors().isEmpty(), "log", "%s", server.errors());
        }
    }

    /** The second half needs no more memory than the first. */
    private void flat(List<Footprint> samples) {
        int half = samples.size() / 2;
        long first = samples.subList(0, half).stream()
                .mapToLong(Footprint::residentKiB)
                .max()
                .orElse(0);
        long second = samples.subList(half, samples.size()).stream()
                .mapToLong(Footprint::residentKiB)
                .max()
                .orElse(0);
        report.say("largest resident memory: %d MiB in the first half, %d in the second", first >> 10, second >> 10);
        if (samples.size() >= 20) {
            report.require(
                    second <= first + RESIDENT_SLACK_KIB, "resident memory", "%d KiB after %d KiB", second, first);
        }
    }

    /** Processes that live don't need threads. */
    private void sleepers(SoakServer server) throws IOException, InterruptedException {
        int before = server.footprint().threads();
        try (Client client = Client.connect(server.url(), true)) {
            for (int i = 0; i < SLEEPING; i++) {
                client.start(Command.of("sleep", "1000").onTerminal(i % 2 == 0), Content.nothing(), Content.nothing());
            }
            Footprint with = server.footprint();
            report.say("with %d processes: %s", SLEEPING, with);
            report.require(with.threads() <= before + 4, "threads", "%d before, %d with them", before, with.threads());
        }
        Survivors.awaitNone(Client.RUN, QUIET_SECONDS);
    }

    /** The server without clients, sessions and work; returns its live heap. */
    private long awaitRest(SoakServer server) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(QUIET_SECONDS);
        long _ = server.liveHeapKiB();
        Footprint now = server.footprint();
        // The guard is all that stays; the last thread to go is that which looks for descendants, after ten seconds.
        int threads = Integer.MAX_VALUE;
        while (now.children() > 1 || now.threads() < threads) {
            if (System.nanoTime() > deadline) {
                report.failed("rest", "not at rest after " + QUIET_SECONDS + " s: " + now);
                break;
            }
            threads = now.threads();
            Thread.sleep(12_000);
            now = server.footprint();
        }
        Survivors.awaitNone(Client.RUN, QUIET_SECONDS);
        return server.liveHeapKiB();
    }

    private void drive(SoakServer server, int count, AtomicInteger finished) {
        AtomicInteger tickets = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            threads.add(Thread.ofPlatform().name("runner-" + i).start(() -> {
                try {
                    while (tickets.get() < count) {
                        batch(server, tickets, count, finished);
                    }
                } catch (IOException | InterruptedException e) {
                    report.failed("processes", e);
                }
            }));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** What one connection does in its life. */
    private static void batch(SoakServer server, AtomicInteger tickets, int count, AtomicInteger finished)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Client.MOST_SECONDS / 2);
        try (Client client = Client.connect(server.url(), true)) {
            Deque<RunningProcess> running = new ArrayDeque<>();
            while (System.nanoTime() < end) {
                int ticket = tickets.getAndIncrement();
                if (ticket >= count) {
                    break;
                }
                boolean tty = ticket % 2 == 0;
                running.add(client.start(
                        Command.of("echo", Integer.toString(ticket)).onTerminal(tty),
                        Content.exactly((ticket + (tty ? "\r\n" : "\n")).getBytes(US_ASCII)),
                        Content.nothing()));
                if (running.size() == CONCURRENT) {
                    finish(client, running.remove(), finished);
                }
            }
            while (!running.isEmpty()) {
                finish(client, running.remove(), finished);
            }
        }
    }

    private static void finish(Client client, RunningProcess process, AtomicInteger finished)
            throws IOException, InterruptedException {
        process.awaitClosed(0);
        client.forget(process);
        finished.incrementAndGet();
    }
}
