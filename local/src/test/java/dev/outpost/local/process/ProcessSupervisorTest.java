package dev.outpost.local.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outpost.executor.process.ExecBackend;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent;
import dev.outpost.executor.process.ProcessId;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.executor.process.ReadRequest;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.Libc;
import dev.outpost.linux.Signals;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.local.output.OutputLimits;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.EventCollector;
import dev.outpost.testkit.contract.Processes;
import dev.outpost.testkit.contract.Recipe;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one supervisor promises beyond the contract of its backends: bounds, ends, and that nothing is left. */
final class ProcessSupervisorTest {
    /** Decimals that tell this run's processes from another's. */
    private static final String OWN = String.valueOf(ProcessHandle.current().pid());

    private static final long MEBI = 1024 * 1024;
    private static final int O_NONBLOCK = 0x800;
    private static final int F_GETPIPE_SZ = 1032;
    private static final int FIONREAD = 0x541B;
    private static final int ORDINARY_PIPE = 64 * 1024;

    private final LeakCheck leaks = LeakCheck.before();
    private final List<ProcessSupervisor> open = new ArrayList<>();

    private ProcessSupervisor supervisor(ProcessLimits limits) throws Exception {
        ProcessSupervisor supervisor = new ProcessSupervisor(limits, ExecutorEnvironment.ofThisProcess());
        open.add(supervisor);
        return supervisor;
    }

    private ExecBackend backend(ProcessLimits limits) throws Exception {
        return supervisor(limits).openBackend();
    }

    @AfterEach
    void closeAll() {
        open.forEach(ProcessSupervisor::close);
        leaks.assertNoLeak();
    }

    private static ExecProcess start(ExecBackend backend, Recipe recipe) throws Exception {
        return backend.start(recipe.request()).get(30, TimeUnit.SECONDS);
    }

    private static EventCollector closed(ExecProcess process) throws Exception {
        EventCollector events = new EventCollector(process);
        var _ = events.untilClosed();
        return events;
    }

    // Pipes.

    @Test
    void aPipeThatWasFullBecomesLarge(@TempDir Path folder) throws Exception {
        ProcessLimits limits = ProcessLimits.defaults().withOutput(new OutputLimits(1, 1, 1));
        ExecProcess process = start(
                backend(limits),
                Recipe.sh("echo $$ > " + folder + "/pid; echo held; read go; head -c 1000000 /dev/zero; echo end;"
                                + " exec sleep 60")
                        .withStdin());
        // It is not taken, so nothing more is read.
        await().until(() -> process.lastSeq() == 1);
        process.write("go\n".getBytes(UTF_8), null).join();
        String pid = Files.readString(folder.resolve("pid")).strip();
        await().until(() -> control(pid, 1, "ioctl", FIONREAD) == ORDINARY_PIPE);
        assertThat(control(pid, 1, "fcntl", F_GETPIPE_SZ)).isEqualTo(ORDINARY_PIPE);
        new EventCollector(process).untilOutput("end");
        assertThat(control(pid, 1, "fcntl", F_GETPIPE_SZ)).isEqualTo(ProcessLoop.LARGE_PIPE);

        assertThat(control(pid, 0, "fcntl", F_GETPIPE_SZ)).isEqualTo(ORDINARY_PIPE);
        var _ = process.write(new byte[ORDINARY_PIPE + 1], null);
        await().until(() -> control(pid, 0, "ioctl", FIONREAD) == ORDINARY_PIPE + 1);
        assertThat(control(pid, 0, "fcntl", F_GETPIPE_SZ)).isEqualTo(ProcessLoop.LARGE_PIPE);

        assertThat(control(pid, 2, "fcntl", F_GETPIPE_SZ))
                .as("nothing went through")
                .isEqualTo(ORDINARY_PIPE);
    }

    /** Asks about a pipe of a process: what the call returns, or what it stores. */
    private static int control(String pid, int fd, String call, int command) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom("/proc/" + pid + "/fd/" + fd);
            MemorySegment stored = arena.allocate(ValueLayout.JAVA_INT);
            try (FileDescriptor pipe =
                    FileDescriptor.of((int) Libc.function("open").callOrErrno(path.address(), O_NONBLOCK))) {
                long result =
                        pipe.use(number -> (int) Libc.function(call).callOrErrno(number, command, stored.address()));
                return call.equals("ioctl") ? stored.get(ValueLayout.JAVA_INT, 0) : (int) result;
            }
        }
    }

    // Retention.

    @Test
    @Spec({"P5", "P6", "P8", "P30"})
    void aClosedProcessIsEvictedAfterItsTime() throws Exception {
        ExecBackend backend = backend(ProcessLimits.defaults().withRetention(Duration.ofMillis(300)));
        ExecProcess process = start(backend, Recipe.sh("echo x"));
        assertThat(closed(process).text()).isEqualTo("x\n");
        assertThat(backend.find(new ProcessId("p"))).isNotNull();
        CompletableFuture<?> waiting = process.read(new ReadRequest(0, Long.MAX_VALUE, 0));
        assertThat(waiting).isCompleted();
        process.evicted().get(30, TimeUnit.SECONDS);
        assertThat(backend.find(new ProcessId("p"))).isNull();
        assertThatThrownBy(() -> process.read(new ReadRequest(0, 1, 0)).join())
                .hasMessageContaining("unknown process id p");
        assertThat(closed(start(backend, Recipe.sh("echo y"))).text())
                .as("the id is free")
                .isEqualTo("y\n");
    }

    @Test
    @Spec({"P6", "P8"})
    void anExitedProcessWithOpenStreamsIsKept() throws Exception {
        ExecBackend backend = backend(ProcessLimits.defaults().withRetention(Duration.ofMillis(250)));
        ExecProcess process = start(backend, Recipe.sh("(sleep 1; echo late) & exit 0"));
        assertThat(process.read(new ReadRequest(0, Long.MAX_VALUE, 30_000))
                        .join()
                        .exit())
                .isEqualTo(new ExitStatus.Code(0));
        assertThat(process.evicted()).isNotDone();
        EventCollector events = new EventCollector(process);
        events.untilOutput("late");
        process.evicted().get(30, TimeUnit.SECONDS);
    }

    @Test
    void ofTooManyClosedProcessesTheOldestGoesEarly() throws Exception {
        ExecBackend backend = backend(ProcessLimits.defaults().withProcesses(10, 10, 3));
        List<ExecProcess> processes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ExecProcess process = start(backend, Recipe.of("true").id("p" + i));
            // Only what closed counts.
            process.read(new ReadRequest(1, Long.MAX_VALUE, 30_000)).join();
            processes.add(process);
        }
        processes.get(0).evicted().get(30, TimeUnit.SECONDS);
        processes.get(1).evicted().get(30, TimeUnit.SECONDS);
        assertThat(processes.get(2).evicted()).isNotDone();
        assertThat(backend.find(new ProcessId("p4"))).isNotNull();
    }

    // Numbers of processes.

    @Test
    void processesOfABackendAreBounded() throws Exception {
        ExecBackend backend = backend(ProcessLimits.defaults().withProcesses(2, 10, 10));
        ExecProcess first = start(backend, Recipe.sh("sleep 100"));
        start(backend, Recipe.sh("sleep 100").id("q"));
        assertThatThrownBy(() -> start(backend, Recipe.of("true").id("r")))
                .hasMessageContaining("too many processes in this session (limit 2)");
        first.terminate().join();
        closed(first);
        start(backend, Recipe.of("true").id("r"));
    }

    @Test
    void processesOfAllBackendsAreBounded() throws Exception {
        ProcessSupervisor supervisor = supervisor(ProcessLimits.defaults().withProcesses(10, 2, 10));
        ExecBackend one = supervisor.openBackend();
        ExecBackend two = supervisor.openBackend();
        start(one, Recipe.sh("sleep 100"));
        start(two, Recipe.sh("sleep 100"));
        assertThatThrownBy(() -> start(two, Recipe.of("true").id("r")))
                .hasMessageContaining("too many processes on this executor (limit 2)");
        assertThatThrownBy(() -> start(two, Recipe.of("/nonexistent").id("r")))
                .hasMessageContaining("too many processes");
        one.close();
        await().untilAsserted(() -> closed(start(two, Recipe.of("true").id("s"))));
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> start(two, Recipe.of("/nonexistent").id("t")))
                    .as("a failed start does not count")
                    .hasMessageContaining("No such file");
        }
    }

    @Test
    void startsThatWaitAreBounded() throws Exception {
        ProcessLimits plenty = ProcessLimits.defaults();
        ExecBackend backend = backend(new ProcessLimits(
                plenty.output(),
                plenty.outputBytesTotal(),
                plenty.stdin(),
                1000,
                1000,
                1000,
                plenty.retention(),
                plenty.terminalGrace(),
                1,
                1));
        List<CompletableFuture<ExecProcess>> starts = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            starts.add(backend.start(Recipe.of("true").id("p" + i).request()));
        }
        assertThat(starts)
                .anySatisfy(start -> assertThat(start)
                        .failsWithin(Duration.ofSeconds(30))
                        .withThrowableThat()
                        .withMessageContaining("too many processes are waiting to be started (limit 1)"));
        assertThat(starts.getFirst().get(30, TimeUnit.SECONDS)).isNotNull();
        await().untilAsserted(() -> closed(start(backend, Recipe.of("true").id("q" + System.nanoTime()))));
    }

    @Test
    void backendsDoNotSeeEachOther() throws Exception {
        ProcessSupervisor supervisor = supervisor(ProcessLimits.defaults());
        ExecBackend one = supervisor.openBackend();
        ExecBackend two = supervisor.openBackend();
        ExecProcess first = start(one, Recipe.sh("sleep 100"));
        assertThat(two.find(new ProcessId("p"))).isNull();
        ExecProcess second = start(two, Recipe.of("cat").withStdin());
        one.close();
        one.close();
        assertThat(first.evicted()).isCompleted();
        second.write("still here".getBytes(UTF_8), null).join();
        new EventCollector(second).untilOutput("still here");
        assertThatThrownBy(() -> start(one, Recipe.of("true"))).hasMessageContaining("has ended");
    }

    // Output in bounded memory.

    @Test
    @Spec({"N14i", "P19"})
    void aWriterThatNobodyReadsTakesBoundedMemoryAndLosesNothing(@TempDir Path directory) throws Exception {
        Path sum = directory.resolve("sum");
        long limit = 2 * MEBI;
        ProcessSupervisor supervisor = supervisor(ProcessLimits.defaults().withOutput(new OutputLimits(limit, 8, 8)));
        ExecProcess process = start(
                supervisor.openBackend(),
                Recipe.sh(
                        "head -c 64m /dev/urandom | tee /proc/$$/fd/2 | sha256sum | tr -d ' -' > " + sum + "; exit 3"));
        await().until(() -> supervisor.retainedBytes() >= limit / 2);
        long[] seen = {0};
        await().pollInterval(Duration.ofMillis(200)).until(() -> {
            long before = seen[0];
            seen[0] = process.lastSeq();
            return seen[0] == before;
        });
        assertThat(supervisor.retainedBytes()).as("half is for what was taken").isLessThan(limit / 2 + 128 * 1024);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        long bytes = 0;
        EventCollector events = new EventCollector(process);
        for (ProcessEvent event : events.untilClosed()) {
            assertThat(event).isNotInstanceOf(ProcessEvent.Gap.class);
            if (event instanceof ProcessEvent.Output output) {
                digest.update(output.bytes());
                bytes += output.bytes().length;
                assertThat(output.stream()).isEqualTo(ProcessStream.STDERR);
            }
        }
        assertThat(bytes).isEqualTo(64 * MEBI);
        assertThat(events.exit()).isEqualTo(new ExitStatus.Code(3));
        assertThat(Files.readString(sum).strip()).isEqualTo(HexFormat.of().formatHex(digest.digest()));
    }

    @Test
    @Spec("N14i")
    void theBoundOfAllOutputHoldsBackTheGreedyAndLetsOthersGoOn() throws Exception {
        long total = 4 * MEBI;
        ProcessSupervisor supervisor = supervisor(ProcessLimits.defaults().withOutputBytesTotal(total));
        ExecBackend backend = supervisor.openBackend();
        List<ExecProcess> greedy = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            greedy.add(start(backend, Recipe.sh("head -c 20m /dev/zero").id("greedy" + i)));
        }
        await().until(() -> supervisor.retainedBytes() > total * 3 / 4);
        EventCollector modest = closed(start(backend, Recipe.sh("seq 1 2000")));
        assertThat(modest.text()).endsWith("\n2000\n");
        assertThat(supervisor.retainedBytes()).isLessThan(total + 8 * 128 * 1024);
        for (ExecProcess process : greedy) {
            // One after the other: those that nobody reads must not be in the way.
            assertThat(closed(process).bytes(ProcessStream.STDOUT)).hasSize((int) (20 * MEBI));
        }
    }

    @Test
    @Spec({"P13", "N14i"})
    void anExitDoesNotWaitForReaders() throws Exception {
        ExecBackend backend = backend(ProcessLimits.defaults().withOutput(new OutputLimits(1000, 8, 8)));
        ExecProcess process = start(backend, Recipe.sh("head -c 60000 /dev/zero; exit 4"));
        // Asks for what is beyond everything, so that nothing is taken.
        ReadRequest state = new ReadRequest(Long.MAX_VALUE - 1, 0, 0);
        await().untilAsserted(
                        () -> assertThat(process.read(state).join().exit()).isEqualTo(new ExitStatus.Code(4)));
        assertThat(closed(process).bytes(ProcessStream.STDOUT)).hasSize(60_000);
    }

    @Test
    @Spec("P13")
    void aDescendantThatWritesForEverDoesNotHoldBackTheExit() throws Exception {
        ExecBackend backend = backend(ProcessLimits.defaults());
        ExecProcess process = start(backend, Recipe.sh("yes & exit 0"));
        EventCollector events = new EventCollector(process);
        var _ = events.until(event -> event instanceof ProcessEvent.Exited);
    }

    // Leaks.

    @Test
    @Spec({"P66", "P48"})
    void fiveHundredProcessesLeaveNothing() throws Exception {
        ExecBackend backend = backend(ProcessLimits.defaults().withRetention(Duration.ZERO));
        List<CompletableFuture<ExecProcess>> starting = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            String script = i % 10 == 0 ? "sleep 100" : "echo " + i;
            starting.add(backend.start(Recipe.sh(script)
                    .id("p" + i)
                    .onTerminal(i % 2 == 0)
                    .withStdin()
                    .request()));
        }
        for (int i = 0; i < starting.size(); i++) {
            ExecProcess process = starting.get(i).get(60, TimeUnit.SECONDS);
            if (i % 10 == 0) {
                assertThat(process.terminate().join()).isTrue();
            }
            process.evicted().get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    @Spec("P7")
    void failedStartsLeaveNothing() throws Exception {
        ExecBackend backend = backend(ProcessLimits.defaults());
        for (int i = 0; i < 50; i++) {
            Recipe recipe = Recipe.of("/nonexistent").withStdin().onTerminal(i % 2 == 0);
            assertThat(backend.start(recipe.request())).failsWithin(Duration.ofSeconds(30));
        }
    }

    @Test
    void closingIsIdempotentAndRefusesStarts() throws Exception {
        ProcessSupervisor supervisor = supervisor(ProcessLimits.defaults());
        ExecBackend backend = supervisor.openBackend();
        start(backend, Recipe.sh("sleep 100"));
        supervisor.close();
        supervisor.close();
        assertThatThrownBy(() -> start(backend, Recipe.of("true"))).hasMessageContaining("has ended");
        assertThatThrownBy(() -> start(supervisor.openBackend(), Recipe.of("true")))
                .hasMessageContaining("has ended");
        backend.close();
    }

    @Test
    @Spec({"N14j", "P9"})
    void closingTheSupervisorFindsWhatLeftEveryGroup() throws Exception {
        ProcessSupervisor supervisor = supervisor(ProcessLimits.defaults().withRetention(Duration.ZERO));
        ExecBackend backend = supervisor.openBackend();
        start(
                        backend,
                        Recipe.sh("(setsid sh -c '(setsid sleep 4001." + OWN
                                + " &) ; exit' > /dev/null 2>&1 &) ; exit 0"))
                .evicted()
                .get(30, TimeUnit.SECONDS);
        start(
                backend,
                Recipe.sh("setsid sleep 4002." + OWN + " & sleep 4003." + OWN).id("q"));
        await().untilAsserted(() ->
                assertThat(Processes.running("sleep", "400[1-3]." + OWN)).hasSize(3));
        supervisor.close();
        assertThat(Processes.running("sleep", "400[1-3]." + OWN)).isEmpty();
    }

    // The guard.

    @Test
    @Spec({"P67", "N14j"})
    void nothingOutlivesAKilledServer() throws Exception {
        assertKilledWith(List.of(), "300[1-" + GuardedServer.SLEEPS + "]." + OWN);
    }

    @Test
    @Spec("P67")
    void withoutMarksNoGroupOutlivesAKilledServer() throws Exception {
        // The hard limit is lower than any mark; what leaves its group is lost then.
        assertKilledWith(List.of("prlimit", "--rttime=1000000"), "300[125]." + OWN);
    }

    /** Kills a {@link GuardedServer} that was started by a command; those of its sleeps have to follow. */
    private static void assertKilledWith(List<String> command, String expected) throws Exception {
        List<String> server = new ArrayList<>(command);
        server.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                GuardedServer.class.getName(),
                OWN));
        Process process = new ProcessBuilder(server)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String all = "300[1-" + GuardedServer.SLEEPS + "]." + OWN;
        try (BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            assertThat(output.readLine()).isEqualTo("ready");
            await().untilAsserted(
                            () -> assertThat(Processes.running("sleep", all)).hasSize(GuardedServer.SLEEPS));
            assertThat(guards(process.pid())).hasSize(1);
            long guard = guards(process.pid()).getFirst();
            process.destroyForcibly();
            await().untilAsserted(() -> {
                assertThat(Processes.running("sleep", expected)).isEmpty();
                assertThat(Processes.isAlive(guard)).isFalse();
            });
        } finally {
            process.destroyForcibly().waitFor();
            Processes.running("sleep", all).forEach(pid -> Signals.kill(pid.intValue(), Signals.SIGKILL));
        }
    }

    @Test
    @Spec("N14j")
    void aDescendantWithoutTheMarkIsFoundByItsSession() throws Exception {
        ExecBackend backend = backend(ProcessLimits.defaults());
        ExecProcess process = start(
                backend,
                Recipe.sh("set -m; prlimit --rttime=7000000 sleep 5001." + OWN + " & wait")
                        .onTerminal());
        await().untilAsserted(() ->
                assertThat(Processes.running("sleep", "5001." + OWN)).hasSize(1));
        assertThat(process.terminate().join()).isTrue();
        await().untilAsserted(() ->
                assertThat(Processes.running("sleep", "5001." + OWN)).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {Signals.SIGTERM, Signals.SIGINT, Signals.SIGHUP})
    void theGuardIgnoresWhatEndsAServer(int signal) throws Exception {
        ExecBackend backend = backend(ProcessLimits.defaults());
        ExecProcess process = start(backend, Recipe.sh("sleep 100"));
        long guard = guards(ProcessHandle.current().pid()).getLast();
        // The guard has set its traps when it sleeps in a read.
        await().until(() ->
                Files.readString(Path.of("/proc/" + guard + "/status")).contains("State:\tS"));
        await().until(() ->
                Files.readString(Path.of("/proc/" + guard + "/status")).matches("(?s).*SigIgn:\t0*[1-9a-f].*"));
        assertThat(Signals.kill((int) guard, signal)).isZero();
        assertThat(Processes.isAlive(guard)).isTrue();
        assertThat(process.terminate().join()).isTrue();
    }

    @Test
    void aGuardThatDiesIsReplacedWithTheNextProcessAndHarmsNone() throws Exception {
        ExecBackend backend = backend(ProcessLimits.defaults());
        ExecProcess process = start(backend, Recipe.of("cat").withStdin());
        long self = ProcessHandle.current().pid();
        List<Long> before = guards(self);
        assertThat(Signals.kill(before.getLast().intValue(), Signals.SIGKILL)).isZero();
        await().until(() -> !guards(self).contains(before.getLast()));
        await().untilAsserted(() -> {
            closed(start(backend, Recipe.of("true").id("q" + System.nanoTime())));
            assertThat(guards(self)).hasSameSizeAs(before).isNotEqualTo(before);
        });
        process.write("alive".getBytes(UTF_8), null).join();
        new EventCollector(process).untilOutput("alive");
    }

    private static List<Long> guards(long server) {
        return Processes.running("outpost-guard", ".*").stream()
                .filter(pid -> ProcessHandle.of(pid)
                        .flatMap(ProcessHandle::parent)
                        .filter(parent -> parent.pid() == server)
                        .isPresent())
                .sorted()
                .toList();
    }
}
