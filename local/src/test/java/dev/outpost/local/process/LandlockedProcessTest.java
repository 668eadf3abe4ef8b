package dev.outpost.local.process;

import static dev.outpost.testkit.contract.ProcessProfiles.ROOT_READ;
import static dev.outpost.testkit.contract.ProcessProfiles.context;
import static dev.outpost.testkit.contract.ProcessProfiles.deny;
import static dev.outpost.testkit.contract.ProcessProfiles.path;
import static dev.outpost.testkit.contract.ProcessProfiles.special;
import static dev.outpost.testkit.contract.ProcessProfiles.workspaceWrite;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessSignal;
import dev.outpost.executor.process.SandboxType;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.FileSystemPolicy;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.sandbox.ProcessLandlock;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.EventCollector;
import dev.outpost.testkit.contract.ExecBackendContract;
import dev.outpost.testkit.contract.ProcessReachContract;
import dev.outpost.testkit.contract.Processes;
import dev.outpost.testkit.contract.Recipe;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Sandboxed processes where there is no bubblewrap, so as if namespaces were forbidden. */
final class LandlockedProcessTest extends ExecBackendContract {
    private static final SandboxContext READ_ONLY = context(null, ROOT_READ);

    private static ProcessSupervisor supervisor;

    @TempDir
    private Path directory;

    @BeforeAll
    static void openSupervisor() throws Exception {
        supervisor = new ProcessSupervisor(
                ProcessLimits.defaults(),
                ExecutorEnvironment.of(Map.of("PATH", "/nonexistent", "SECRET_OF_THE_SERVER", "x")));
    }

    @AfterAll
    static void closeSupervisor() {
        supervisor.close();
    }

    @BeforeEach
    void requireLandlock() {
        assumeTrue(ProcessLandlock.isAvailable(), "this kernel's Landlock can't restrict signals (Linux 6.12 can)");
    }

    @Override
    protected ExecBackend open() {
        return supervisor.openBackend();
    }

    private EventCollector sh(String id, SandboxContext sandbox, String script) throws Exception {
        return run(Recipe.sh(script).id(id).cwd(directory.toString()).sandbox(sandbox));
    }

    @Test
    @Spec({"F41", "F58", "N39", "N78"})
    void readsAndWritesNothing() throws Exception {
        Files.writeString(directory.resolve("f"), "content\n");
        ExecProcess process = start(Recipe.of("/bin/true").sandbox(READ_ONLY));
        assertThat(process.sandboxType()).isEqualTo(SandboxType.LINUX_SECCOMP);
        EventCollector events = sh("q", READ_ONLY, """
                cat f
                for c in 'echo x > f' 'echo x > n' 'rm f' 'mkdir d' 'chmod 777 f' 'chown 0 f' 'touch f' 'ln f g' 'mv f g' \\
                    'ln -s a b' 'mkfifo p' 'truncate -s 0 f'; do
                  sh -c "$c" 2> /dev/null && echo "DONE $c"
                done
                echo x > /dev/null && echo null
                exit 9
                """);
        assertThat(events.text()).contains("content\n", "null\n").doesNotContain("DONE");
        assertThat(events.exit()).isEqualTo(new ExitStatus.Code(9));
        assertThat(directory.resolve("f")).hasContent("content\n");
        assertThat(directory).isDirectoryContaining(path -> path.endsWith("f"));
        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    @Spec({"F57", "F101"})
    void readsOnlyWhatIsGranted() throws Exception {
        Files.writeString(directory.resolve("secret"), "secret\n");
        Path granted = Files.createDirectory(directory.resolve("granted"));
        Files.writeString(granted.resolve("f"), "content\n");
        EventCollector events = sh(
                "p",
                context(directory, special(Kind.MINIMAL, Access.READ), path(granted, Access.READ)),
                "cat granted/f; cat secret; ls /; ls /proc");
        assertThat(events.text()).contains("content\n", "Permission denied").doesNotContain("secret\n", "cpuinfo");
    }

    @Test
    @Spec({"F49", "F57"})
    void whatTakesTheNameOfSomethingGrantedIsGrantedInItsPlace() throws Exception {
        Path granted = Files.createDirectory(directory.resolve("granted"));
        Path moved = directory.resolve("moved");
        Files.writeString(granted.resolve("f"), "old\n");
        SandboxContext sandbox = context(directory, special(Kind.MINIMAL, Access.READ), path(granted, Access.READ));
        assertThat(sh("p", sandbox, "cat granted/f").text()).isEqualTo("old\n");
        Files.move(granted, moved);
        Files.createDirectory(granted);
        Files.writeString(granted.resolve("f"), "new\n");
        assertThat(sh("q", sandbox, "cat granted/f; cat moved/f").text())
                .contains("new\n", "Permission denied")
                .doesNotContain("old");
    }

    /** On demand, because the whole machine is slower for a while. */
    @Test
    @EnabledIfSystemProperty(named = "outpost.drop-caches", matches = "true")
    void whatTheKernelForgetsAndMakesAgainStaysGranted() throws Exception {
        for (String id : List.of("p", "q", "r", "s")) {
            assertThat(sh(id, READ_ONLY, "cat /proc/meminfo").exit()).isEqualTo(new ExitStatus.Code(0));
            Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "2");
        }
    }

    @Test
    @Spec({"F55", "F69a"})
    void reachesNoProcessWithTheSameRestrictions() throws Exception {
        ExecProcess first = start(Recipe.sh("echo $$; exec sleep 600").id("p").sandbox(READ_ONLY));
        ExecProcess second = start(Recipe.sh("echo $$; exec sleep 600").id("q").sandbox(READ_ONLY));
        try (EventCollector ofFirst = new EventCollector(first);
                EventCollector ofSecond = new EventCollector(second)) {
            ofFirst.untilOutput("\n");
            ofSecond.untilOutput("\n");
            assertThat(sh(
                                    "r",
                                    READ_ONLY,
                                    "kill -0 $$ && echo itself; for p in %s %s; do kill -0 $p && echo SIGNALLED; done"
                                            .formatted(
                                                    ofFirst.text().strip(),
                                                    ofSecond.text().strip()))
                            .text())
                    .contains("itself")
                    .doesNotContain("SIGNALLED");
        }
    }

    @Test
    @Spec({"F55", "F69a", "N79"})
    void reachesNoOtherProcessAndNoNetwork() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash is not installed, whose /dev/tcp connects");
        long server = ProcessHandle.current().pid();
        try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            EventCollector events = run(
                    Recipe.of("/bin/bash", "-c", """
                            for f in environ cmdline stat maps fd/0 root/etc/passwd cwd/. task/%d/environ; do
                              cat /proc/%d/$f > /dev/null 2>&1 && echo "READ $f"
                            done
                            ls /proc/%d/fd > /dev/null 2>&1 && echo "LISTED fd"
                            kill -0 %d 2> /dev/null && echo SIGNALLED
                            (exec 3<>/dev/tcp/127.0.0.1/%d) 2> /dev/null && echo CONNECTED
                            env
                            grep -c processor /proc/cpuinfo
                            echo end
                            """.formatted(server, server, server, server, listener.getLocalPort()))
                            .sandbox(READ_ONLY));
            assertThat(events.text())
                    .endsWith("end\n")
                    .doesNotContain("READ", "LISTED", "SIGNALLED", "CONNECTED", "SECRET_OF_THE_SERVER");
        }
    }

    @Test
    @Spec("F55")
    void hasNoPrivileges() throws Exception {
        String mark = "7" + Math.abs(System.nanoTime()) % 1_000_000;
        ExecProcess process = start(Recipe.sh("exec sleep " + mark).sandbox(READ_ONLY));
        try (EventCollector events = new EventCollector(process)) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> Processes.running("sleep", mark).size() == 1);
            Path status =
                    Path.of("/proc", Processes.running("sleep", mark).getFirst().toString(), "status");
            assertThat(Files.readAllLines(status))
                    .contains(
                            "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2");
            result(process.terminate());
            var _ = events.untilClosed();
        }
    }

    @Test
    @Spec({"P56", "P58", "N55"})
    void terminalsAndSignalsWork() throws Exception {
        EventCollector terminal = run(Recipe.sh("stty size; echo x > /dev/tty && [ -t 0 ] && echo tty")
                .onTerminal()
                .sandbox(READ_ONLY));
        assertThat(terminal.text()).contains("24 80", "tty");
        ExecProcess process = start(Recipe.sh("trap 'echo got; exit 5' INT; echo ready; while :; do sleep 0.05; done")
                .id("q")
                .sandbox(READ_ONLY));
        try (EventCollector events = new EventCollector(process)) {
            events.untilOutput("ready");
            result(process.signal(ProcessSignal.INTERRUPT));
            var _ = events.untilClosed();
            assertThat(events.exit()).isEqualTo(new ExitStatus.Code(5));
        }
    }

    @Test
    @Spec({"F25", "N79"})
    void allFilesWithoutNetwork() throws Exception {
        SandboxContext noNetwork = new SandboxContext(
                new PermissionProfile.Managed(new FileSystemPolicy.Unrestricted(), NetworkPolicy.RESTRICTED),
                null,
                List.of(),
                false);
        long server = ProcessHandle.current().pid();
        EventCollector events = sh(
                "p",
                noNetwork,
                "echo x > n && chmod 600 n && cat n; cat /proc/" + server
                        + "/environ > /dev/null && echo READ; kill -0 " + server + " && echo SIGNALLED");
        assertThat(events.text()).contains("x\n").doesNotContain("READ", "SIGNALLED");
    }

    @Test
    @Spec({"N78", "A61"})
    void whatItCannotExpressIsRefusedWithTheReason() throws Exception {
        String start = "sandbox intent cannot be enforced on this executor: Landlock can't ";
        String end = ", and bubblewrap is not installed; install it (on Debian and Ubuntu: apt install bubblewrap) and"
                + " restart Outpost";
        assertStartFails(
                Recipe.of("/bin/true").sandbox(workspaceWrite(directory)),
                FailureKind.INVALID_ARGUMENT,
                start + "protect .git, .agents and .codex in " + directory
                        + ", nor the modes and times of files elsewhere, while something may be written" + end);
        assertStartFails(
                Recipe.of("/bin/true").sandbox(context(directory, ROOT_READ, path(directory, Access.NONE))),
                FailureKind.INVALID_ARGUMENT,
                start + "deny " + directory + " within what may be read" + end);
        assertStartFails(
                Recipe.of("/bin/true").sandbox(context(directory, ROOT_READ, deny("*.env"))),
                FailureKind.INVALID_ARGUMENT,
                start + "deny what matches *.env" + end);
    }

    @Nested
    final class Reach extends ProcessReachContract {
        @Override
        protected ExecBackend open() {
            return supervisor.openBackend();
        }

        @Override
        protected void assumeConfined() {
            requireLandlock();
        }
    }
}
