package dev.outpost.local.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.process.ExitStatus;
import dev.outpost.executor.process.ProcessEvent.Output;
import dev.outpost.executor.process.ProcessStream;
import dev.outpost.testkit.Spec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Spec("N51")
class SandboxDenialTest {
    private static final ExitStatus FAILED = new ExitStatus.Code(1);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "touch: cannot touch 'x': Operation not permitted",
                "PERMISSION DENIED",
                "x: read-only file system\n",
                "seccomp",
                "a Sandbox b",
                "LandLock",
                "failed to write file"
            })
    void aFailureThatSpeaksOfItIsADenial(String text) {
        assertThat(SandboxDenial.isLikely(FAILED, out(text))).isTrue();
        assertThat(SandboxDenial.isLikely(new ExitStatus.Signal(9), out(text))).isTrue();
        assertThat(SandboxDenial.isLikely(new ExitStatus.Code(0), out(text))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "permission", "No such file or directory", "sandbo", "operation  not permitted"})
    void anyOtherFailureIsNone(String text) {
        assertThat(SandboxDenial.isLikely(FAILED, out(text))).isFalse();
    }

    @Test
    void theFilterOfSystemCallsIsOneWithoutWords() {
        assertThat(SandboxDenial.isLikely(new ExitStatus.Code(159), List.of())).isTrue();
        assertThat(SandboxDenial.isLikely(new ExitStatus.Signal(31), List.of())).isTrue();
        assertThat(SandboxDenial.isLikely(new ExitStatus.Signal(9), List.of())).isFalse();
    }

    @Test
    void wordsMayBeInPieces() {
        List<Output> mixed = new ArrayList<>(out("permission"));
        mixed.add(new Output(2, ProcessStream.STDERR, "between".getBytes(UTF_8)));
        mixed.addAll(out(" denied"));
        assertThat(SandboxDenial.isLikely(FAILED, mixed)).as("within a stream").isTrue();

        List<Output> across = new ArrayList<>(out("permission"));
        across.add(new Output(2, ProcessStream.STDERR, " denied".getBytes(UTF_8)));
        assertThat(SandboxDenial.isLikely(FAILED, across))
                .as("in both together")
                .isTrue();
    }

    private static List<Output> out(String text) {
        return text.isEmpty() ? List.of() : List.of(new Output(1, ProcessStream.STDOUT, text.getBytes(UTF_8)));
    }
}
