package dev.outpost.client.remote;

import dev.outpost.client.ClientOptions;
import dev.outpost.client.ExecServerClient;
import dev.outpost.client.TestExecutor;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.testkit.contract.SandboxContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What a sandbox promises, on a server elsewhere. */
class RemoteSandboxTest extends SandboxContract {
    private static TestExecutor executor;
    private static ExecServerClient client;
    private static RemoteFileSystem fileSystem;

    @BeforeAll
    static void connect() throws Exception {
        executor = new TestExecutor();
        client = ExecServerClient.connect(executor.connector(), ClientOptions.DEFAULT);
        fileSystem = new RemoteFileSystem(client);
    }

    @AfterAll
    static void close() {
        client.close();
        executor.close();
    }

    @Override
    protected ExecutorFileSystem fileSystem() {
        return fileSystem;
    }
}
