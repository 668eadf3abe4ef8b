package dev.outpost.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class PagedMemoryTest {
    private static final long PART = 64 * 1024; // a multiple of the page size of every supported machine

    @Test
    void aDiscardedPartIsZeroAndTheRestStays() throws LinuxException {
        MemorySegment memory = PagedMemory.reserve(3 * PART);
        memory.fill((byte) 7);

        PagedMemory.discard(memory.asSlice(PART, PART));

        assertThat(memory.asSlice(PART, PART).mismatch(MemorySegment.ofArray(new byte[(int) PART])))
                .isEqualTo(-1);
        assertThat(memory.get(ValueLayout.JAVA_BYTE, PART - 1)).isEqualTo((byte) 7);
        assertThat(memory.get(ValueLayout.JAVA_BYTE, 2 * PART)).isEqualTo((byte) 7);
    }

    @Test
    void moreThanThereAreAddressesIsRefused() {
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> PagedMemory.reserve(1L << 60))
                .satisfies(failure -> assertThat(failure.errno()).isEqualTo(Errno.ENOMEM));
    }
}
