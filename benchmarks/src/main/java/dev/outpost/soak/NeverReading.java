package dev.outpost.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that don't read what they asked for, for {@code --hold} seconds. */
final class NeverReading {
    private static final int PROCESSES = 3;

    /** About 160 MB a process: more than all buffers on the way hold. */
    private static final long LAST = 20_000_000;

    private static final int PONG_SECONDS = 20;

    /** After a ping that nobody answered, and the time in which the session could be resumed. */
    private static final int DEAD_SECONDS = 30 + 60 + 60;

    private static final int MOST_ANSWERS = 2000;

    /** What three processes may keep, and what the machinery may take. */
    private static final long RESIDENT_SLACK_KIB = (PROCESSES * 16 + 200) << 10;

    private final Options options;
    private final Path scratch;
    private final Report report;

    NeverReading(Options options, Path scratch, Report report) {
        this.options = options;
        this.scratch = scratch;
        this.report = report;
    }

    private static String start(int i) {
        return "{\"id\":" + (i + 1) + ",\"method\":\"process/start\",\"params\":{\"processId\":\"p" + i
                + "\",\"argv\":[\"seq\",\"1\",\"" + LAST + "\"],\"cwd\":\"/\",\"env\":{\"PATH\":\"/usr/bin:/bin\",\""
                + Client.MARK + "\":\"" + ProcessHandle.current().pid() + "\"},\"tty\":false}}";
    }

    /** Everything waits, in bounded memory, and nothing is lost when it reads at last. */
    void alive() throws IOException, InterruptedException {
        try (SoakServer server = SoakServer.start(options.outpost(), scratch);
                Honest _ = Honest.start(server, report, false);
                RawSocket socket = RawSocket.ready(server.url())) {
            long before = server.footprint().residentKiB();
            for (int i = 0; i < PROCESSES; i++) {
                socket.sendText(start(i));
            }
            hold(server, before, options.hold(), socket);
            report.require(
                    Survivors.with(Client.RUN).size() >= PROCESSES, "never reads", "its processes have not waited");
            Map<String, RunningProcess> processes = new HashMap<>();
            for (int i = 0; i < PROCESSES; i++) {
                processes.put("p" + i, new RunningProcess("p" + i, Content.numbers(1, LAST, "\n"), Content.nothing()));
            }
            int closed = 0;
            long bytes = 0;
            while (closed < PROCESSES) {
                Json message = socket.receive();
                if (message.get("method").exists()) {
                    RunningProcess process =
                            processes.get(message.get("params").get("processId").text());
                    if (process != null) {
                        process.notification(message);
                    }
                    closed += message.get("method").text().equals("process/closed") ? 1 : 0;
                }
            }
            for (RunningProcess process : processes.values()) {
                process.awaitClosed(0);
                bytes += process.received();
            }
            report.say("  then it read %d MB, complete and in order", bytes / 1_000_000);
        }
    }

    /** After a time it is taken for dead: its connection ends, and later its processes. */
    void dead() throws IOException, InterruptedException {
        try (SoakServer server = SoakServer.start(options.outpost(), scratch);
                Honest _ = Honest.start(server, report, false);
                RawSocket socket = RawSocket.ready(server.url())) {
            Survivors.awaitNone(Client.MARK + "_TREE=dead", 1);
            long before = server.footprint().residentKiB();
            for (int i = 0; i < PROCESSES; i++) {
                socket.sendText(start(i).replace(Client.MARK + "\"", Client.MARK + "_TREE\"")
                        .replace("\"" + ProcessHandle.current().pid() + "\"", "\"dead\""));
            }
            hold(server, before, options.hold(), null);
            int left = Survivors.with(Client.MARK + "_TREE=dead").size();
            report.say("  after %d s %d of its %d processes are there", options.hold(), left, PROCESSES);
            if (options.hold() > DEAD_SECONDS) {
                report.require(left == 0, "never reads", "%d processes outlived its session", left);
                socket.awaitEnd();
            } else {
                report.require(left == PROCESSES, "never reads", "only %d of its processes have waited", left);
                socket.reset();
            }
        }
    }

    /** Its requests wait too, and every one is answered once when it reads. */
    void asking() throws IOException, InterruptedException {
        try (SoakServer server = SoakServer.start(options.outpost(), scratch);
                Honest _ = Honest.start(server, report, false);
                RawSocket socket = RawSocket.ready(server.url())) {
            long before = server.footprint().residentKiB();
            AtomicInteger sent = new AtomicInteger();
            Thread asker = Thread.ofPlatform().name("asker").start(() -> ask(socket, sent));
            hold(server, before, options.hold(), null);
            report.require(sent.get() < MOST_ANSWERS, "asks", "the server took all %d requests", sent.get());
            report.say("  it could send %d requests", sent.get());
            Set<Long> answered = new HashSet<>();
            while (answered.size() < MOST_ANSWERS) {
                long id = socket.receiveAnswer().get("id").number();
                report.require(answered.add(id), "asks", "a second answer to %d", id);
            }
            asker.join();
            report.say("  then all %d were answered", answered.size());
        }
    }

    private void ask(RawSocket socket, AtomicInteger sent) {
        try {
            for (int i = 1; i <= MOST_ANSWERS; i++) {
                socket.sendText("{\"id\":" + i
                        + ",\"method\":\"fs/readDirectory\",\"params\":{\"path\":\"file:///usr/bin\",\"padding\":\""
                        + "x".repeat(20_000) + "\"}}");
                sent.set(i);
            }
        } catch (IOException e) {
            report.failed("asks", e);
        }
    }

    private void hold(SoakServer server, long before, int seconds, @org.jspecify.annotations.Nullable RawSocket alive)
            throws IOException, InterruptedException {
        long most = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        long pong = System.nanoTime();
        while (System.nanoTime() < end) {
            Thread.sleep(500);
            most = Math.max(most, server.footprint().residentKiB());
            if (alive != null && System.nanoTime() - pong > TimeUnit.SECONDS.toNanos(PONG_SECONDS)) {
                alive.sendPong();
                pong = System.nanoTime();
            }
        }
        report.say("  for %d s it did not read; resident memory %d MiB, before %d", seconds, most >> 10, before >> 10);
        report.require(most <= before + RESIDENT_SLACK_KIB, "memory", "%d KiB, before %d", most, before);
    }
}
