package dev.outpost.soak;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outpost.soak.Client.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A machine that has not enough of something. */
final class HostileMachine {
    private static final int MANY = 80;
    private static final int QUIET_SECONDS = 30;

    private final Options options;
    private final Path scratch;
    private final Report report;

    HostileMachine(Options options, Path scratch, Report report) {
        this.options = options;
        this.scratch = scratch;
        this.report = report;
    }

    private static String shell(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** What it writes fails with the system's reason, and works again when there is room. */
    void fullDisk() throws IOException, InterruptedException {
        Path disk = Files.createDirectory(scratch.resolve("disk"));
        // A mount of its own, which goes with the server. The server's log is on it too.
        List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
        if (!System.getProperty("user.name").equals("root")) {
            command.add("--map-root-user");
        }
        command.addAll(List.of(
                "sh",
                "-c",
                "mount -t tmpfs -o size=8m soak " + shell(disk.toString()) + " && exec \"$@\" 2>"
                        + shell(disk.resolve("log").toString()),
                "sh"));
        command.addAll(SoakServer.command(options.outpost(), "--log-level", "debug"));
        try (SoakServer server = SoakServer.start(scratch, command);
                Honest _ = Honest.start(server, report, false);
                Client client = Client.connect(server.url(), true)) {
            String data = Base64.getEncoder().encodeToString(new byte[1 << 20]);
            int written = 0;
            String reason = "";
            while (reason.isEmpty() && written < 20) {
                reason = refusal(
                        client,
                        "fs/writeFile",
                        "{\"path\":" + client.path(disk.resolve("file" + written) + "") + ",\"dataBase64\":\"" + data
                                + "\",\"sandbox\":null}");
                written++;
            }
            report.say("  file %d of 1 MiB: %s", written, reason);
            expect(reason);
            expect(refusal(
                    client,
                    "fs/copy",
                    "{\"sourcePath\":" + client.path(disk.resolve("file0") + "") + ",\"destinationPath\":"
                            + client.path(disk.resolve("copy") + "") + ",\"recursive\":false,\"sandbox\":null}"));
            RunningProcess process = client.start(
                    Command.sh("cat /dev/zero > " + shell(disk.resolve("zeros").toString())),
                    Content.nothing(),
                    Content.anything());
            report.require(process.awaitClosed() != 0, "full disk", "a process could write");
            // The log can't be written any more either, and nobody may be harmed by that.
            for (int i = 0; i < 50; i++) {
                RunningProcess echo = client.start(
                        Command.of("echo", "x"), Content.exactly("x\n".getBytes(US_ASCII)), Content.nothing());
                echo.awaitClosed(0);
            }
            for (String name : List.of("zeros", "file0", "file1", "file2")) {
                client.call(
                        "fs/remove",
                        "{\"path\":" + client.path(disk.resolve(name) + "")
                                + ",\"recursive\":false,\"force\":false,\"sandbox\":null}");
            }
            client.call(
                    "fs/writeFile",
                    "{\"path\":" + client.path(disk.resolve("again") + "") + ",\"dataBase64\":\"" + data
                            + "\",\"sandbox\":null}");
        }
    }

    private void expect(String reason) {
        report.require(reason.contains("No space left on device (os error 28)"), "full disk", "refused by: %s", reason);
    }

    private static String refusal(Client client, String method, String params) throws IOException {
        try {
            client.call(method, params);
            return "";
        } catch (Refused refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    /** Starts and connections fail or wait while all descriptors are used, and work again afterwards. */
    void fewDescriptors() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 64; exec \"$@\"", "sh"));
        command.addAll(SoakServer.command(options.outpost(), "--session-ttl", "1s"));
        try (SoakServer server = SoakServer.start(scratch, command)) {
            Footprint before;
            try (Client first = Client.connect(server.url(), true)) {
                echo(first);
                before = server.footprint();
            }
            try (Honest _ = Honest.start(server, report, true)) {
                useUp(server);
                // After them everything is as it was.
                try (Client next = Client.connect(server.url(), true)) {
                    echo(next);
                }
            }
            awaitRest(server, before);
            report.say("  after it: %s; the server says: %s", server.footprint(), server.errors());
        }
    }

    private static void echo(Client client) throws IOException, InterruptedException {
        RunningProcess echo = client.start(
                Command.of("echo", "x").onTerminal(true),
                Content.exactly("x\r\n".getBytes(US_ASCII)),
                Content.nothing());
        echo.awaitClosed(0);
    }

    private void useUp(SoakServer server) throws IOException, InterruptedException {
        Map<String, Integer> outcomes = new TreeMap<>();
        List<RunningProcess> running = new ArrayList<>();
        try (Client client = Client.connect(server.url(), true)) {
            for (int i = 0; i < MANY; i++) {
                try {
                    running.add(client.start(
                            Command.of("sleep", "1000").withStdin().onTerminal(i % 2 == 0),
                            Content.nothing(),
                            Content.nothing()));
                    outcomes.merge("started", 1, Integer::sum);
                } catch (Refused refused) {
                    outcomes.merge(String.valueOf(refused.getMessage()), 1, Integer::sum);
                }
            }
            String file = client.path("/etc/passwd");
            outcomes.merge(
                    "read: " + refusal(client, "fs/readFile", "{\"path\":" + file + ",\"sandbox\":null}"),
                    1,
                    Integer::sum);
            outcomes.forEach((outcome, count) -> report.say("  %d × %s", count, outcome));
            report.require(
                    outcomes.keySet().stream().anyMatch(outcome -> outcome.contains("(os error 24)")),
                    "few descriptors",
                    "nothing was refused for want of descriptors");
            List<RawSocket> waiting = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                waiting.add(new RawSocket(server.url()));
            }
            double cpu = cpuSeconds(server.pid());
            Thread.sleep(3000);
            report.say(
                    "  with %d connections that can't be accepted: %s, %.2f s of CPU in 3 s",
                    MANY, server.footprint(), cpuSeconds(server.pid()) - cpu);
            // One that waits is accepted when there is a descriptor.
            for (RunningProcess process : running) {
                client.terminate(process);
            }
            for (RawSocket socket : waiting) {
                socket.close();
            }
        }
    }

    private static double cpuSeconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    }

    private void awaitRest(SoakServer server, Footprint before) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(QUIET_SECONDS);
        Footprint now = server.footprint();
        while (now.descriptorCount() > before.descriptorCount() && System.nanoTime() < deadline) {
            Thread.sleep(100);
            now = server.footprint();
        }
        report.require(
                now.descriptorCount() <= before.descriptorCount(),
                "few descriptors",
                "left: %s, before %s",
                now,
                before);
    }
}
