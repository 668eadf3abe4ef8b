package dev.outpost.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/** What no client should do. The server must answer or end the connection, and serve the others. */
final class AbuseActivities {
    private static final long OVERSIZED = 300L << 20;

    private static final List<String> HTTP = List.of(
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\nxxxx",
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            "\0\0\0\0\r\n\r\n",
            "GET /" + "x".repeat(40_000) + " HTTP/1.1\r\n\r\n");

    private static final List<String> MESSAGES = List.of(
            "{",
            "[]",
            "null",
            "\"text\"",
            "{\"id\":7,\"method\":5}",
            "{\"id\":1e999,\"method\":\"fs/readFile\",\"params\":{}}",
            "[".repeat(2000) + "]".repeat(2000),
            "{\"id\":8,\"method\":\"fs/readFile\",\"params\":{\"path\":\"relative\",\"sandbox\":null}}",
            "{\"id\":9,\"method\":\"process/start\",\"params\":{\"processId\":\"\\ud800\",\"argv\":[]}}",
            "{\"id\":10,\"method\":\"process/write\",\"params\":{\"processId\":\"x\",\"chunk\":\"!!\"}}",
            "{\"id\":11,\"method\":\"no/such\",\"params\":{}}");

    private AbuseActivities() {}

    static List<Activity> all() {
        return List.of(
                new Activity("garbage bytes", 3, AbuseActivities::garbage),
                new Activity("garbage frames", 3, AbuseActivities::frames),
                new Activity("garbage messages", 3, AbuseActivities::messages),
                new Activity("half a message, then cut", 3, AbuseActivities::half),
                new Activity("never reads, then cut", 2, AbuseActivities::neverReads),
                new Activity("message above the limit", 1, AbuseActivities::oversized));
    }

    private static byte[] noise(SplittableRandom random, int most) {
        byte[] noise = new byte[random.nextInt(most)];
        new Random(random.nextLong()).nextBytes(noise);
        return noise;
    }

    private static void end(Actor actor, RawSocket socket) throws IOException {
        if (actor.random().nextBoolean()) {
            socket.reset();
        } else {
            socket.close();
        }
    }

    private static void garbage(Actor actor) throws IOException {
        RawSocket socket = new RawSocket(actor.url());
        try {
            socket.write(
                    actor.random().nextBoolean()
                            ? noise(actor.random(), 100_000)
                            : HTTP.get(actor.random().nextInt(HTTP.size())).getBytes(ISO_8859_1));
        } catch (IOException endedByTheServer) {
            // It may end the connection while we still write.
        }
        end(actor, socket);
    }

    private static void frames(Actor actor) throws IOException {
        RawSocket socket = RawSocket.ready(actor.url());
        try {
            for (int i = 0; i < 20; i++) {
                socket.write(noise(actor.random(), 5000));
            }
        } catch (IOException endedByTheServer) {
            // The first byte may be wrong enough.
        }
        end(actor, socket);
    }

    private static void messages(Actor actor) throws IOException {
        RawSocket socket = RawSocket.ready(actor.url());
        try {
            for (int i = 0; i < 20; i++) {
                socket.sendText(MESSAGES.get(actor.random().nextInt(MESSAGES.size())));
                Json answer = socket.receiveAnswer();
                if (!answer.get("error").exists()) {
                    throw new IOException("garbage was answered with " + answer);
                }
            }
        } finally {
            end(actor, socket);
        }
    }

    private static void half(Actor actor) throws IOException {
        RawSocket socket = RawSocket.ready(actor.url());
        socket.write(RawSocket.header(1 << 22));
        socket.write(new byte[actor.random().nextInt(1 << 21)]);
        end(actor, socket);
    }

    private static void neverReads(Actor actor) throws Exception {
        RawSocket socket = RawSocket.ready(actor.url());
        for (int i = 0; i < 3; i++) {
            socket.sendText("{\"id\":" + (i + 1) + ",\"method\":\"process/start\",\"params\":{\"processId\":\"p" + i
                    + "\",\"argv\":[\"yes\"],\"cwd\":\"/\",\"env\":{\"PATH\":\"/usr/bin:/bin\",\"" + Client.MARK
                    + "\":\"" + ProcessHandle.current().pid() + "\"},\"tty\":" + (i == 2) + "}}");
        }
        Thread.sleep(actor.random().nextInt(5000));
        end(actor, socket);
    }

    private static void oversized(Actor actor) throws IOException {
        try (RawSocket socket = RawSocket.ready(actor.url())) {
            socket.sendLarge(
                    "{\"id\":5,\"method\":\"fs/writeFile\",\"params\":{\"path\":\"/x\",\"dataBase64\":\"", OVERSIZED);
            Json error = socket.receiveAnswer().get("error");
            if (error.get("code").number() != -32600
                    || !error.get("message").text().contains("larger than the limit")) {
                throw new IOException("a message above the limit was answered with " + error);
            }
            socket.sendText("{\"id\":6,\"method\":\"no/such\",\"params\":{}}");
            if (socket.receiveAnswer().get("id").number() != 6) {
                throw new IOException("the connection did not survive a message above the limit");
            }
        }
    }
}
