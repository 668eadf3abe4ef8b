package dev.outpost.client.remote;

import dev.outpost.client.ClientOptions;
import dev.outpost.client.ExecServerClient;
import dev.outpost.client.TestExecutor;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.EventCollector;
import dev.outpost.testkit.contract.ProcessEnvironmentContract;
import dev.outpost.testkit.contract.ProcessInputContract;
import dev.outpost.testkit.contract.ProcessIsolationContract;
import dev.outpost.testkit.contract.ProcessLifecycleContract;
import dev.outpost.testkit.contract.ProcessOutputContract;
import dev.outpost.testkit.contract.ProcessSandboxContract;
import dev.outpost.testkit.contract.ProcessStartContract;
import dev.outpost.testkit.contract.Recipe;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract of {@link ExecBackend} on a server elsewhere, one session for each test, and that nothing is left of it. */
@Spec({"C49", "C50", "C52", "C53", "C54", "C61", "P82", "P83", "P84"})
final class RemoteExecBackendTest {
    @RegisterExtension
    static final LeakCheck LEAKS = new LeakCheck();

    private static TestExecutor executor;

    /**
     * The first processes start the guard and the spawn threads, which stay as long as the executor and are none of a single
     * test's leftovers.
     */
    @BeforeAll
    static void openExecutor() throws Exception {
        executor = new TestExecutor();
        try (ExecBackend backend = openBackend()) {
            for (int i = 0; i < 4; i++) {
                var start = backend.start(Recipe.of("true").id("first" + i).request());
                try (EventCollector events = new EventCollector(start.get(30, TimeUnit.SECONDS))) {
                    var _ = events.untilClosed();
                }
            }
        }
    }

    @AfterAll
    static void closeExecutor() {
        executor.close();
    }

    static ExecBackend openBackend() throws Exception {
        return new OwnedBackend(ExecServerClient.connect(executor.connector(), ClientOptions.DEFAULT));
    }

    /** Newer servers tell a signal as 128 + its number, on a terminal as 1 (spec N44). */
    static ExitStatus told(ExitStatus status, boolean terminal) {
        return switch (status) {
            case ExitStatus.Code code -> code;
            case ExitStatus.Signal(int number) -> new ExitStatus.Code(terminal ? 1 : 128 + number);
        };
    }

    @Nested
    final class Lifecycle extends ProcessLifecycleContract {
        @Override
        protected ExecBackend open() throws Exception {
            return openBackend();
        }

        @Override
        protected ExitStatus told(ExitStatus status, boolean terminal) {
            return RemoteExecBackendTest.told(status, terminal);
        }

        @Override
        protected String duplicate(String id) {
            return "exec-server protocol error: session already registered for process " + id;
        }
    }

    @Nested
    final class Output extends ProcessOutputContract {
        @Override
        protected ExecBackend open() throws Exception {
            return openBackend();
        }
    }

    @Nested
    final class Input extends ProcessInputContract {
        @Override
        protected ExecBackend open() throws Exception {
            return openBackend();
        }
    }

    @Nested
    final class Start extends ProcessStartContract {
        @Override
        protected ExecBackend open() throws Exception {
            return openBackend();
        }
    }

    @Nested
    final class Environment extends ProcessEnvironmentContract {
        @Override
        protected ExecBackend open() throws Exception {
            return openBackend();
        }
    }

    @Nested
    final class Sandbox extends ProcessSandboxContract {
        @Override
        protected ExecBackend open() throws Exception {
            return openBackend();
        }
    }

    @Nested
    final class Isolation extends ProcessIsolationContract {
        @Override
        protected ExecBackend open() throws Exception {
            return openBackend();
        }
    }
}
