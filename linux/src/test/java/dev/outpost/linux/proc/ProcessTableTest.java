package dev.outpost.linux.proc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.linux.Signals;
import dev.outpost.linux.spawn.ChildProcess;
import dev.outpost.linux.spawn.Fixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProcessTableTest {
    private final int self = (int) ProcessHandle.current().pid();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"sh", "a b", "a) R 1 (b", ")", "(((", "", " ) ) ", "\n"})
    void findsTheFieldsBehindAnyName(String name) {
        String line = "123 (" + name + ") S 45 67 89 34816 67 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654321 10 11 12\n";

        assertThat(ProcessTable.parse(ChildProcess.bytes(line)))
                .isEqualTo(new ProcessTable.Entry(123, 45, 67, 89, 'S', 987_654_321));
    }

    @Test
    void listsEveryProcessOnce() throws Exception {
        List<ProcessTable.Entry> entries = ProcessTable.snapshot();

        assertThat(entries)
                .extracting(ProcessTable.Entry::pid)
                .doesNotHaveDuplicates()
                .contains(self, 1);
        assertThat(entries)
                .filteredOn(entry -> entry.pid() == self)
                .singleElement()
                .satisfies(entry -> assertThat(entry.parent()).isEqualTo((int)
                        ProcessHandle.current().parent().orElseThrow().pid()));
    }

    @Test
    void knowsIdsAndSessionsWithoutALook() throws Exception {
        try (ChildProcess child = ChildProcess.start("/bin/cat")) {
            assertThat(ProcessTable.ids()).doesNotHaveDuplicates().contains(self, 1, child.pid());
            assertThat(ProcessTable.session(child.pid())).as("leads its own").isEqualTo(child.pid());
        }
        assertThat(ProcessTable.session(0)).isEqualTo(ProcessTable.session(self));
        assertThat(ProcessTable.session(Integer.MAX_VALUE)).as("there is none").isNegative();
    }

    @Test
    void seesAProcessWithAStrangeName() throws Exception {
        Path program = directory.resolve("a) R 1 (b");
        Files.copy(Path.of("/bin/cat"), program, StandardCopyOption.COPY_ATTRIBUTES);
        try (ChildProcess child = ChildProcess.start(program.toString())) {
            ProcessTable.Entry entry = Objects.requireNonNull(ProcessTable.find(child.pid()));

            assertThat(entry.parent()).isEqualTo(self);
            assertThat(entry.group()).isEqualTo(child.pid());
            assertThat(entry.session()).isEqualTo(child.pid());
            assertThat(ProcessTable.snapshot())
                    .extracting(ProcessTable.Entry::pid)
                    .contains(child.pid());
        }
    }

    @Test
    void tellsTheDeadFromTheLiving() throws Exception {
        try (ChildProcess child = ChildProcess.start("/bin/cat")) {
            ProcessTable.Entry alive = Objects.requireNonNull(ProcessTable.find(child.pid()));
            child.pidFd().signal(Signals.SIGKILL);
            Awaitility.await().until(() -> state(child.pid()) == 'Z');

            assertThat(alive.state()).isNotEqualTo('Z');
            assertThat(ProcessTable.find(child.pid()))
                    .extracting(ProcessTable.Entry::startTime)
                    .isEqualTo(alive.startTime());
            child.await();
            assertThat(ProcessTable.find(child.pid())).isNotEqualTo(alive);
        }
    }

    private static char state(int pid) throws Exception {
        ProcessTable.Entry entry = ProcessTable.find(pid);
        return entry == null ? ' ' : entry.state();
    }

    @Test
    void tellsTheTimeAsStartTimesDo() throws Exception {
        long before = ProcessTable.now();
        try (ChildProcess child = ChildProcess.start("/bin/cat")) {
            long started =
                    Objects.requireNonNull(ProcessTable.find(child.pid())).startTime();

            assertThat(started).isBetween(before, ProcessTable.now());
        }
    }

    @Test
    void findsNothingWhereThereIsNothing() throws Exception {
        assertThat(ProcessTable.find(Integer.MAX_VALUE)).isNull();
    }

    @Test
    void skipsWhatVanishesMeanwhile() throws Exception {
        Map<Integer, String> before = Fixture.openFiles();
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            Future<Void> churn = executor.submit(() -> {
                for (int i = 0; i < 300; i++) {
                    ChildProcess.run("/bin/true");
                }
                return null;
            });
            while (!churn.isDone()) {
                assertThat(ProcessTable.snapshot())
                        .extracting(ProcessTable.Entry::pid)
                        .contains(self);
            }
            churn.get();
        }
        assertThat(Fixture.openFiles()).isEqualTo(before);
    }
}
