package dev.outpost.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One of those who use the server at the same time: a thread with its own chance, client and folder. */
final class Actor implements AutoCloseable {
    private static final long CLIENT_NANOS = TimeUnit.SECONDS.toNanos(Client.MOST_SECONDS / 2);

    private final SplittableRandom random;
    private final SoakServer server;
    private final Path outpost;
    private final Path folder;
    private @Nullable Client client;
    private long connected;
    private int names;

    Actor(SplittableRandom random, SoakServer server, Path outpost, Path folder) {
        this.random = random;
        this.server = server;
        this.outpost = outpost;
        this.folder = folder;
    }

    SplittableRandom random() {
        return random;
    }

    String url() {
        return server.url();
    }

    /** The program, to start another server. */
    Path outpost() {
        return outpost;
    }

    /** Its client, which it keeps for a while. */
    Client client() throws IOException {
        if (client == null || System.nanoTime() - connected > CLIENT_NANOS) {
            close();
            client = Client.connect(url(), random.nextBoolean());
            connected = System.nanoTime();
        }
        return client;
    }

    /** A path in its folder that was never used. */
    Path fresh() {
        return folder.resolve("f" + ++names + " " + (random.nextBoolean() ? "ä%€" : "x"));
    }

    /** Ends its client's connection; whatever ran in that session is left to the server. */
    @Override
    public void close() throws IOException {
        if (client != null) {
            client.close();
            client = null;
        }
    }
}
