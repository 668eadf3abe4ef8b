package dev.outpost.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outpost.client.ClientOptions;
import dev.outpost.environment.Environment;
import dev.outpost.environment.EnvironmentException;
import dev.outpost.environment.EnvironmentFactory;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.linux.Libc;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.sandbox.SandboxMode;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.contract.ExecBackendContract;
import dev.outpost.testkit.contract.OwnedBackend;
import dev.outpost.testkit.contract.ProcessIsolationContract;
import dev.outpost.testkit.contract.ProcessReachContract;
import dev.outpost.testkit.contract.ProcessSandboxContract;
import dev.outpost.testkit.contract.SandboxContract;
import dev.outpost.transport.websocket.ProxySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * What sandboxes promise, on the launched program as an ordinary user: the one of these tests or, if that is root, nobody.
 * Then the umask of this JVM lets the server do with the tests' files what it could with its own.
 */
@Isolated("changes the umask, and counts descriptors and threads of this JVM")
@ExtendWith(LeakCheck.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrdinaryUserIT {
    private static final Path ROOT = Path.of(Objects.requireNonNull(System.getProperty("outpost.root")));
    private static final boolean IS_ROOT = System.getProperty("user.name").equals("root");
    private static final String SETPRIV = "/usr/bin/setpriv";
    private static final int NOBODY = 65534;
    private static final Libc.Function UMASK = Libc.function("umask");

    private final EnvironmentFactory factory = new EnvironmentFactory(
            ExecutorEnvironment.of(ExecBackendContract.EXECUTOR_ENVIRONMENT),
            ProxySettings.NONE,
            ClientOptions.DEFAULT,
            null,
            SandboxMode.NONE);

    @TempDir
    static Path scratch;

    private long umask;
    private Program server;
    private String url;
    private Environment files;

    @BeforeAll
    void start() throws Exception {
        Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxr-xr-x"));
        if (IS_ROOT) {
            assumeTrue(
                    Files.isExecutable(Path.of(SETPRIV)),
                    "setpriv (of util-linux) is not installed: sandboxes of an ordinary user were not tested");
            umask = UMASK.callOrErrno(0);
        }
        server = Program.start(scratch, command(launcher().toString(), "exec-server", "--listen", "ws://127.0.0.1:0"));
        url = server.readLine();
        files = environment();
        // Connects, which is nobody's leak, and lets the client have what it keeps.
        files.fileSystem().writeFile(HostPath.of("/dev/null"), new byte[3 << 20], null);
    }

    @AfterAll
    void stop() throws Exception {
        if (files != null) {
            files.close();
        }
        if (server != null) {
            server.signal("TERM");
            assertThat(server.awaitEnd().exitCode()).isEqualTo(143);
            server.close();
        }
        factory.close();
        if (IS_ROOT) {
            UMASK.callOrErrno(umask);
        }
    }

    /** A command of the ordinary user. */
    private static ProcessBuilder command(String... command) {
        List<String> line = new ArrayList<>(List.of(command));
        if (IS_ROOT) {
            line.addAll(0, List.of(SETPRIV, "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        ProcessBuilder builder = new ProcessBuilder(line).directory(Path.of("/").toFile());
        builder.environment().clear();
        builder.environment().putAll(ExecBackendContract.EXECUTOR_ENVIRONMENT);
        builder.environment().put("OUTPOST_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("OUTPOST_NO_BUILD", "1");
        return builder;
    }

    private static boolean succeeds(String... command) throws Exception {
        try (Program program = Program.start(scratch, command(command))) {
            program.endInput();
            return program.awaitEnd().exitCode() == 0;
        }
    }

    /** The one of this build, or a copy, if that is where the user doesn't get to. */
    private static Path launcher() throws Exception {
        Path launcher = ROOT.resolve("outpost");
        if (!succeeds(launcher.toString(), "--version")) {
            launcher = Files.copy(
                    launcher, Files.createDirectory(scratch.resolve("clone")).resolve("outpost"));
            Files.createDirectories(scratch.resolve("clone/cli/target"));
            copy(ROOT.resolve("cli/target/outpost"), scratch.resolve("clone/cli/target/outpost"));
            assumeTrue(
                    succeeds(launcher.toString(), "--version"),
                    "an ordinary user can't run the program, perhaps because he can't read "
                            + System.getProperty("java.home")
                            + ": sandboxes of an ordinary user were not tested");
        }
        return launcher;
    }

    /** With the times, by which a start-up cache is known to be newer than what it is of. */
    private static void copy(Path from, Path to) throws Exception {
        Process copy = new ProcessBuilder("cp", "-a", from.toString(), to.toString())
                .inheritIO()
                .start();
        assertThat(copy.waitFor()).isZero();
        try (Stream<Path> all = Files.walk(to)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    private Environment environment() throws EnvironmentException {
        return factory.ofUrl(url);
    }

    private ExecBackend openProcesses() throws EnvironmentException {
        Environment environment = environment();
        return new OwnedBackend(environment.execBackend(), environment::close);
    }

    private static void requireBubblewrap() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/bwrap"))
                        && succeeds("/usr/bin/bwrap", "--unshare-user", "--ro-bind", "/", "/", "/bin/true"),
                "bubblewrap is missing or makes no namespaces for an ordinary user: his sandboxed processes were not"
                        + " tested");
    }

    @Nested
    final class Operations extends SandboxContract {
        @Override
        protected ExecutorFileSystem fileSystem() {
            return files.fileSystem();
        }
    }

    @Nested
    final class Processes extends ProcessSandboxContract {
        @BeforeAll
        static void require() throws Exception {
            requireBubblewrap();
        }

        @Override
        protected ExecBackend open() throws EnvironmentException {
            return openProcesses();
        }
    }

    @Nested
    final class Isolation extends ProcessIsolationContract {
        @BeforeAll
        static void require() throws Exception {
            requireBubblewrap();
        }

        @Override
        protected ExecBackend open() throws EnvironmentException {
            return openProcesses();
        }
    }

    @Nested
    final class Reach extends ProcessReachContract {
        @BeforeAll
        static void require() throws Exception {
            requireBubblewrap();
        }

        @Override
        protected ExecBackend open() throws EnvironmentException {
            return openProcesses();
        }

        @Override
        protected long executor() {
            return server.pid();
        }
    }

    /** That it is what its name says. */
    @Nested
    final class User {
        @Test
        void isNotRoot() throws IOException {
            assertThat(Files.readAllLines(Path.of("/proc", Long.toString(server.pid()), "status")))
                    .anyMatch(line -> line.matches("Uid:(\\s+[1-9][0-9]*){4}"))
                    .contains("CapEff:\t0000000000000000");
        }
    }
}
