package dev.outpost.server;

import dev.outpost.executor.EnvironmentInfo;
import dev.outpost.executor.HostPath;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A server over fakes, with a clock that stands still until the test moves it. */
final class TestServer implements AutoCloseable {
    final FakeFiles files = new FakeFiles();
    final AtomicLong nanoTime = new AtomicLong();
    final ExecServer server;
    private final List<FakeProcesses> backends = new CopyOnWriteArrayList<>();
    private final List<MemoryConnection> connections = new CopyOnWriteArrayList<>();

    TestServer() {
        this(ServerConfig.DEFAULT);
    }

    TestServer(ServerConfig config) {
        server = new ExecServer(config, new ExecutorServices(this::backend, files, info()), nanoTime::get);
    }

    EnvironmentInfo info() {
        return new EnvironmentInfo(
                "sh", HostPath.of("/bin/sh"), "1", "linux", null, null, HostPath.of("/tmp"), List.of(), Set.of());
    }

    /** A connection on which nothing was sent yet. */
    MemoryConnection connect() {
        var connection = new MemoryConnection(server.newConnection());
        connections.add(connection);
        return connection;
    }

    /** A connection that is ready for requests. */
    MemoryConnection connectReady() {
        var connection = MemoryConnection.ready(server);
        connections.add(connection);
        return connection;
    }

    /** The processes of the session that was created as number {@code index}, from 0. */
    FakeProcesses processes(int index) {
        return backends.get(index);
    }

    List<FakeProcesses> allProcesses() {
        return List.copyOf(backends);
    }

    @Override
    public void close() {
        server.close();
        connections.forEach(MemoryConnection::awaitEnd);
    }

    private FakeProcesses backend() {
        var created = new FakeProcesses();
        backends.add(created);
        return created;
    }
}
