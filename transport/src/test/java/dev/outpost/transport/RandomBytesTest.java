package dev.outpost.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RandomBytesTest {
    @Test
    void fillsTheWholeArrayDifferentlyEachTime() {
        byte[] seen = new byte[100];
        // A byte stays 0 in all of 20 fillings once in 256^20 runs.
        for (int i = 0; i < 20; i++) {
            byte[] bytes = new byte[100];
            RandomBytes.fill(bytes);
            for (int at = 0; at < bytes.length; at++) {
                seen[at] |= bytes[at];
            }
        }
        assertThat(seen).doesNotContain(0);
    }

    @Test
    void uuidsAreRandomOnes() {
        Set<UUID> seen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            UUID uuid = RandomBytes.uuid();
            assertThat(uuid.version()).isEqualTo(4);
            assertThat(uuid.variant()).isEqualTo(2);
            assertThat(seen.add(uuid)).isTrue();
        }
    }
}
