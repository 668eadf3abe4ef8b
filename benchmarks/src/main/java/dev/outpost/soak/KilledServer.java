package dev.outpost.soak;

import dev.outpost.soak.Client.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** SIGKILL of the server while trees of processes run: none of them may outlive it. */
final class KilledServer {
    private static final int PATIENCE_SECONDS = 30;

    private final Options options;
    private final Path scratch;
    private final Report report;
    private final SplittableRandom random;

    KilledServer(Options options, Path scratch, Report report) {
        this.options = options;
        this.scratch = scratch;
        this.report = report;
        this.random = new SplittableRandom(options.seed());
    }

    void run() throws IOException, InterruptedException {
        int clean = 0;
        for (int round = 1; round <= options.killRounds(); round++) {
            // Every second one is killed while it starts more of them.
            clean += round(round, round % 2 == 0) ? 1 : 0;
        }
        report.say("no survivor in %d of %d rounds", clean, options.killRounds());
    }

    private boolean round(int round, boolean busy) throws IOException, InterruptedException {
        try (SoakServer server = SoakServer.start(options.outpost(), scratch)) {
            Client client = Client.connect(server.url(), random.nextBoolean());
            for (int i = 0; i < options.trees(); i++) {
                startTree(client, i);
            }
            Thread starter = Thread.ofPlatform().name("starter").unstarted(() -> keepStarting(client));
            if (busy) {
                starter.start();
            }
            Thread.sleep(random.nextInt(500));
            List<Survivors.Found> before = Survivors.with(Client.RUN);
            server.kill();
            long killed = System.nanoTime();
            starter.join();
            client.close();
            Set<Integer> sessions = new HashSet<>();
            Set<Integer> groups = new HashSet<>();
            before.forEach(process -> {
                sessions.add(process.session());
                groups.add(process.group());
            });
            boolean clean = true;
            long millis = 0;
            try {
                Survivors.awaitNone(Client.RUN, PATIENCE_SECONDS);
                millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed);
            } catch (IOException survivors) {
                clean = false;
                report.failed("round " + round, survivors);
                for (Survivors.Found survivor : Survivors.with(Client.RUN)) {
                    report.say(
                            "%s, in a session or group of the trees: %s",
                            survivor, sessions.contains(survivor.session()) || groups.contains(survivor.group()));
                    ProcessHandle.of(survivor.pid()).ifPresent(ProcessHandle::destroyForcibly);
                }
            }
            report.say(
                    "round %d: %d processes in %d sessions and %d groups when killed%s; the last was gone after %d ms",
                    round, before.size(), sessions.size(), groups.size(), busy ? " while starting more" : "", millis);
            return clean;
        }
    }

    private static void startTree(Client client, int i) throws IOException {
        String script = Trees.SCRIPTS.get(i % Trees.SCRIPTS.size());
        client.start(
                Command.sh(script + "\nsleep 1000").onTerminal(i / Trees.SCRIPTS.size() % 2 == 1),
                Content.anything(),
                Content.anything());
    }

    private static void keepStarting(Client client) {
        try {
            for (int i = 0; true; i++) {
                startTree(client, i);
            }
        } catch (IOException serverIsGone) {
            // As it has to be.
        }
    }
}
