package dev.outpost.testkit.contract;

import static dev.outpost.testkit.contract.ProcessProfiles.ROOT_READ;
import static dev.outpost.testkit.contract.ProcessProfiles.context;
import static dev.outpost.testkit.contract.ProcessProfiles.workspaceWrite;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessSignal;
import dev.outpost.executor.process.SandboxType;
import dev.outpost.executor.sandbox.FileSystemPolicy;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.testkit.Spec;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a sandboxed process can reach beside files, and that it can be handled like any other (spec 04 §4, §6). */
public abstract class ProcessIsolationContract extends ExecBackendContract {
    private static final SandboxContext READ_ONLY = context(null, ROOT_READ);
    private static final SandboxContext WITH_NETWORK = context(NetworkPolicy.ENABLED, null, ROOT_READ);

    @TempDir(factory = SharedDirectory.class)
    private Path directory;

    @BeforeEach
    final void requireBubblewrap() throws Exception {
        ProcessProfiles.assumeBubblewrap();
    }

    @Test
    @Spec({"N39", "N40", "N43", "N51"})
    void typeAndDenialAreTold() throws Exception {
        assertThat(start(Recipe.of("true")).sandboxType()).isEqualTo(SandboxType.NONE);
        ExecProcess process = start(Recipe.sh("echo x > /new; exit 3").id("q").sandbox(READ_ONLY));
        assertThat(process.sandboxType()).isEqualTo(SandboxType.LINUX_SECCOMP);
        try (EventCollector events = new EventCollector(process)) {
            var _ = events.untilClosed();
            assertThat(events.exit()).isEqualTo(new ExitStatus.Code(3));
            assertThat(denied(events)).isTrue();
            assertThat(read(process, 0).sandboxDenied()).isTrue();
        }
        assertThat(denied(run(Recipe.sh("exit 3").id("r").sandbox(READ_ONLY)))).isFalse();
        assertThat(denied(run(Recipe.sh("echo permission denied; exit 3").id("s"))))
                .as("without a sandbox")
                .isFalse();
    }

    private static boolean denied(EventCollector events) {
        return events.events().stream()
                .anyMatch(event -> event instanceof ProcessEvent.Exited exited && exited.sandboxDenied());
    }

    @Test
    @Spec({"F55", "N79"})
    void networkOnlyIfEnabled() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash is not installed, whose /dev/tcp connects");
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String connect = "exec 3<>/dev/tcp/127.0.0.1/" + server.getLocalPort() + " && echo CONNECTED";
            assertThat(run(bash(connect).sandbox(READ_ONLY)).text())
                    .contains("Operation not permitted")
                    .doesNotContain("CONNECTED");
            assertThat(run(bash(connect).id("q").sandbox(WITH_NETWORK)).text()).isEqualTo("CONNECTED\n");
            var noNetwork = new SandboxContext(
                    new PermissionProfile.Managed(new FileSystemPolicy.Unrestricted(), NetworkPolicy.RESTRICTED),
                    null,
                    List.of(),
                    false);
            String file = directory.resolve("written").toString();
            assertThat(run(bash("echo x > " + file + "; " + connect).id("r").sandbox(noNetwork))
                            .text())
                    .as("with all files")
                    .doesNotContain("CONNECTED");
            assertThat(directory.resolve("written")).exists();
        }
    }

    @Test
    @Spec({"F55", "F69a", "N79"})
    void localSocketsOfOthersAreOutOfReach() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "perl is not installed, which can use any socket");
        Path path = directory.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            String script = "use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0) or die \"socket: $!\";"
                    + "connect(S, pack_sockaddr_un($ARGV[0])) or die \"connect: $!\"; print 'CONNECTED'";
            Recipe recipe = Recipe.of("/usr/bin/perl", "-e", script, path.toString());
            assertThat(run(recipe.sandbox(READ_ONLY)).text()).startsWith("connect: Operation not permitted");
            assertThat(run(recipe.id("q")).text()).as("without a sandbox").isEqualTo("CONNECTED");
        }
    }

    @Test
    @Spec({"F55", "F69a"})
    void theServerAndOtherProcessesAreNotThere() throws Exception {
        long server = ProcessHandle.current().pid();
        EventCollector events =
                run(Recipe.sh("""
                ls -d /proc/%d /proc/%d/environ 2>&1
                kill -0 %d 2>&1
                cat /proc/[0-9]*/environ | tr '\\0' '\\n'
                cat /proc/[0-9]*/cmdline | tr '\\0' ' '
                ls /proc/$$/fd
                """.formatted(server, server, server)).sandbox(READ_ONLY));
        assertThat(events.text())
                .doesNotContain("CV_ALPHA", "java", "/proc/" + server + "\n", "USER=contract")
                .contains("PATH=" + Recipe.PATH)
                .endsWith("0\n1\n2\n");
        assertThat(run(Recipe.sh("ls /proc/1/fd /proc/2/fd").id("q").sandbox(READ_ONLY))
                        .text())
                .doesNotContain("3\n", "4\n");
    }

    @Test
    @Spec("F55")
    void itHasNoPrivilegesAndGainsNone() throws Exception {
        assertThat(run(Recipe.sh("grep -E 'CapEff|CapPrm|CapBnd|NoNewPrivs|Seccomp:' /proc/self/status")
                                .sandbox(READ_ONLY))
                        .text()
                        .lines())
                .containsExactly(
                        "CapPrm:\t0000000000000000",
                        "CapEff:\t0000000000000000",
                        "CapBnd:\t0000000000000000",
                        "NoNewPrivs:\t1",
                        "Seccomp:\t2");
    }

    @Test
    @Spec("F55")
    void itChangesNoSettingOfTheKernel() throws Exception {
        // Root may write these by its user id alone; each is written with what it has.
        EventCollector events = run(Recipe.sh("""
                        for f in vm/swappiness kernel/core_pattern fs/file-max; do
                          v=$(cat /proc/sys/$f) && printf '%s\\n' "$v" > /proc/sys/$f && echo "WROTE $f"
                        done
                        find /proc -path '/proc/[0-9]*' -prune -o -type f -writable -print 2> /dev/null
                        echo end
                        """).sandbox(READ_ONLY));
        assertThat(events.text()).doesNotContain("WROTE", "\n/proc/").endsWith("end\n");
    }

    @Test
    @Spec({"P68", "F55"})
    void itsEnvironmentIsForItAlone() throws Exception {
        Map<String, String> variables =
                Map.of("PATH", Recipe.PATH, "EMPTY", "", "TWO", "a=b c\nd", "LD_PRELOAD", "/nonexistent/planted.so");
        EventCollector events =
                run(Recipe.of("/usr/bin/env", "-0").environment(variables).sandbox(READ_ONLY));
        assertThat(events.text()).contains("EMPTY=\0", "TWO=a=b c\nd\0", "PATH=" + Recipe.PATH + "\0");
        assertThat(events.text().split("ERROR: ld.so", -1))
                .as("it is loaded by the command and not by what confines it")
                .hasSize(2);
    }

    @Test
    @Spec({"N44", "P52"})
    void exitCodesAreTheCommands() throws Exception {
        assertThat(run(Recipe.sh("exit 77").sandbox(READ_ONLY)).exit()).isEqualTo(new ExitStatus.Code(77));
        assertThat(run(Recipe.sh("kill -9 $$").id("q").sandbox(READ_ONLY)).exit())
                .isEqualTo(new ExitStatus.Code(137));
    }

    @Test
    @Spec("N77")
    void aMissingProgramStartsAndFails() throws Exception {
        for (boolean terminal : new boolean[] {false, true}) {
            EventCollector events = run(Recipe.of("/nonexistent/prog")
                    .id("p" + terminal)
                    .onTerminal(terminal)
                    .sandbox(READ_ONLY));
            assertThat(events.exit()).isEqualTo(new ExitStatus.Code(101));
            assertThat(events.text()).startsWith("cannot run /nonexistent/prog in the sandbox: ");
            assertThat(denied(events)).isTrue();
        }
    }

    @Test
    @Spec({"P63", "N39"})
    void aSandboxedCommandMayHaveAnotherName() throws Exception {
        assertThat(run(Recipe.sh("echo $0").arg0("custom zero").sandbox(READ_ONLY))
                        .text())
                .isEqualTo("custom zero\n");
    }

    @Test
    @Spec({"P39", "P11"})
    void inputAndOutputFlow() throws Exception {
        ExecProcess process = start(Recipe.of("cat").withStdin().sandbox(READ_ONLY));
        byte[] chunk = "x".repeat(60_000).getBytes(US_ASCII);
        try (EventCollector events = new EventCollector(process)) {
            for (int i = 0; i < 20; i++) {
                result(process.write(chunk, null));
            }
            result(process.closeStdin());
            var _ = events.untilClosed();
            assertThat(events.text()).hasSize(20 * 60_000);
            assertThat(events.exit()).isEqualTo(new ExitStatus.Code(0));
        }
    }

    @Test
    @Spec("N55")
    void anInterruptReachesTheCommandAndNotWhatConfinesIt() throws Exception {
        ExecProcess process =
                start(Recipe.sh("trap 'echo got it; exit 5' INT; echo ready; while :; do sleep 0.05; done")
                        .sandbox(READ_ONLY));
        try (EventCollector events = new EventCollector(process)) {
            events.untilOutput("ready");
            result(process.signal(ProcessSignal.INTERRUPT));
            var _ = events.untilClosed();
            assertThat(events.text()).contains("got it");
            assertThat(events.exit()).isEqualTo(new ExitStatus.Code(5));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Spec({"P46", "N14j"})
    void terminateLeavesNothing(boolean terminal) throws Exception {
        String mark = "9" + Math.abs(System.nanoTime()) % 1_000_000 + (terminal ? "1" : "2");
        ExecProcess process = start(Recipe.sh("setsid sleep " + mark + " & (setsid sh -c 'sleep " + mark + " & sleep "
                        + mark + "' &) ; echo ready; sleep " + mark)
                .onTerminal(terminal)
                .sandbox(READ_ONLY));
        try (EventCollector events = new EventCollector(process)) {
            events.untilOutput("ready");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> Processes.running("sleep", mark).size() == 4);
            assertThat(result(process.terminate())).isTrue();
            var _ = events.untilClosed();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> Processes.running("sleep", mark).isEmpty());
        }
    }

    @Test
    @Spec({"P49", "P69"})
    void whatACommandLeavesBehindEndsWithIt() throws Exception {
        String mark = "8" + Math.abs(System.nanoTime()) % 1_000_000;
        EventCollector events =
                run(Recipe.sh("setsid sleep " + mark + " & echo left").sandbox(READ_ONLY));
        assertThat(events.exit()).isEqualTo(new ExitStatus.Code(0));
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> Processes.running("sleep", mark).isEmpty());
    }

    @Test
    @Spec({"P56", "P57", "P58"})
    void aTerminalIsTheCommandsOwn() throws Exception {
        ExecProcess process = start(Recipe.of("/bin/sh", "-i")
                .environment(Map.of("PATH", Recipe.PATH, "PS1", "> "))
                .onTerminal()
                .sandbox(READ_ONLY));
        try (EventCollector events = new EventCollector(process)) {
            type(process, "stty size; echo tty:$([ -t 0 ] && echo yes) > /dev/tty\n");
            events.untilOutput("tty:yes");
            assertThat(events.text()).contains("24 80").doesNotContain("job control turned off");
            type(process, "sleep 1000\n");
            events.untilOutput("sleep 1000");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> !Processes.running("sleep", "1000").isEmpty());
            type(process, "\u0003");
            type(process, "echo after:$?\n");
            events.untilOutput("after:130");
            type(process, "exit 7\n");
            var _ = events.untilClosed();
            assertThat(events.exit()).isEqualTo(new ExitStatus.Code(7));
        }
    }

    private void type(ExecProcess process, String keys) throws Exception {
        result(process.write(keys.getBytes(UTF_8), null));
    }

    @Test
    @Spec("F48")
    void severalAtOnceShareWhatStandsIn() throws Exception {
        Path workspace = directory.toRealPath();
        Recipe recipe =
                Recipe.sh("read x; mkdir .codex").cwd(workspace.toString()).withStdin();
        ExecProcess first = start(recipe.id("a").sandbox(workspaceWrite(workspace)));
        EventCollector second =
                run(Recipe.sh("mkdir .codex").id("b").cwd(workspace.toString()).sandbox(workspaceWrite(workspace)));
        assertThat(second.text()).contains("File exists");
        assertThat(workspace.resolve(".codex")).as("the first needs it still").isEmptyDirectory();
        try (EventCollector events = new EventCollector(first)) {
            result(first.closeStdin());
            var _ = events.untilClosed();
            assertThat(events.text()).contains("File exists");
        }
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !Files.exists(workspace.resolve(".codex")));
    }

    @Test
    @Spec("F48")
    void whatStandsInStaysForThoseWhoStartedLater() throws Exception {
        Path workspace = directory.toRealPath();
        Recipe recipe = Recipe.sh(
                        "echo ready; read x; mkdir .codex && echo x > .codex/config && echo PLANTED; echo end")
                .cwd(workspace.toString())
                .withStdin()
                .sandbox(workspaceWrite(workspace));
        ExecProcess first = start(recipe.id("a"));
        try (EventCollector events = new EventCollector(first)) {
            events.untilOutput("ready");
            ExecProcess second = start(recipe.id("b"));
            try (EventCollector later = new EventCollector(second)) {
                later.untilOutput("ready");
                result(first.closeStdin());
                var _ = events.untilClosed();
                result(second.closeStdin());
                var _ = later.untilClosed();
                assertThat(later.text())
                        .contains("File exists")
                        .endsWith("end\n")
                        .doesNotContain("PLANTED");
            }
        }
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !Files.exists(workspace.resolve(".codex")));
    }

    private static Recipe bash(String script) {
        return Recipe.of("/bin/bash", "-c", script);
    }
}
