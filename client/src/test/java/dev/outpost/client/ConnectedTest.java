package dev.outpost.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.protocol.json.JsonSlice;
import dev.outpost.protocol.message.NoParams;
import dev.outpost.testkit.LeakCheck;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What tests with a scripted server share: a client that is connected without recovery, unless a test wants another. */
public abstract class ConnectedTest {
    /** Around all tests of a class. */
    @RegisterExtension
    static final LeakCheck LEAKS = new LeakCheck();

    /** Without recovery. */
    protected static final ClientOptions OPTIONS = ClientOptions.DEFAULT.withRecoveryWindow(Duration.ZERO);

    /** The peer. */
    protected ScriptedServer server;

    /** The client, after {@link #connect}. */
    @SuppressWarnings("NullAway.Init")
    protected ExecServerClient client;

    @BeforeEach
    final void listen() throws Exception {
        server = new ScriptedServer();
    }

    @AfterEach
    final void end() throws Exception {
        if (client != null) {
            client.close();
        }
        server.close();
    }

    /** Connects with these options; the server describes itself if {@code more} has its members. */
    protected final void connect(ClientOptions options, String more) throws Exception {
        FutureTask<ExecServerClient> connecting = connecting(options);
        server.handshake("s-1", more);
        client = connecting.get(30, TimeUnit.SECONDS);
    }

    /** Connects without recovery to a server of 0.131. */
    protected final void connect() throws Exception {
        connect(OPTIONS, "");
    }

    /** Connects, while the test plays the server. */
    protected final FutureTask<ExecServerClient> connecting(ClientOptions options) {
        return inBackground(() -> ExecServerClient.connect(server.connector(), options));
    }

    /** Runs something that blocks while the test plays the server. */
    protected static <T> FutureTask<T> inBackground(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        Thread.ofPlatform().daemon().start(future);
        return future;
    }

    /** A call without parameters. */
    protected final CompletableFuture<JsonSlice> call(String method) {
        return client.call(CallRequest.of(method, new NoParams(), false));
    }

    /** The failure of a future that fails soon. */
    protected static ExecServerException failure(Future<?> future) throws Exception {
        try {
            throw new AssertionError("succeeded: " + future.get(30, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(ExecServerException.class);
            return (ExecServerException) Objects.requireNonNull(e.getCause());
        }
    }
}
