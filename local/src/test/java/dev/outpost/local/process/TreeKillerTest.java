package dev.outpost.local.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.linux.FileAccess;
import dev.outpost.linux.FileDescriptor;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.ResourceLimits;
import dev.outpost.linux.Signals;
import dev.outpost.linux.poll.PidFd;
import dev.outpost.linux.poll.WaitStatus;
import dev.outpost.linux.spawn.SpawnRequest;
import dev.outpost.linux.spawn.Spawner;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TreeKillerTest {
    private static final int RLIMIT_NOFILE = 7;

    private final LeakCheck leaks = LeakCheck.before();
    private final Lineage.Marks marks = new Lineage.Marks();
    private final TreeKiller killer = new TreeKiller(marks);

    @AfterEach
    void leavesNothing() {
        killer.close();
        leaks.assertNoLeak();
    }

    @Test
    @Spec("N14j")
    void killsWithoutAFreeDescriptor() throws Exception {
        // Once with descriptors, which loads every class and its file.
        try (Sleeper first = new Sleeper()) {
            killer.kill(List.of(first.lineage)).get(30, TimeUnit.SECONDS);
            assertThat(first.awaitEnd()).isEqualTo(new WaitStatus.Signaled(Signals.SIGKILL));
        }
        try (Sleeper second = new Sleeper()) {
            try (NoDescriptors _ = new NoDescriptors()) {
                killer.kill(List.of(second.lineage)).get(30, TimeUnit.SECONDS);
            }
            assertThat(second.awaitEnd()).isEqualTo(new WaitStatus.Signaled(Signals.SIGKILL));
        }
    }

    /** A process with a mark that does nothing for a long time. */
    private final class Sleeper implements AutoCloseable {
        private final Lineage lineage;
        private final PidFd process;

        Sleeper() throws LinuxException {
            try (FileDescriptor devNull = FileAccess.openDevNull()) {
                int none = devNull.number();
                SpawnRequest request = new SpawnRequest(
                        bytes("/bin/sleep"),
                        List.of(bytes("sleep"), bytes("1000")),
                        List.of(),
                        bytes("/"),
                        none,
                        none,
                        none,
                        null);
                lineage = marks.marked(() -> Spawner.spawn(request));
            }
            process = PidFd.open(lineage.leader());
        }

        WaitStatus awaitEnd() {
            return Awaitility.await().until(process::reap, status -> status != null);
        }

        @Override
        public void close() {
            process.signal(Signals.SIGKILL);
            process.close();
        }
    }

    /** Takes every descriptor that this process may have, and some of them away. */
    private static final class NoDescriptors implements AutoCloseable {
        private static final long FEW = 1024;

        private final long limit = ResourceLimits.soft(0, RLIMIT_NOFILE).orElse(ResourceLimits.UNLIMITED);
        private final List<FileDescriptor> taken = new ArrayList<>();

        NoDescriptors() {
            assertThat(ResourceLimits.setSoft(0, RLIMIT_NOFILE, FEW)).isTrue();
            try {
                while (true) {
                    taken.add(FileAccess.openDevNull());
                }
            } catch (LinuxException full) {
                assertThat(taken).isNotEmpty();
            }
        }

        @Override
        public void close() {
            ResourceLimits.setSoft(0, RLIMIT_NOFILE, limit);
            taken.forEach(FileDescriptor::close);
        }
    }

    private static byte[] bytes(String ascii) {
        return ascii.getBytes(US_ASCII);
    }
}
