package dev.outpost.soak;

import dev.outpost.benchmarks.StdioWire;
import dev.outpost.soak.Client.Command;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What clients do with sessions and connections. */
final class SessionActivities {
    private static final int END_SECONDS = 60;

    private SessionActivities() {}

    static List<Activity> all() {
        return List.of(
                new Activity("cut and resume", 8, SessionActivities::resume),
                new Activity("cut and never resume", 3, SessionActivities::abandon),
                new Activity("slow reader", 2, SessionActivities::slowReader),
                new Activity("stdio server", 1, SessionActivities::stdio));
    }

    /** Cuts the connection some times while processes write; nothing is lost and nothing comes twice. */
    private static void resume(Actor actor) throws Exception {
        Client client = Client.connect(actor.url(), actor.random().nextBoolean());
        try {
            List<RunningProcess> processes = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                long last = 1000 + actor.random().nextLong(400_000);
                boolean tty = i == 3;
                processes.add(client.start(
                        Command.sh("seq 1 1000; sleep 0." + actor.random().nextInt(10) + "; seq 1001 " + last
                                        + "; exit " + i)
                                .onTerminal(tty),
                        Content.numbers(1, last, tty ? "\r\n" : "\n"),
                        Content.nothing()));
            }
            for (int cut = actor.random().nextInt(4); cut >= 0; cut--) {
                Thread.sleep(actor.random().nextInt(300));
                client.close();
                processes.forEach(RunningProcess::resume);
                Thread.sleep(actor.random().nextInt(300));
                client = reconnect(client, actor.url(), processes);
            }
            for (int i = 0; i < processes.size(); i++) {
                processes.get(i).awaitClosed(i);
            }
        } finally {
            client.close();
        }
    }

    private static Client reconnect(Client before, String url, List<RunningProcess> processes) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
        while (true) {
            try {
                Client next = before.resume(url);
                processes.forEach(next::adopt);
                for (RunningProcess process : processes) {
                    process.recover(next, 1 << 18);
                }
                return next;
            } catch (Refused busy) {
                // The server may not have noticed the end of the connection yet.
                if (!String.valueOf(busy.getMessage()).contains("already attached") || System.nanoTime() > deadline) {
                    throw busy;
                }
                Thread.sleep(20);
            }
        }
    }

    /** The server has to end what nobody comes back for; whether it did is seen when all is quiet. */
    private static void abandon(Actor actor) throws Exception {
        try (Client client = Client.connect(actor.url(), actor.random().nextBoolean())) {
            for (int i = 0; i < 5; i++) {
                client.start(
                        Command.sh(Trees.any(actor.random()) + "\nyes; sleep 1000")
                                .onTerminal(i % 2 == 0),
                        Content.anything(),
                        Content.anything());
            }
        }
    }

    private static void slowReader(Actor actor) throws Exception {
        try (Client client = Client.slow(actor.url(), 1 + actor.random().nextInt(10))) {
            long last = 1_000_000 + actor.random().nextLong(1_000_000);
            RunningProcess process =
                    client.start(Command.sh("seq 1 " + last), Content.numbers(1, last, "\n"), Content.nothing());
            process.awaitClosed(0);
        }
    }

    /** A server of its own, over stdin and stdout, ends with its input and leaves nothing. */
    private static void stdio(Actor actor) throws Exception {
        Process server = new ProcessBuilder(actor.outpost().toString(), "exec-server", "--listen", "stdio")
                .redirectError(Redirect.DISCARD)
                .start();
        String mark = "stdio" + server.pid();
        try {
            try (Client client = new Client(new StdioWire(server), true, "", 0)) {
                long last = 1000 + actor.random().nextLong(400_000);
                List<RunningProcess> processes = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    processes.add(client.start(
                            Command.sh("seq 1 " + last).onTerminal(i == 3),
                            Content.numbers(1, last, i == 3 ? "\r\n" : "\n"),
                            Content.nothing()));
                }
                for (RunningProcess process : processes) {
                    process.awaitClosed(0);
                }
                for (String script : Trees.SCRIPTS) {
                    client.start(
                            Command.sh(script + "\nsleep 1000").marked(mark), Content.anything(), Content.anything());
                }
            }
            if (!server.waitFor(END_SECONDS, TimeUnit.SECONDS) || server.exitValue() != 0) {
                throw new IOException("a stdio server did not end with its input: " + server);
            }
            Survivors.awaitNone(Client.MARK + "_TREE=" + mark, END_SECONDS);
        } finally {
            server.destroyForcibly();
        }
    }
}
