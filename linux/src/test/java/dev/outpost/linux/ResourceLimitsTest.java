package dev.outpost.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.linux.proc.ProcessTable;
import dev.outpost.linux.spawn.ChildProcess;
import dev.outpost.linux.spawn.Fixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResourceLimitsTest {
    private static final long MARK = 1_234_567_890_123L;

    @Test
    void aMarkStaysOnADaemonizedGrandchild() throws Exception {
        try (ChildProcess child = ChildProcess.start(
                "/bin/sh", "-c", "read go; (setsid sleep 1000 >/dev/null 2>&1 & echo $!) & wait; cat")) {
            assertThat(ResourceLimits.setSoft(child.pid(), ResourceLimits.RLIMIT_RTTIME, MARK))
                    .isTrue();
            child.write("go\n");
            int daemon = Integer.parseInt(child.readLine());
            try {
                Awaitility.await()
                        .until(() ->
                                find(daemon).session() == daemon && find(daemon).parent() != child.pid());

                assertThat(find(daemon).group()).isNotEqualTo(child.pid());
                assertThat(ResourceLimits.soft(daemon, ResourceLimits.RLIMIT_RTTIME))
                        .hasValue(MARK);
            } finally {
                Signals.kill(daemon, Signals.SIGKILL);
            }
        }
    }

    private static ProcessTable.Entry find(int pid) throws LinuxException {
        return Objects.requireNonNull(ProcessTable.find(pid));
    }

    @Test
    void keepsTheHardLimitSoThatTheSoftOneCanRiseAgain() throws Exception {
        try (ChildProcess child = ChildProcess.start("/bin/cat")) {
            String before = limitsLine(child.pid());
            long soft = ResourceLimits.soft(child.pid(), ResourceLimits.RLIMIT_RTTIME)
                    .orElseThrow();

            assertThat(ResourceLimits.setSoft(child.pid(), ResourceLimits.RLIMIT_RTTIME, 5))
                    .isTrue();
            assertThat(limitsLine(child.pid())).isNotEqualTo(before);
            assertThat(ResourceLimits.setSoft(child.pid(), ResourceLimits.RLIMIT_RTTIME, soft))
                    .isTrue();
            assertThat(limitsLine(child.pid())).isEqualTo(before);
        }
    }

    private static String limitsLine(int pid) throws Exception {
        return Files.readAllLines(Path.of("/proc/" + pid + "/limits")).stream()
                .filter(line -> line.startsWith("Max realtime timeout"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aProcessThatIsGoneHasNone() {
        assertThat(ResourceLimits.setSoft(Integer.MAX_VALUE, ResourceLimits.RLIMIT_RTTIME, 1))
                .isFalse();
        assertThat(ResourceLimits.soft(Integer.MAX_VALUE, ResourceLimits.RLIMIT_RTTIME))
                .isEmpty();
        assertThat(ResourceLimits.softFromProc(Integer.MAX_VALUE, ResourceLimits.RLIMIT_RTTIME))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    void theKernelTellsTheSameInBothWays(int resource) {
        int self = (int) ProcessHandle.current().pid();
        OptionalLong fromCall = ResourceLimits.soft(self, resource);

        assertThat(fromCall).isPresent();
        assertThat(ResourceLimits.softFromProc(self, resource)).isEqualTo(fromCall);
    }

    /** The init process belongs to root; as root, without capabilities, a process of user 65534 is another's. */
    @Test
    void readsTheLimitOfAnotherUsersProcess() throws Exception {
        boolean root = Libc.function("geteuid").callOrErrno(0) == 0;
        try (ChildProcess child = root
                ? ChildProcess.start("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "cat")
                : ChildProcess.start("/bin/cat")) {
            child.write("ready\n");
            assertThat(child.readLine()).isEqualTo("ready");
            int other = root ? child.pid() : 1;

            boolean changed = Fixture.withoutCapabilities(
                    () -> ResourceLimits.setSoft(other, ResourceLimits.RLIMIT_RTTIME, MARK));
            OptionalLong soft =
                    Fixture.withoutCapabilities(() -> ResourceLimits.soft(other, ResourceLimits.RLIMIT_RTTIME));

            assertThat(changed).isFalse();
            assertThat(soft).isPresent().isEqualTo(ResourceLimits.softFromProc(other, ResourceLimits.RLIMIT_RTTIME));
        }
    }
}
