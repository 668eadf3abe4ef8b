package dev.outpost.client;

import dev.outpost.executor.EnvironmentInfo;
import dev.outpost.executor.Extension;
import dev.outpost.executor.HostPath;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.filesystem.FileSystemLimits;
import dev.outpost.local.filesystem.LocalFileSystem;
import dev.outpost.local.process.ProcessLimits;
import dev.outpost.local.process.ProcessSupervisor;
import dev.outpost.local.sandbox.FileSandbox;
import dev.outpost.local.sandbox.SandboxHost;
import dev.outpost.local.sandbox.SandboxLimits;
import dev.outpost.local.sandbox.SandboxMode;
import dev.outpost.server.ExecServer;
import dev.outpost.server.ExecutorServices;
import dev.outpost.server.ServerConfig;
import dev.outpost.testkit.contract.ExecBackendContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;

/** A whole server in this JVM, with the processes and files of this machine, on a port where it speaks in lines. */
public final class TestExecutor implements AutoCloseable {
    private final ProcessSupervisor supervisor;
    private final ExecServer server;
    private final ServerSocket listener;
    private final Thread acceptor =
            Thread.ofPlatform().daemon().name("acceptor").unstarted(this::accept);

    /** Listens from now on. */
    public TestExecutor() {
        try {
            supervisor = new ProcessSupervisor(
                    ProcessLimits.defaults(), ExecutorEnvironment.of(ExecBackendContract.EXECUTOR_ENVIRONMENT));
            server = new ExecServer(
                    ServerConfig.DEFAULT,
                    new ExecutorServices(
                            supervisor::openBackend,
                            new LocalFileSystem(FileSystemLimits.DEFAULT, sandbox()),
                            new EnvironmentInfo(
                                    "sh",
                                    HostPath.of("/bin/sh"),
                                    "1",
                                    "linux",
                                    null,
                                    null,
                                    HostPath.of("/tmp"),
                                    List.of(),
                                    EnumSet.allOf(Extension.class))));
            listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        acceptor.start();
    }

    /** Which keeps no idle threads that a test would take for a leak. */
    private static FileSandbox sandbox() {
        return new FileSandbox(
                SandboxMode.ENFORCE,
                SandboxHost.local(null),
                new SandboxLimits(4, Duration.ofMillis(50), Duration.ZERO));
    }

    /** The server itself. */
    public ExecServer server() {
        return server;
    }

    /** Where it listens. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Connects to it. */
    public LineConnector connector() {
        return new LineConnector(this::port);
    }

    private void accept() {
        try {
            while (true) {
                LineConnection.start(listener.accept(), server.newConnection());
            }
        } catch (IOException closed) {
            // The end.
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            acceptor.join();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        server.close();
        supervisor.close();
    }
}
