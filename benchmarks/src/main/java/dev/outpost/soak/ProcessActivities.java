package dev.outpost.soak;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outpost.soak.Client.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What clients do with processes. */
final class ProcessActivities {
    private static final int TREE_SECONDS = 30;
    private static final AtomicInteger TREES = new AtomicInteger();

    private ProcessActivities() {}

    static List<Activity> all() {
        return List.of(
                new Activity("output, pipes", 10, ProcessActivities::pipes),
                new Activity("output, terminal", 8, ProcessActivities::terminal),
                new Activity("output, hashed", 4, ProcessActivities::hashed),
                new Activity("echo", 8, ProcessActivities::echo),
                new Activity("interrupt", 4, ProcessActivities::interrupt),
                new Activity("terminate a tree", 5, ProcessActivities::terminate),
                new Activity("burst of processes", 3, ProcessActivities::burst),
                new Activity("starts that fail", 4, ProcessActivities::failures),
                new Activity("long polls", 5, ProcessActivities::longPolls));
    }

    /** How a process that a signal ended is reported (spec P53, P54, N44). */
    private static long signaled(Client client, boolean tty, int signal) {
        return tty ? 1 : client.uris() ? 128 + signal : -1;
    }

    private static void pipes(Actor actor) throws Exception {
        long first = actor.random().nextLong(1_000_000);
        long last = first + actor.random().nextLong(300_000);
        long other = first + actor.random().nextLong(300_000);
        int code = actor.random().nextInt(256);
        Client client = actor.client();
        RunningProcess process = client.start(
                Command.sh("seq " + first + " " + last + " & seq " + first + " " + other + " >&2; wait; exit " + code),
                Content.numbers(first, last, "\n"),
                Content.numbers(first, other, "\n"));
        process.awaitClosed(code);
        client.forget(process);
    }

    private static void terminal(Actor actor) throws Exception {
        long first = actor.random().nextLong(1_000_000);
        long last = first + actor.random().nextLong(100_000);
        boolean raw = actor.random().nextBoolean();
        Client client = actor.client();
        Command command = raw
                ? Command.sh("stty raw; seq " + first + " " + last + "; exit 3")
                : Command.of("seq", Long.toString(first), Long.toString(last));
        RunningProcess process = client.start(
                command.onTerminal(true), Content.numbers(first, last, raw ? "\n" : "\r\n"), Content.nothing());
        process.awaitClosed(raw ? 3 : 0);
        client.forget(process);
    }

    private static void hashed(Actor actor) throws Exception {
        Path file = actor.fresh();
        int bytes = actor.random().nextInt(8 << 20);
        Client client = actor.client();
        Content.Hashed content = new Content.Hashed();
        RunningProcess process = client.start(
                Command.of("/bin/sh", "-c", "head -c " + bytes + " /dev/urandom | tee \"$0\"", file.toString()),
                content,
                Content.nothing());
        process.awaitClosed(0);
        client.forget(process);
        MessageDigest digest = Content.Hashed.sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        Files.delete(file);
        if (content.received() != bytes || !content.hash().equals(HexFormat.of().formatHex(digest.digest()))) {
            throw new IOException("the output of " + bytes + " bytes, of which " + content.received()
                    + " came, has another hash than the file");
        }
    }

    private static void echo(Actor actor) throws Exception {
        boolean tty = actor.random().nextBoolean();
        int writes = 1 + actor.random().nextInt(30);
        List<byte[]> chunks = new ArrayList<>();
        int total = 0;
        for (int i = 0; i < writes; i++) {
            byte[] chunk = new byte[1 + actor.random().nextInt(i % 10 == 9 ? 20_000 : 200)];
            for (int j = 0; j < chunk.length; j++) {
                chunk[j] = (byte) ('a' + actor.random().nextInt(26));
            }
            chunks.add(chunk);
            total += chunk.length;
        }
        boolean oneByOne = actor.random().nextBoolean();
        int sent = "ready\n".length();
        Content.Growing content = new Content.Growing();
        content.expect("ready\n".getBytes(US_ASCII));
        Client client = actor.client();
        RunningProcess process = client.start(
                Command.sh((tty ? "stty raw -echo; " : "") + "echo ready; exec "
                                + (oneByOne ? "cat" : "head -c " + total))
                        .withStdin()
                        .onTerminal(tty),
                content,
                Content.nothing());
        process.awaitOutput("ready\n".length());
        for (byte[] chunk : chunks) {
            content.expect(chunk);
            client.write(process, chunk);
            sent += chunk.length;
            if (oneByOne) {
                process.awaitOutput(sent);
            }
        }
        if (oneByOne && !client.terminate(process)) {
            throw new IOException("cat was not running when it was terminated");
        }
        process.awaitClosed(oneByOne ? signaled(client, tty, 9) : 0);
        client.forget(process);
    }

    private static void interrupt(Actor actor) throws Exception {
        boolean tty = actor.random().nextBoolean();
        boolean trap = actor.random().nextBoolean();
        String eol = tty ? "\r\n" : "\n";
        Client client = actor.client();
        RunningProcess process = client.start(
                Command.sh((trap ? "trap 'echo interrupted; exit 7' INT; " : "")
                                + "echo ready; while :; do sleep 0.05; done")
                        .onTerminal(tty),
                Content.exactly(("ready" + eol + (trap ? "interrupted" + eol : "")).getBytes(US_ASCII)),
                Content.nothing());
        process.awaitOutput("ready".length() + eol.length());
        client.call("process/signal", "{\"processId\":\"" + process.id() + "\",\"signal\":\"interrupt\"}");
        process.awaitClosed(trap ? 7 : signaled(client, tty, 2));
        client.forget(process);
    }

    private static void terminate(Actor actor) throws Exception {
        boolean tty = actor.random().nextBoolean();
        String mark = "t" + TREES.incrementAndGet();
        Client client = actor.client();
        RunningProcess process = client.start(
                Command.sh(Trees.any(actor.random()) + "\necho ready; wait; sleep 1000")
                        .onTerminal(tty)
                        .marked(mark),
                Content.anything(),
                Content.anything());
        process.awaitOutput(5);
        if (!client.terminate(process)) {
            throw new IOException("a running process was not running when it was terminated");
        }
        process.awaitClosed(signaled(client, tty, 9));
        client.forget(process);
        Survivors.awaitNone(Client.MARK + "_TREE=" + mark, TREE_SECONDS);
    }

    private static void burst(Actor actor) throws Exception {
        Client client = actor.client();
        List<RunningProcess> processes = new ArrayList<>();
        int count = 10 + actor.random().nextInt(60);
        for (int i = 0; i < count; i++) {
            boolean tty = actor.random().nextBoolean();
            processes.add(client.start(
                    Command.of("echo", "hello " + i).onTerminal(tty),
                    Content.exactly(("hello " + i + (tty ? "\r\n" : "\n")).getBytes(US_ASCII)),
                    Content.nothing()));
        }
        for (RunningProcess process : processes) {
            process.awaitClosed(0);
            client.forget(process);
        }
    }

    private static void failures(Actor actor) throws Exception {
        Client client = actor.client();
        for (int i = 0; i < 10; i++) {
            try {
                client.start(
                        Command.of("/nonexistent/program").onTerminal(i % 2 == 0),
                        Content.nothing(),
                        Content.nothing());
                throw new IOException("a missing program was started");
            } catch (Refused expected) {
                if (expected.code() != -32603) {
                    throw expected;
                }
            }
        }
    }

    /** Waiting reads bring the same as the notifications, and hold up nothing. */
    private static void longPolls(Actor actor) throws Exception {
        long last = actor.random().nextLong(200_000);
        Client client = actor.client();
        RunningProcess process = client.start(
                Command.sh("for i in 1 2 3; do sleep 0.1; echo $i; done; seq 4 " + last + "; exit 9"),
                Content.numbers(1, Math.max(3, last), "\n"),
                Content.nothing());
        RunningProcess read =
                new RunningProcess(process.id(), Content.numbers(1, Math.max(3, last), "\n"), Content.nothing());
        read.readToEnd(client, 1 + actor.random().nextInt(1 << 20));
        read.awaitClosed(9);
        process.awaitClosed(9);
        client.forget(process);
    }
}
