package dev.outpost.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outpost.linux.spawn.Fixture;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class CapabilitiesTest {
    private static final String NONE = "\t0000000000000000";

    private static String status() throws Exception {
        return Files.readString(Path.of("/proc/thread-self/status"));
    }

    private static String statusOfProgram() throws Exception {
        Process process = new ProcessBuilder("/bin/cat", "/proc/self/status").start();
        return new String(process.getInputStream().readAllBytes(), UTF_8);
    }

    @Test
    void neitherTheThreadNorAProgramOfRootHasAnyAfterwards() throws Exception {
        assumeTrue(!status().contains("CapEff:" + NONE), "these tests don't run as root, so there is nothing to drop");
        assertThat(statusOfProgram()).doesNotContain("CapEff:" + NONE);
        Fixture.onOwnThread(() -> {
            Capabilities.dropOfThread();
            assertThat(status()).contains("CapPrm:" + NONE, "CapEff:" + NONE, "CapInh:" + NONE, "CapAmb:" + NONE);
            assertThat(statusOfProgram()).contains("CapPrm:" + NONE, "CapEff:" + NONE, "CapAmb:" + NONE);
            return "";
        });
        assertThat(status()).as("another thread").doesNotContain("CapEff:" + NONE);
    }
}
