package dev.outpost.cli;

import static dev.outpost.testkit.contract.ProcessProfiles.ROOT_READ;
import static dev.outpost.testkit.contract.ProcessProfiles.context;
import static dev.outpost.testkit.contract.ProcessProfiles.workspaceWrite;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.outpost.client.ClientOptions;
import dev.outpost.environment.Environment;
import dev.outpost.environment.EnvironmentFactory;
import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.ExecutorFileSystem;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.SandboxType;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.sandbox.SandboxMode;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.EventCollector;
import dev.outpost.testkit.contract.ProcessProfiles;
import dev.outpost.testkit.contract.Recipe;
import dev.outpost.transport.websocket.ProxySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server on a kernel that has no Landlock: nothing sandboxed is done with files, and the reason is told. */
class WithoutLandlockTest {
    private static final String REFUSAL =
            "this kernel has no Landlock, so sandboxed file operations are refused; use Linux 5.13 or newer with landlock"
                    + " among its security modules, or start the server with --sandbox external if the machine itself is"
                    + " the sandbox";

    private final EnvironmentFactory factory = new EnvironmentFactory(
            ExecutorEnvironment.of(Map.of()), ProxySettings.NONE, ClientOptions.DEFAULT, null, SandboxMode.NONE);

    @TempDir
    private Path scratch;

    private Path workspace;
    private Path outside;
    private @Nullable Program server;
    private @Nullable Environment environment;

    @BeforeEach
    void layOut() throws Exception {
        scratch = scratch.toRealPath();
        workspace = Files.createDirectory(scratch.resolve("workspace"));
        outside = Files.writeString(
                Files.createDirectory(scratch.resolve("outside")).resolve("f"), "old");
    }

    @AfterEach
    void stop() {
        if (environment != null) {
            environment.close();
        }
        if (server != null) {
            server.close();
        }
        factory.close();
    }

    private Environment start(String searchPath, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("exec-server", "--listen", "ws://127.0.0.1:0"));
        arguments.addAll(List.of(options));
        ProcessBuilder command = Program.command(arguments.toArray(String[]::new));
        command.environment().put("PATH", searchPath);
        server = UnknownSystemCall.start(
                UnknownSystemCall.LANDLOCK_CREATE_RULESET, () -> Program.start(scratch, command));
        Environment started = factory.ofUrl(server.readLine());
        environment = started;
        return started;
    }

    private void refused(ThrowingCallable operation) {
        ExecutorException refusal = catchThrowableOfType(ExecutorException.class, operation);
        assertThat(refusal).hasMessage(REFUSAL);
        assertThat(refusal.kind()).isEqualTo(FailureKind.REJECTED);
    }

    private static HostPath path(Path path) {
        return HostPath.of(path.toString());
    }

    @Test
    @Spec({"F67", "F69"})
    void fileOperationsAreRefusedWithTheRemedy() throws Exception {
        ExecutorFileSystem files = start(Recipe.PATH).fileSystem();
        SandboxContext sandbox = workspaceWrite(workspace);
        byte[] data = "new".getBytes(UTF_8);
        refused(() -> files.writeFile(path(workspace.resolve("n")), data, sandbox));
        refused(() -> files.readFile(path(outside), sandbox).close());
        refused(() -> files.createDirectory(path(workspace.resolve("d")), true, sandbox));
        refused(() -> files.remove(path(outside), true, true, sandbox));
        refused(() -> files.copy(path(outside), path(workspace.resolve("c")), false, sandbox));
        refused(() -> files.getMetadata(path(outside), sandbox));
        refused(() -> files.readDirectory(path(workspace), sandbox));
        assertThat(workspace).isEmptyDirectory();
        assertThat(outside).hasContent("old");
        files.writeFile(path(workspace.resolve("n")), data, null);
        assertThat(workspace.resolve("n")).hasContent("new");
    }

    @Test
    @Spec("N79")
    void bubblewrapNeedsNoLandlock() throws Exception {
        ProcessProfiles.assumeBubblewrap();
        Environment started = start(Recipe.PATH);
        assertThat(sh(started, "echo x > " + outside + "; echo x > n; cat " + outside, workspaceWrite(workspace)))
                .contains("old");
        assertThat(workspace.resolve("n")).exists();
        assertThat(outside).hasContent("old");
    }

    @Test
    @Spec({"F67", "N78"})
    void withNeitherOfThemProcessesAreRefused() throws Exception {
        Environment started = start("/nonexistent");
        Throwable failure = catchThrowable(() -> sh(started, "echo x > " + outside, context(null, ROOT_READ)));
        assertThat(failure)
                .hasMessageContaining("sandbox intent cannot be enforced on this executor: bubblewrap is not installed;"
                        + " install it (on Debian and Ubuntu: apt install bubblewrap) and restart Outpost");
        assertThat(outside).hasContent("old");
    }

    @Test
    @Spec({"F67", "N39"})
    void aMachineThatIsTheSandboxNeedsNone() throws Exception {
        Environment started = start("/nonexistent", "--sandbox", "external");
        SandboxContext sandbox = context(null, ROOT_READ);
        started.fileSystem().writeFile(path(outside), "new".getBytes(UTF_8), sandbox);
        assertThat(outside).hasContent("new");
        // This client wants its processes in a sandbox, and the server says truly that there is none.
        assertThat(catchThrowable(() -> sh(started, "true", sandbox)))
                .hasMessageContaining("without the sandbox that was asked for");
    }

    /** Runs a script, which has to be told to be in a sandbox. */
    private String sh(Environment environment, String script, SandboxContext sandbox) throws Exception {
        Recipe recipe = Recipe.sh(script).cwd(workspace.toString()).sandbox(sandbox);
        ExecProcess process = environment.execBackend().start(recipe.request()).get(30, TimeUnit.SECONDS);
        assertThat(process.sandboxType()).isEqualTo(SandboxType.LINUX_SECCOMP);
        try (EventCollector events = new EventCollector(process)) {
            var _ = events.untilClosed();
            return events.text();
        }
    }
}
