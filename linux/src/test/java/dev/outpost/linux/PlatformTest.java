package dev.outpost.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class PlatformTest {
    private static final Pattern LOOKUP = Pattern.compile("Libc\\.function\\(\\s*\"(\\w+)\"");

    @Test
    void worksHere() {
        assertThatNoException().isThrownBy(Platform::requireSupported);
        assertThatNoException().isThrownBy(Platform::warmUp);
    }

    @Test
    void namesAnotherSystem() {
        assertThat(Platform.problem("Windows 11", "amd64", name -> true, () -> 0))
                .isEqualTo("Outpost runs processes on Linux only, and this is Windows 11.");
    }

    @Test
    void namesAnotherProcessor() {
        assertThat(Platform.problem("Linux", "riscv64", name -> true, () -> 0))
                .isEqualTo("Outpost needs an x86-64 or AArch64 processor, and this Java runs on riscv64.");
    }

    @Test
    void namesTheFunctionsThatAreMissing() {
        assertThat(Platform.problem("Linux", "aarch64", name -> !name.endsWith("_np"), () -> 0))
                .isEqualTo("Outpost needs glibc 2.34 or newer, and this C library has no"
                        + " posix_spawn_file_actions_addchdir_np, posix_spawn_file_actions_addclosefrom_np.");
    }

    @Test
    void namesAKernelWithoutProcessDescriptors() {
        assertThat(Platform.problem("Linux", "amd64", name -> true, () -> Errno.ENOSYS))
                .isEqualTo("Outpost needs process descriptors, which Linux has from 5.4 on and a container's filter of"
                        + " system calls may forbid: Function not implemented (os error 38).");
    }

    @Test
    void findsNoProblemWithAllOfIt() {
        assertThat(Platform.problem("Linux", "amd64", name -> true, () -> 0)).isNull();
    }

    @Test
    void checksEveryFunctionThatIsUsed() throws IOException {
        Set<String> used = new TreeSet<>();
        Path sources = Path.of(System.getProperty("outpost.root"), "linux", "src", "main", "java");
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".java")).toList()) {
                LOOKUP.matcher(Files.readString(file)).results().forEach(match -> used.add(match.group(1)));
            }
        }
        assertThat(Platform.functions()).containsExactlyInAnyOrderElementsOf(used);
    }
}
