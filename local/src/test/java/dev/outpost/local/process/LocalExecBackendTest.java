package dev.outpost.local.process;

import dev.outpost.executor.process.ExecBackend;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.contract.ExecBackendContract;
import dev.outpost.testkit.contract.ProcessEnvironmentContract;
import dev.outpost.testkit.contract.ProcessInputContract;
import dev.outpost.testkit.contract.ProcessIsolationContract;
import dev.outpost.testkit.contract.ProcessLifecycleContract;
import dev.outpost.testkit.contract.ProcessOutputContract;
import dev.outpost.testkit.contract.ProcessReachContract;
import dev.outpost.testkit.contract.ProcessSandboxContract;
import dev.outpost.testkit.contract.ProcessStartContract;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The contract of {@link ExecBackend} on this machine, and that nothing is left of it. */
final class LocalExecBackendTest {
    private static LeakCheck leaks;
    private static ProcessSupervisor supervisor;

    @BeforeAll
    static void openSupervisor() throws Exception {
        // The first socket of a JVM opens another, which stays.
        new ServerSocket(0).close();
        leaks = LeakCheck.before();
        supervisor = new ProcessSupervisor(
                ProcessLimits.defaults(), ExecutorEnvironment.of(ExecBackendContract.EXECUTOR_ENVIRONMENT));
    }

    @AfterAll
    static void closeSupervisor() {
        supervisor.close();
        leaks.assertNoLeak();
    }

    @Nested
    final class Lifecycle extends ProcessLifecycleContract {
        @Override
        protected ExecBackend open() {
            return supervisor.openBackend();
        }
    }

    @Nested
    final class Output extends ProcessOutputContract {
        @Override
        protected ExecBackend open() {
            return supervisor.openBackend();
        }
    }

    @Nested
    final class Input extends ProcessInputContract {
        @Override
        protected ExecBackend open() {
            return supervisor.openBackend();
        }
    }

    @Nested
    final class Start extends ProcessStartContract {
        @Override
        protected ExecBackend open() {
            return supervisor.openBackend();
        }
    }

    @Nested
    final class Environment extends ProcessEnvironmentContract {
        @Override
        protected ExecBackend open() {
            return supervisor.openBackend();
        }
    }

    @Nested
    final class Sandbox extends ProcessSandboxContract {
        @Override
        protected ExecBackend open() {
            return supervisor.openBackend();
        }
    }

    @Nested
    final class Isolation extends ProcessIsolationContract {
        @Override
        protected ExecBackend open() {
            return supervisor.openBackend();
        }
    }

    @Nested
    final class Reach extends ProcessReachContract {
        @Override
        protected ExecBackend open() {
            return supervisor.openBackend();
        }
    }
}
