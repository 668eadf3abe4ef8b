package dev.outpost.cli;

import dev.outpost.client.ClientOptions;
import dev.outpost.client.connect.ServerCommand;
import dev.outpost.environment.Environment;
import dev.outpost.environment.EnvironmentFactory;
import dev.outpost.environment.RemoteSettings;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.sandbox.SandboxMode;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.contract.ExecBackendContract;
import dev.outpost.testkit.contract.OwnedBackend;
import dev.outpost.testkit.contract.RemoteContract;
import dev.outpost.transport.websocket.ProxySettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The contracts on the launched program as an environment that is a command, over its standard streams: one program for
 * each test of processes, and one for all of files.
 */
@Isolated("counts descriptors and threads of this JVM")
@ExtendWith(LeakCheck.class)
class StdioContractIT extends RemoteContract {
    private static final String LAUNCHER = Path.of(
                    Objects.requireNonNull(System.getProperty("outpost.root")), "outpost")
            .toString();

    private final EnvironmentFactory factory = new EnvironmentFactory(
            ExecutorEnvironment.of(ExecBackendContract.EXECUTOR_ENVIRONMENT),
            ProxySettings.NONE,
            ClientOptions.DEFAULT,
            null,
            SandboxMode.NONE);

    private Environment files;

    private Environment environment() {
        var command = new ServerCommand(
                LAUNCHER,
                List.of("exec-server", "--listen", "stdio"),
                Map.of("OUTPOST_JAVA_HOME", System.getProperty("java.home")),
                HostPath.of("/"));
        return factory.command(null, command, RemoteSettings.DEFAULT, null);
    }

    @BeforeAll
    void open() throws Exception {
        files = environment();
        // Connects, which is nobody's leak.
        var _ = files().getMetadata(HostPath.of("/"), null);
    }

    @AfterAll
    void close() {
        files.close();
        factory.close();
    }

    @Override
    protected ExecBackend openProcesses() {
        Environment environment = environment();
        return new OwnedBackend(environment.execBackend(), environment::close);
    }

    @Override
    protected ExecutorFileSystem files() {
        return files.fileSystem();
    }
}
