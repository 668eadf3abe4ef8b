package dev.outpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outpost.transport.stdio.StdioConnection;
import dev.outpost.transport.websocket.WebSocketListener;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** The life of {@code exec-server}, from its options to its end. */
final class Serving {
    private static final Duration ENDING = Duration.ofSeconds(10);

    private final ExecServerOptions options;
    private final OutputStream stdout;

    private Serving(ExecServerOptions options, OutputStream stdout) {
        this.options = options;
        this.stdout = stdout;
    }

    /**
     * Serves until stdin ends (stdio) or a signal comes (otherwise); a signal ends the JVM with the exit code of its
     * kind, after the processes have been ended.
     *
     * @throws StartFailure if the server can't start
     */
    static void run(ExecServerOptions options) throws StartFailure {
        OutputStream stdout = new FileOutputStream(FileDescriptor.out);
        // What else prints on stdout, a library say, must not get into the protocol (spec W8).
        System.setOut(System.err);
        new Serving(options, stdout).run();
    }

    private void run() throws StartFailure {
        ListenUrl url = ListenUrl.parse(options.listen());
        String system = System.getProperty("os.name");
        if (!system.equals("Linux")) {
            throw new StartFailure("Outpost runs on Linux only, and this is " + system);
        }
        // Not a switch: the one that Java makes of types is linked at run time, for 5 ms.
        if (url instanceof ListenUrl.Stdio) {
            serveStdio();
        } else if (url instanceof ListenUrl.WebSocket webSocket) {
            checkExposure(webSocket);
            serveSockets(webSocket.address());
        } else if (url instanceof ListenUrl.UnixSocket unix) {
            serveSockets(UnixDomainSocketAddress.of(Path.of(unix.path()).toAbsolutePath()));
        }
    }

    /** An open port without authentication has to be asked for (spec N14k). */
    private void checkExposure(ListenUrl.WebSocket webSocket) throws StartFailure {
        if (webSocket.isLoopback()) {
            return;
        }
        String address = options.listen().substring("ws://".length());
        String user = System.getProperty("user.name");
        if (!options.allowUnauthenticated()) {
            throw new StartFailure("refusing to listen on " + address + ": other machines can reach that address and"
                    + " clients are not authenticated, so anyone could run commands as " + user
                    + "; listen on a loopback address and tunnel to it (ssh -L), or add --allow-unauthenticated if the"
                    + " network keeps others out");
        }
        System.err.println("WARNING: listening on " + address + " without authentication: everyone who can reach it can"
                + " run commands as " + user + ".");
    }

    private void serveStdio() {
        LocalExecutor executor = new LocalExecutor(options);
        onExit(executor::close);
        StdioConnection connection = StdioConnection.start(
                new FileInputStream(FileDescriptor.in),
                stdout,
                Math.toIntExact(options.maxMessageBytes()),
                executor.server().newConnection());
        load(executor);
        waitUninterruptibly(connection::awaitEnd);
    }

    private void serveSockets(SocketAddress address) throws StartFailure {
        LocalExecutor executor = new LocalExecutor(options);
        WebSocketListener listener = SocketServing.listen(executor.server(), options, address);
        onExit(() -> {
            executor.close();
            listener.close();
        });
        try {
            stdout.write((listener.url() + "\n").getBytes(UTF_8));
            stdout.flush();
        } catch (IOException closed) {
            throw new StartFailure("cannot print the URL on stdout: " + closed.getMessage());
        }
        load(executor);
        waitUninterruptibly(new CountDownLatch(1)::await);
    }

    /** On a thread of its own; where processes can't be run a server is of no use, and says so. */
    private static void load(LocalExecutor executor) {
        Thread.ofPlatform().daemon().name("warm-up").start(() -> {
            String complaint = StartUpCache.complaint();
            if (complaint != null) {
                System.err.println("WARNING: " + complaint + ".");
            }
            try {
                executor.load();
                HeapTrimming.start();
            } catch (StartFailure failure) {
                System.err.println("Error: " + failure.getMessage());
                System.exit(1);
            }
        });
    }

    /** What the end of the JVM waits for, but not for ever: a kernel may be stuck. */
    private static void onExit(Runnable closing) {
        Thread closer = Thread.ofPlatform().daemon().name("closer").unstarted(closing);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> {
                    closer.start();
                    waitUninterruptibly(() -> closer.join(ENDING));
                }));
    }

    private interface Wait {
        void run() throws InterruptedException;
    }

    /** Nobody interrupts these threads, so an interrupt is a bug. */
    private static void waitUninterruptibly(Wait wait) {
        try {
            wait.run();
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }
}
