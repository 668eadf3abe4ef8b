package dev.outpost.local.process;

import static dev.outpost.testkit.contract.ProcessProfiles.ROOT_READ;
import static dev.outpost.testkit.contract.ProcessProfiles.context;
import static dev.outpost.testkit.contract.ProcessProfiles.path;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.linux.FileAccess;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.poll.PidFd;
import dev.outpost.linux.poll.WaitStatus;
import dev.outpost.local.bubblewrap.Bubblewrap;
import dev.outpost.local.bubblewrap.BubblewrapDetection;
import dev.outpost.local.bubblewrap.BubblewrapDetection.Result.Usable;
import dev.outpost.local.bubblewrap.Placeholders;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.sandbox.MountPlan;
import dev.outpost.local.sandbox.SandboxHost;
import dev.outpost.local.sandbox.SandboxMode;
import dev.outpost.local.sandbox.SandboxPolicy;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.ProcessProfiles;
import dev.outpost.testkit.contract.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories that are exchanged for links between being looked at and being mounted. */
class HeldPlacesTest {
    private static final Placeholders.Observer NOBODY = new Placeholders.Observer() {
        @Override
        public void making(HostPath placeholder) {}

        @Override
        public void gone(HostPath placeholder) {}
    };

    @TempDir
    private Path scratch;

    private Path shared;
    private Path outside;
    private Bubblewrap bubblewrap;
    private SandboxContext context;

    @BeforeEach
    void layOut() throws Exception {
        ProcessProfiles.assumeBubblewrap();
        bubblewrap = ((Usable) new BubblewrapDetection(Recipe.PATH).result()).bubblewrap();
        assumeTrue(bubblewrap.bindsDescriptors(), "this bubblewrap has no --bind-fd (since 0.10, in Debian 0.8)");
        shared = Files.createDirectory(scratch.toRealPath().resolve("shared"));
        outside = Files.createDirectory(scratch.toRealPath().resolve("outside"));
        Files.createDirectory(shared.resolve("sub"));
        context = context(null, ROOT_READ, path(shared.resolve("sub"), Access.WRITE));
    }

    /** What a process of another sandbox could do that may write in {@code shared}. */
    private void exchange() throws Exception {
        Files.move(shared.resolve("sub"), shared.resolve("moved"));
        Files.createSymbolicLink(shared.resolve("sub"), Path.of("../outside"));
    }

    @Test
    @Spec({"F55", "F69"})
    void aLinkThatComesTooLateIsNotFollowed() throws Exception {
        ProcessSandbox sandbox =
                new ProcessSandbox(SandboxMode.ENFORCE, ExecutorEnvironment.of(Map.of("PATH", Recipe.PATH)), NOBODY);
        ProcessSandbox.Inner inner = new ProcessSandbox.Inner(
                bytes("/bin/sh"),
                "",
                List.of(bytes("sh"), bytes("-c"), bytes("echo x > " + outside + "/planted; echo x > sub/planted")),
                false,
                List.of(),
                HostPath.of(shared.toString()),
                false);
        try (Command command = sandbox.confine(inner, context);
                RestrictedBirths threads = new RestrictedBirths();
                FileDescriptor nothing = FileAccess.openDevNull()) {
            exchange();
            int pid = command.spawn(nothing.number(), nothing.number(), nothing.number(), null, threads);
            try (PidFd process = PidFd.open(pid)) {
                WaitStatus status = await().atMost(Duration.ofSeconds(30)).until(process::reap, end -> end != null);
                assertThat(status).isNotNull();
            }
            command.confinement().onEnd().run();
        }
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    @Spec({"F55", "F69"})
    void aLinkThatComesInTimeIsTold() throws Exception {
        SandboxHost host = SandboxHost.local(null);
        MountPlan plan = MountPlan.of(SandboxPolicy.compile(context, host), context, host);
        exchange();
        assertThatThrownBy(() -> HeldPlaces.of(plan, bubblewrap).close())
                .isInstanceOf(ExecutorException.class)
                .hasMessage(shared + "/sub was replaced while the sandbox was being prepared; try again");
        // One without descriptors would not notice.
        Bubblewrap older = new Bubblewrap(bubblewrap.program(), bubblewrap.userNamespace(), false, false);
        assertThat(HeldPlaces.of(plan, older).mounts()).isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
