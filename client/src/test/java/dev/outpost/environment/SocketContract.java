package dev.outpost.environment;

import dev.outpost.client.TestExecutor;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.EventCollector;
import dev.outpost.testkit.contract.OwnedBackend;
import dev.outpost.testkit.contract.ProcessIsolationContract;
import dev.outpost.testkit.contract.ProcessReachContract;
import dev.outpost.testkit.contract.ProcessSandboxContract;
import dev.outpost.testkit.contract.Recipe;
import dev.outpost.testkit.contract.RemoteContract;
import dev.outpost.transport.websocket.ListenerConfig;
import dev.outpost.transport.websocket.WebSocketListener;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The contracts on our own server behind a socket, through environments: one for each test of processes, with its session,
 * and one for all of files. Nothing may be left of them.
 */
@ExtendWith(LeakCheck.class)
@Spec({"E2", "C49", "C50", "C52", "C53", "C54", "C61", "C74", "C75", "C76", "P82", "P83", "P84"})
abstract class SocketContract extends RemoteContract {
    private final EnvironmentFactory factory = Factories.plain();
    private TestExecutor executor;
    private WebSocketListener listener;
    private Environment files;

    /** Where the server listens. */
    abstract SocketAddress address() throws Exception;

    /**
     * The first processes start the guard and the spawn threads, which stay as long as the executor and are none of a single
     * test's leftovers.
     */
    @BeforeAll
    final void listen() throws Exception {
        executor = new TestExecutor();
        listener = WebSocketListener.start(ListenerConfig.builder(address()).build(), executor.server()::newConnection);
        files = factory.ofUrl(listener.url());
        try (ExecBackend backend = openProcesses()) {
            for (int i = 0; i < 4; i++) {
                var start = backend.start(Recipe.of("true").id("first" + i).request());
                try (EventCollector events = new EventCollector(start.get(30, TimeUnit.SECONDS))) {
                    var _ = events.untilClosed();
                }
            }
        }
        // Connects, which is nobody's leak.
        var _ = files().getMetadata(HostPath.of("/"), null);
    }

    @AfterAll
    final void end() {
        files.close();
        factory.close();
        listener.close();
        executor.close();
    }

    @Override
    protected ExecBackend openProcesses() throws Exception {
        Environment environment = factory.ofUrl(listener.url());
        return new OwnedBackend(environment.execBackend(), environment::close);
    }

    @Override
    protected ExecutorFileSystem files() {
        return files.fileSystem();
    }

    @Nested
    final class Sandboxed extends ProcessSandboxContract {
        @Override
        protected ExecBackend open() throws Exception {
            return openProcesses();
        }
    }

    @Nested
    final class Isolated extends ProcessIsolationContract {
        @Override
        protected ExecBackend open() throws Exception {
            return openProcesses();
        }
    }

    @Nested
    final class Confined extends ProcessReachContract {
        @Override
        protected ExecBackend open() throws Exception {
            return openProcesses();
        }
    }
}
