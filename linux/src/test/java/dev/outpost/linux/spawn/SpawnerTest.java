package dev.outpost.linux.spawn;

import static dev.outpost.linux.spawn.ChildProcess.bytes;
import static dev.outpost.linux.spawn.ChildProcess.environment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.outpost.linux.Errno;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.Libc;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.MemoryFile;
import dev.outpost.linux.Signals;
import dev.outpost.linux.poll.PidFd;
import dev.outpost.linux.poll.WaitStatus;
import dev.outpost.linux.proc.ProcessTable;
import dev.outpost.testkit.Spec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SpawnerTest {
    private static final WaitStatus SUCCESS = new WaitStatus.Exited(0);

    @TempDir
    private Path directory;

    @Test
    @Spec("P58")
    void leadsItsOwnSessionAndGroup() throws Exception {
        try (ChildProcess child = ChildProcess.start("/bin/cat")) {
            ProcessTable.Entry entry = Objects.requireNonNull(ProcessTable.find(child.pid()));

            assertThat(entry.group()).isEqualTo(child.pid());
            assertThat(entry.session()).isEqualTo(child.pid());
            assertThat(entry.parent()).isEqualTo((int) ProcessHandle.current().pid());
        }
    }

    @Test
    @Spec("P59")
    void startsWithDefaultDispositionsAndAnEmptyMask() throws Exception {
        Libc.Function signal = Libc.function("signal");
        Libc.Function mask = Libc.function("pthread_sigmask");
        long ignore = 1;
        long before = signal.callOrErrno(Signals.SIGWINCH, ignore);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment set = arena.allocate(128, 8);
            set.set(ValueLayout.JAVA_LONG, 0, 1L << (Signals.SIGUSR1 - 1));
            List<String> lines = Fixture.onOwnThread(() -> {
                mask.callOrErrno(0, set.address(), 0);
                List<String> parent = signalLines(Files.readString(Path.of("/proc/thread-self/status")));
                assertThat(parent.get(1)).as("blocked in this thread").isNotEqualTo("SigBlk:\t0000000000000000");
                assertThat(parent.get(2)).as("ignored by this process").isNotEqualTo("SigIgn:\t0000000000000000");
                return signalLines(
                        ChildProcess.run("/bin/cat", "/proc/self/status").text());
            });

            assertThat(lines)
                    .containsExactly(
                            "SigPnd:\t0000000000000000",
                            "SigBlk:\t0000000000000000",
                            "SigIgn:\t0000000000000000",
                            "SigCgt:\t0000000000000000");
        } finally {
            signal.callOrErrno(Signals.SIGWINCH, before);
        }
    }

    private static List<String> signalLines(String status) {
        return status.lines()
                .filter(line -> line.startsWith("Sig") && !line.startsWith("SigQ"))
                .toList();
    }

    @Test
    @Spec("P66")
    void inheritsNoDescriptorBeyondItsStreams() throws Exception {
        try (Arena arena = Arena.ofConfined();
                FileDescriptor inheritable = FileDescriptor.of((int) Libc.function("open")
                        .callOrErrno(arena.allocateFrom("/dev/null").address(), 0));
                ChildProcess child = ChildProcess.start("/bin/cat")) {
            // Once it answers, it has read its libraries and has no files open of its own.
            child.write("ready\n");
            assertThat(child.readLine()).isEqualTo("ready");

            assertThat(Fixture.openFiles()).containsEntry(inheritable.number(), "/dev/null");
            assertThat(Fixture.openFiles(child.pid())).containsOnlyKeys(0, 1, 2);
        }
    }

    @Test
    @Spec({"P60", "P68"})
    void hasExactlyTheGivenEnvironment() throws Exception {
        List<byte[]> environment =
                environment("B=1", "A=two words", "EMPTY=", "B=again", "no-equals", "RAW=\u00ff\u00fe");
        try (ChildProcess child = ChildProcess.start("/bin/cat", null, environment, "cat", "/proc/self/environ")) {
            assertThat(child.finish().text())
                    .isEqualTo("B=1\0A=two words\0EMPTY=\0B=again\0no-equals\0RAW=\u00ff\u00fe\0");
        }
        try (ChildProcess child = ChildProcess.start("/bin/cat", null, List.of(), "cat", "/proc/self/environ")) {
            assertThat(child.finish().text()).isEmpty();
        }
    }

    @Test
    @Spec("P63")
    void hasExactlyTheGivenArguments() throws Exception {
        String[] argv = {"my-argv0", "/proc/self/cmdline", "", "two words", "\u00ff"};
        try (ChildProcess child = ChildProcess.start("/bin/cat", null, List.of(), argv)) {
            assertThat(child.finish().text()).startsWith("my-argv0\0/proc/self/cmdline\0\0two words\0\u00ff\0");
        }
    }

    @Test
    void passesLongArgumentsWhole() throws Exception {
        String argument = "x".repeat(100_000);
        assertThat(ChildProcess.run("/bin/echo", argument).text()).isEqualTo(argument + "\n");
    }

    @Test
    @Spec("P64")
    void looksForARelativeProgramInItsDirectory() throws Exception {
        Files.copy(Path.of("/bin/readlink"), directory.resolve("where"), StandardCopyOption.COPY_ATTRIBUTES);
        try (ChildProcess child = ChildProcess.start("./where", directory, List.of(), "readlink", "/proc/self/cwd")) {
            assertThat(child.finish().text().strip())
                    .isEqualTo(directory.toRealPath().toString());
        }
    }

    @Test
    void inheritsTheDirectoryIfNoneIsGiven() throws Exception {
        assertThat(ChildProcess.run("/bin/readlink", "/proc/self/cwd").text().strip())
                .isEqualTo(Path.of("").toRealPath().toString());
    }

    @Test
    @Spec("P65")
    void saysWhyAProgramCannotBeStarted() throws Exception {
        Path plain = Files.writeString(directory.resolve("plain"), "echo no interpreter line");
        assertThat(failure("/no/such/program")).isEqualTo("No such file or directory (os error 2)");
        assertThat(failure(plain.toString())).isEqualTo("Permission denied (os error 13)");
        assertThat(failure(directory.toString())).isEqualTo("Permission denied (os error 13)");
        assertThat(failure(plain + "/below")).isEqualTo("Not a directory (os error 20)");
        Files.setPosixFilePermissions(plain, PosixFilePermissions.fromString("rwx------"));
        assertThat(failure(plain.toString())).isEqualTo("Exec format error (os error 8)");
    }

    private static String failure(String program) {
        try (ChildProcess child = ChildProcess.start(program)) {
            throw new AssertionError("started as " + child.pid());
        } catch (LinuxException e) {
            return e.describe();
        }
    }

    @Test
    void aFailedStartLeavesNothingBehind() throws Exception {
        Map<Integer, String> before = Fixture.openFiles();
        for (int i = 0; i < 100; i++) {
            assertThat(failure("/no/such/program")).startsWith("No such file");
        }
        assertThat(Fixture.openFiles()).isEqualTo(before);
        assertThat(children()).isEmpty();
    }

    @Test
    @Spec({"P62", "P65"})
    void tellsWhyADirectoryCannotBeUsed() throws Exception {
        Path locked = Files.createDirectory(directory.resolve("locked"));
        Path file = Files.createFile(directory.resolve("file"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rw-------"));

        assertThatNoException().isThrownBy(() -> Spawner.checkDirectory(bytes(directory.toString())));
        assertThatNoException().isThrownBy(() -> Spawner.checkDirectory(bytes(directory + "/")));
        assertThatNoException().isThrownBy(() -> Spawner.checkDirectory(bytes(".")));
        assertThat(directoryError("")).isEqualTo(Errno.ENOENT);
        assertThat(directoryError("/no/such/directory")).isEqualTo(Errno.ENOENT);
        assertThat(directoryError(file.toString())).isEqualTo(Errno.ENOTDIR);
        assertThat((int) Fixture.withoutCapabilities(() -> directoryError(locked.toString())))
                .isEqualTo(Errno.EACCES);
        assertThatIllegalArgumentException().isThrownBy(() -> Spawner.checkDirectory(bytes("a\0b")));

        // What the check stands in for: the start itself fails in the same cases, with an error that could be anyone's.
        for (Path cwd : List.of(Path.of("/no/such/directory"), file)) {
            assertThatExceptionOfType(LinuxException.class)
                    .isThrownBy(() -> ChildProcess.start("/bin/true", cwd, List.of(), "true"))
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(directoryError(cwd.toString())));
        }
    }

    private static int directoryError(String path) {
        try {
            Spawner.checkDirectory(bytes(path));
            return 0;
        } catch (LinuxException e) {
            return e.errno();
        }
    }

    @Test
    void refusesWhatTheKernelWouldCutShort() {
        byte[] ok = bytes("ok");
        byte[] nul = bytes("a\0b");
        assertThatIllegalArgumentException().isThrownBy(() -> request(nul, List.of(ok), List.of(), ok, null));
        assertThatIllegalArgumentException().isThrownBy(() -> request(ok, List.of(ok, nul), List.of(), ok, null));
        assertThatIllegalArgumentException().isThrownBy(() -> request(ok, List.of(ok), List.of(nul), ok, null));
        assertThatIllegalArgumentException().isThrownBy(() -> request(ok, List.of(ok), List.of(), nul, null));
        assertThatIllegalArgumentException().isThrownBy(() -> request(ok, List.of(ok), List.of(), ok, nul));
        assertThatIllegalArgumentException().isThrownBy(() -> request(ok, List.of(), List.of(), ok, null));
        assertThatNoException().isThrownBy(() -> request(ok, List.of(ok), List.of(), null, null));
    }

    private static SpawnRequest request(
            byte[] program,
            List<byte[]> argv,
            List<byte[]> environment,
            byte @Nullable [] cwd,
            byte @Nullable [] terminal) {
        return new SpawnRequest(program, argv, environment, cwd, 0, 1, 2, terminal);
    }

    static List<List<Integer>> overlappingSources() {
        return IntStream.range(0, 125)
                .mapToObj(i -> List.of(i / 25, i / 5 % 5, i % 5))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("overlappingSources")
    void putsStreamsInPlaceHoweverTheirNumbersOverlap(List<Integer> sources) throws Exception {
        Map<Integer, String> own = Fixture.openFiles();
        int pid = Spawner.spawn(new SpawnRequest(
                bytes("/bin/sleep"),
                List.of(bytes("sleep"), bytes("1000")),
                List.of(),
                null,
                sources.get(0),
                sources.get(1),
                sources.get(2),
                null));
        try (PidFd child = PidFd.open(pid)) {
            Map<Integer, String> files = Fixture.openFiles(pid);
            child.signal(Signals.SIGKILL);
            ChildProcess.await(child);

            // It may be reading its libraries, so it can have other files open.
            assertThat(files)
                    .containsAllEntriesOf(IntStream.range(0, 3)
                            .boxed()
                            .collect(Collectors.toMap(i -> i, i -> own.get(sources.get(i)))));
        }
    }

    @Test
    void handsOnTheDescriptorsThatAreAskedFor() throws Exception {
        Map<Integer, String> own = Fixture.openFiles();
        try (MemoryFile one = MemoryFile.containing("one", bytes("first"));
                MemoryFile two = MemoryFile.containing("two", bytes("second"))) {
            for (List<Integer> more : List.of(
                    List.of(one.descriptor().number(), two.descriptor().number()),
                    List.of(two.descriptor().number(), 2, one.descriptor().number()),
                    List.of(1, 0))) {
                int pid = Spawner.spawn(new SpawnRequest(
                        bytes("/bin/sleep"),
                        List.of(bytes("sleep"), bytes("1000")),
                        List.of(),
                        null,
                        0,
                        0,
                        0,
                        null,
                        true,
                        more));
                try (PidFd child = PidFd.open(pid)) {
                    Map<Integer, String> files = Fixture.openFiles(pid);
                    child.signal(Signals.SIGKILL);
                    ChildProcess.await(child);
                    Map<Integer, String> now = Fixture.openFiles();
                    for (int i = 0; i < more.size(); i++) {
                        assertThat(files).containsEntry(3 + i, now.get(more.get(i)));
                    }
                    assertThat(files).containsEntry(0, own.get(0)).containsEntry(2, own.get(0));
                }
            }
        }
    }

    @Test
    void keepsAStreamThatIsInPlaceButClosedOnExec() throws Exception {
        Libc.Function fcntl = Libc.function("fcntl");
        int setFlags = 2;
        int closeOnExec = 1;
        fcntl.callOrErrno(0, setFlags, closeOnExec);
        try {
            putsStreamsInPlaceHoweverTheirNumbersOverlap(List.of(0, 0, 2));
        } finally {
            fcntl.callOrErrno(0, setFlags, 0);
        }
    }

    @Test
    void refusesADescriptorThatIsNotOpen() {
        int unused = 900_000;
        for (List<Integer> streams : List.of(List.of(-1, 1, 2), List.of(0, unused, 2), List.of(0, 1, unused))) {
            assertThatExceptionOfType(LinuxException.class)
                    .isThrownBy(() -> Spawner.spawn(new SpawnRequest(
                            bytes("/bin/true"),
                            List.of(bytes("true")),
                            List.of(),
                            null,
                            streams.get(0),
                            streams.get(1),
                            streams.get(2),
                            null)))
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
        }
    }

    @Test
    void manyStartsFromSeveralThreadsLeaveNothingBehind() throws Exception {
        ChildProcess.run("/bin/true");
        Map<Integer, String> files = Fixture.openFiles();
        List<String> threads = threads();

        inParallel(4, () -> {
            for (int i = 0; i < 500; i++) {
                assertThat(ChildProcess.run("/bin/true").status()).isEqualTo(SUCCESS);
            }
            return null;
        });

        assertThat(Fixture.openFiles()).isEqualTo(files);
        // Fewer is fine: the JDK ends idle threads of its own.
        assertThat(threads()).isSubsetOf(threads);
        assertThat(children()).isEmpty();
    }

    /**
     * A child that is being started holds a copy of every descriptor, so the file that another thread has just written
     * and closed may count as still being written.
     */
    @Test
    void runsAProgramWrittenAMomentAgoWhileOthersStart() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService others = Executors.newSingleThreadExecutor()) {
            Future<Void> starting = others.submit(() -> {
                while (!done.get()) {
                    ChildProcess.run("/bin/true");
                }
                return null;
            });
            try {
                for (int i = 0; i < 500; i++) {
                    Path script = directory.resolve("script" + i);
                    Files.createFile(
                            script, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                    Files.writeString(script, "#!/bin/true\n");
                    assertThat(ChildProcess.run(script.toString()).status()).isEqualTo(SUCCESS);
                }
            } finally {
                done.set(true);
            }
            starting.get();
        }
    }

    /** On threads that have ended when this returns, unlike those of an executor that was closed. */
    private static void inParallel(int count, Callable<Void> task) throws Exception {
        List<FutureTask<Void>> results = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            FutureTask<Void> result = new FutureTask<>(task);
            results.add(result);
            threads.add(Thread.ofPlatform().start(result));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (FutureTask<Void> result : results) {
            result.get();
        }
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .sorted()
                .toList();
    }

    private static List<ProcessTable.Entry> children() throws LinuxException {
        int self = (int) ProcessHandle.current().pid();
        return ProcessTable.snapshot().stream()
                .filter(entry -> entry.parent() == self)
                .toList();
    }
}
