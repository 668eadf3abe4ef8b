package dev.outpost.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrnoTest {
    @ParameterizedTest
    @CsvSource({
        "1, Operation not permitted (os error 1)",
        "2, No such file or directory (os error 2)",
        "13, Permission denied (os error 13)",
        "16, Resource busy (os error 16)",
        "30, Read-only file system (os error 30)",
        "36, Filename too long (os error 36)",
        "39, Directory not empty (os error 39)",
        "40, Symbolic link loop (os error 40)",
        "117, Data consistency error (os error 117)",
        "131, State not recoverable (os error 131)",
        "41, No error information (os error 41)",
        "-1, No error information (os error -1)",
        "4000, No error information (os error 4000)",
    })
    @Spec({"F4", "F5", "F7", "F8"})
    void describesAsMuslDoes(int errno, String text) {
        assertThat(Errno.describe(errno)).isEqualTo(text);
    }

    /** What musl has no text for, as far as Linux uses the numbers below 132. */
    @Test
    @Spec("F8")
    void hasATextForAllThatMuslHas() {
        Set<Integer> without = Set.of(
                0, 41, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 64, 65, 66, 68, 69, 70, 73, 76,
                78, 79, 80, 81, 82, 83, 85, 86, 87, 109, 118, 120);
        assertThat(IntStream.range(0, 132)
                        .filter(errno -> Errno.describe(errno).startsWith("No error information"))
                        .boxed())
                .containsExactlyInAnyOrderElementsOf(without);
    }
}
