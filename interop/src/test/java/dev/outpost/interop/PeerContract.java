package dev.outpost.interop;

import dev.outpost.client.ClientOptions;
import dev.outpost.environment.Environment;
import dev.outpost.environment.EnvironmentFactory;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.sandbox.SandboxMode;
import dev.outpost.testkit.ServerProcess;
import dev.outpost.testkit.contract.ExecBackendContract;
import dev.outpost.testkit.contract.OwnedBackend;
import dev.outpost.testkit.contract.RemoteContract;
import dev.outpost.transport.websocket.ProxySettings;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The contracts on a real peer's server, through our client: what its callers can rely on whoever the server is. Each
 * subclass says what that server can't.
 */
@Isolated("counts descriptors and threads of this JVM")
abstract class PeerContract extends RemoteContract {
    private final Peer peer;
    private final EnvironmentFactory factory = new EnvironmentFactory(
            ExecutorEnvironment.ofThisProcess(), ProxySettings.NONE, ClientOptions.DEFAULT, null, SandboxMode.NONE);

    private ServerProcess server;
    private String url;
    private Environment files;

    PeerContract(Peer peer) {
        this.peer = peer;
    }

    @BeforeAll
    final void start(@TempDir Path directory) throws Exception {
        server =
                peer.server(ExecBackendContract.EXECUTOR_ENVIRONMENT, directory).webSocket();
        url = server.url().toString();
        files = factory.ofUrl(url);
        // Connects, which is nobody's leak.
        var _ = files().getMetadata(HostPath.of("/"), null);
    }

    @AfterAll
    final void stop() {
        files.close();
        factory.close();
        server.close();
    }

    @Override
    protected ExecBackend openProcesses() throws Exception {
        Environment environment = factory.ofUrl(url);
        return new OwnedBackend(environment.execBackend(), environment::close);
    }

    @Override
    protected ExecutorFileSystem files() {
        return files.fileSystem();
    }
}
