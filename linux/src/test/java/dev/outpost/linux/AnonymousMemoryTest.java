package dev.outpost.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AnonymousMemoryTest {
    @Test
    void givesTheAddressSpaceBack() throws Exception {
        long size = 64L << 30;
        long before = virtualKilobytes();
        AnonymousMemory memory = AnonymousMemory.reserve(size);
        MemorySegment segment = memory.segment();
        segment.set(ValueLayout.JAVA_BYTE, size - 1, (byte) 1);
        assertThat(segment.get(ValueLayout.JAVA_BYTE, size - 2)).isZero();
        assertThat(virtualKilobytes() - before).isGreaterThan(size / 2048);
        memory.close();
        memory.close();
        assertThat(virtualKilobytes() - before).isLessThan(size / 2048);
        assertThatIllegalStateException().isThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void failsIfThereIsNoRoom() {
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> AnonymousMemory.reserve(1L << 60))
                .withMessage("mmap: Out of memory (os error 12)");
    }

    private static long virtualKilobytes() throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmSize:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new AssertionError("no VmSize");
    }
}
