package dev.outpost.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Everything at the same time, for as long as one likes. Work is done in phases; after each, when all clients are gone
 * and their sessions over, the server must hold what it held before the first.
 */
final class Mix {
    private static final int PHASE_SECONDS = 60;
    private static final int QUIET_SECONDS = 60;
    private static final int SAMPLE_MILLIS = 1000;

    /** What the documentation promises for any load, and some for the JVM. */
    private static final int MOST_THREADS = 64 + 2 + 3 + 2 + 5 + 20;

    /** Of the JVM, which come and go. */
    private static final int COMPILER_THREADS = 2;

    /** Threads of the server that have nothing to do end after ten seconds. */
    private static final int IDLE_MILLIS = 12_000;

    private static final long HEAP_SLACK_KIB = 8 << 10;

    private final Options options;
    private final Path scratch;
    private final Report report;
    private final Map<String, AtomicLong> done = new ConcurrentHashMap<>();
    private int mostThreads;

    Mix(Options options, Path scratch, Report report) {
        this.options = options;
        this.scratch = scratch;
        this.report = report;
    }

    void run() throws IOException, InterruptedException {
        List<Activity> activities = Activity.all().stream()
                .filter(activity -> activity.name().contains(options.only()))
                .toList();
        SplittableRandom seeds = new SplittableRandom(options.seed());
        report.say("seed %d, %d actors, %d s", options.seed(), options.actors(), options.seconds());
        try (SoakServer server = SoakServer.start(options.outpost(), scratch, "--session-ttl", "5s")) {
            warmUp(server, activities, seeds.split());
            Footprint baseline = server.footprint();
            long firstHeap = 0;
            long heap = server.liveHeapKiB();
            report.say("at rest: %s; heap %d KiB", baseline, heap);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.seconds());
            for (int phase = 1; System.nanoTime() < end && server.isAlive(); phase++) {
                long phaseEnd = Math.min(end, System.nanoTime() + TimeUnit.SECONDS.toNanos(PHASE_SECONDS));
                work(server, activities, seeds, phaseEnd);
                awaitQuiet(server, baseline);
                // What idle threads worked on last can be garbage only when they have gone.
                Thread.sleep(IDLE_MILLIS);
                heap = server.liveHeapKiB();
                firstHeap = firstHeap == 0 ? heap : firstHeap;
                report.say(
                        "phase %d: %d done, %d failed; at rest %s; heap %d KiB; at most %d threads",
                        phase, total(), report.failures(), server.footprint(), heap, mostThreads);
            }
            report.require(
                    heap <= firstHeap * 5 / 4 + HEAP_SLACK_KIB,
                    "memory",
                    "the heap in use at rest grew from %d to %d KiB",
                    firstHeap,
                    heap);
            report.require(server.isAlive(), "server", "it ended; stderr: %s", server.errors());
            if (server.isAlive()) {
                server.stop();
            }
            if (!server.errors().isEmpty()) {
                report.say("stderr of the server: %s", server.errors());
            }
        }
        new TreeMap<>(done).forEach((name, count) -> report.say("%8d × %s", count.get(), name));
    }

    private long total() {
        return done.values().stream().mapToLong(AtomicLong::get).sum();
    }

    /** Once each, so that whatever is loaded or opened once is there. */
    private void warmUp(SoakServer server, List<Activity> activities, SplittableRandom random)
            throws IOException, InterruptedException {
        long _ = server.liveHeapKiB();
        try (Actor actor =
                new Actor(random, server, options.outpost(), Files.createDirectory(scratch.resolve("warm-up")))) {
            activities.forEach(activity -> perform(activity, actor, "warm-up"));
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(QUIET_SECONDS);
        while (server.footprint().children() > 1 && System.nanoTime() < deadline) {
            Thread.sleep(100);
        }
        Survivors.awaitNone(Client.RUN, QUIET_SECONDS);
        awaitRest(server);
    }

    /** What is left when nobody is connected and idle threads have gone is the server's own. */
    private static void awaitRest(SoakServer server) throws IOException, InterruptedException {
        Footprint before = server.footprint();
        Footprint now = before;
        do {
            before = now;
            Thread.sleep(IDLE_MILLIS);
            now = server.footprint();
        } while (!now.descriptors().equals(before.descriptors()) || now.threads() < before.threads());
    }

    private void work(SoakServer server, List<Activity> activities, SplittableRandom seeds, long end)
            throws IOException, InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < options.actors(); i++) {
            SplittableRandom random = seeds.split();
            Path folder = Files.createTempDirectory(scratch, "actor");
            String name = "actor-" + i;
            threads.add(Thread.ofPlatform().name(name).start(() -> {
                try (Actor actor = new Actor(random, server, options.outpost(), folder)) {
                    while (System.nanoTime() < end && server.isAlive()) {
                        perform(Activity.choose(activities, random), actor, name);
                    }
                } catch (IOException e) {
                    report.failed(name, e);
                }
            }));
        }
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                thread.join(SAMPLE_MILLIS);
                sample(server);
            }
        }
    }

    private void perform(Activity activity, Actor actor, String who) {
        try {
            activity.body().run(actor);
            done.computeIfAbsent(activity.name(), _ -> new AtomicLong()).incrementAndGet();
        } catch (Exception e) {
            report.failed(activity.name() + " (" + who + ")", e);
            try {
                actor.close();
            } catch (IOException ended) {
                // It has failed already.
            }
        }
    }

    private void sample(SoakServer server) throws IOException {
        if (!server.isAlive()) {
            return;
        }
        int threads = server.footprint().threads();
        if (threads > MOST_THREADS && threads > mostThreads) {
            report.failed("threads", threads + " threads, which no load should need");
        }
        mostThreads = Math.max(mostThreads, threads);
    }

    private void awaitQuiet(SoakServer server, Footprint baseline) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(QUIET_SECONDS);
        try {
            Footprint now = server.footprint();
            while (!now.descriptors().equals(baseline.descriptors())
                    || now.children() != baseline.children()
                    || now.threads() > baseline.threads() + COMPILER_THREADS) {
                if (System.nanoTime() > deadline) {
                    report.failed("leak", "at rest: " + now + "; before: " + baseline);
                    return;
                }
                Thread.sleep(200);
                now = server.footprint();
            }
            Survivors.awaitNone(Client.RUN, QUIET_SECONDS);
        } catch (IOException e) {
            report.failed("leak", e);
        }
    }
}
