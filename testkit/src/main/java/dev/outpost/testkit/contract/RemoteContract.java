package dev.outpost.testkit.contract;

import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExitStatus;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * All contracts of this package on a server, through a client: extend it once for each server and each way to reach one.
 * One object for all tests, so what it opens is opened once.
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class RemoteContract {
    /**
     * Processes for one test, closed after it: an empty backend of an executor whose own environment is {@link
     * ExecBackendContract#EXECUTOR_ENVIRONMENT}.
     */
    protected abstract ExecBackend openProcesses() throws Exception;

    /** The files, for all tests; the executor runs on this machine, as this user. */
    protected abstract ExecutorFileSystem files();

    /** What it can't, each with the reason. */
    protected Map<Ability, String> lacking() {
        return Map.of();
    }

    /** How the server tells an end: newer ones a signal as 128 + its number, on a terminal as 1 (spec N44). */
    protected ExitStatus told(ExitStatus status, boolean terminal) {
        return switch (status) {
            case ExitStatus.Code code -> code;
            case ExitStatus.Signal(int number) -> new ExitStatus.Code(terminal ? 1 : 128 + number);
        };
    }

    @Nested
    final class Lifecycles extends ProcessLifecycleContract {
        @Override
        protected ExecBackend open() throws Exception {
            return openProcesses();
        }

        @Override
        protected Map<Ability, String> lacking() {
            return RemoteContract.this.lacking();
        }

        @Override
        protected ExitStatus told(ExitStatus status, boolean terminal) {
            return RemoteContract.this.told(status, terminal);
        }

        @Override
        protected String duplicate(String id) {
            return "exec-server protocol error: session already registered for process " + id;
        }
    }

    @Nested
    final class Outputs extends ProcessOutputContract {
        @Override
        protected ExecBackend open() throws Exception {
            return openProcesses();
        }

        @Override
        protected Map<Ability, String> lacking() {
            return RemoteContract.this.lacking();
        }
    }

    @Nested
    final class Inputs extends ProcessInputContract {
        @Override
        protected ExecBackend open() throws Exception {
            return openProcesses();
        }

        @Override
        protected Map<Ability, String> lacking() {
            return RemoteContract.this.lacking();
        }
    }

    @Nested
    final class Starts extends ProcessStartContract {
        @Override
        protected ExecBackend open() throws Exception {
            return openProcesses();
        }

        @Override
        protected Map<Ability, String> lacking() {
            return RemoteContract.this.lacking();
        }
    }

    @Nested
    final class Environments extends ProcessEnvironmentContract {
        @Override
        protected ExecBackend open() throws Exception {
            return openProcesses();
        }

        @Override
        protected Map<Ability, String> lacking() {
            return RemoteContract.this.lacking();
        }
    }

    @Nested
    final class Files extends ExecutorFileSystemContract {
        @Override
        protected ExecutorFileSystem fileSystem() {
            return files();
        }

        @Override
        protected Map<Ability, String> lacking() {
            return RemoteContract.this.lacking();
        }
    }
}
