package dev.outpost.local.process;

import static dev.outpost.testkit.contract.ProcessProfiles.ROOT_READ;
import static dev.outpost.testkit.contract.ProcessProfiles.context;
import static dev.outpost.testkit.contract.ProcessProfiles.path;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.linux.Errno;
import dev.outpost.linux.LinuxException;
import dev.outpost.linux.seccomp.SeccompFilter.Ban;
import dev.outpost.local.sandbox.ProcessLandlock;
import dev.outpost.local.sandbox.SandboxHost;
import dev.outpost.local.sandbox.SandboxPolicy;
import dev.outpost.testkit.Spec;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Births on restricted threads. What is born is only told here, not spawned. */
@Isolated("counts descriptors, of which others have some too")
final class RestrictedBirthsTest {
    private final RestrictedBirths births = new RestrictedBirths();
    private final List<Thread> threads = new ArrayList<>();

    @TempDir
    private Path directory;

    @BeforeEach
    void requireLandlock() {
        assumeTrue(ProcessLandlock.isAvailable(), "this kernel's Landlock can't restrict signals (Linux 6.12 can)");
    }

    @AfterEach
    void close() {
        births.close();
    }

    private static Restrictions restrictions(SandboxContext context, Set<Ban> bans) throws ExecutorException {
        return new Restrictions(ProcessLandlock.of(SandboxPolicy.compile(context, SandboxHost.local(null))), bans);
    }

    private static Restrictions readOnly() throws ExecutorException {
        return restrictions(context(null, ROOT_READ), Set.of());
    }

    private int birth(Restrictions restrictions) throws LinuxException {
        return births.spawn(
                restrictions,
                () -> {
                    threads.add(Thread.currentThread());
                    return 7;
                },
                null);
    }

    private static long rulesets() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(RestrictedBirthsTest::isRuleset).count();
        }
    }

    private static boolean isRuleset(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains("landlock-ruleset");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    @Test
    @Spec("F55")
    void everyBirthHasARestrictedThreadOfItsOwnAndTheCallerIsFree() throws Exception {
        Path file = directory.resolve("f");
        for (int i = 0; i < 3; i++) {
            assertThat(birth(readOnly())).isEqualTo(7);
            births.spawn(
                    readOnly(),
                    () -> {
                        assertThatThrownBy(() -> Files.writeString(file, "x"))
                                .isInstanceOf(AccessDeniedException.class);
                        return 1;
                    },
                    null);
        }
        assertThat(threads).hasSize(3).doesNotHaveDuplicates();
        assertThat(Files.writeString(file, "x")).exists();
    }

    @Test
    void whatIsGivenUpIsKeptForFewRestrictionsAndUntilTheClose() throws Exception {
        long before = rulesets();
        for (int i = 0; i < 3; i++) {
            birth(readOnly());
        }
        assertThat(rulesets() - before).isEqualTo(1);
        for (int i = 0; i < 20; i++) {
            Path granted = Files.createDirectory(directory.resolve("d" + i));
            birth(restrictions(context(directory, path(granted, Access.READ)), EnumSet.of(Ban.NETWORK)));
        }
        assertThat(rulesets() - before).isEqualTo(8);
        births.spawn(readOnly(), () -> 1, "/dev/null".getBytes(UTF_8));
        assertThat(rulesets() - before).as("with a terminal").isEqualTo(8);
        births.close();
        births.close();
        assertThat(birth(readOnly())).isEqualTo(7);
        assertThat(rulesets()).isEqualTo(before);
    }

    @Test
    void aFailureIsTheCallersAndTheNextOneIsBorn() throws Exception {
        assertThatThrownBy(() -> births.spawn(
                        readOnly(),
                        () -> {
                            throw new LinuxException("posix_spawn", Errno.ENOENT);
                        },
                        null))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        failure -> assertThat(failure.errno()).isEqualTo(Errno.ENOENT));
        assertThatThrownBy(() -> births.spawn(
                        readOnly(),
                        () -> {
                            throw new IllegalStateException("of the birth");
                        },
                        null))
                .hasMessage("of the birth");
        assertThat(birth(readOnly())).isEqualTo(7);
    }
}
