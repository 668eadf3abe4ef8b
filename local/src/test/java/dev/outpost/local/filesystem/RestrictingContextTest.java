package dev.outpost.local.filesystem;

import static dev.outpost.local.filesystem.Disk.host;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.FileSystemPolicy.Restricted;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile.Managed;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget.GlobTarget;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.PolicyTarget.PathTarget;
import dev.outpost.executor.sandbox.PolicyTarget.SpecialTarget;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.testkit.Spec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RestrictingContextTest {
    private static final PolicyEntry ROOT_WRITE =
            new PolicyEntry(new SpecialTarget(Kind.ROOT, null), Access.WRITE, false);

    private final LocalFileSystem fileSystem = new LocalFileSystem();

    @TempDir
    Path root;

    /** Each restricts something, even where the operations of this test would be allowed. */
    static Stream<List<PolicyEntry>> policies() {
        PathTarget tmp = new PathTarget(HostPath.of("/tmp"));
        return Stream.of(
                List.of(),
                List.of(new PolicyEntry(new SpecialTarget(Kind.ROOT, null), Access.READ, false)),
                List.of(new PolicyEntry(new PathTarget(HostPath.of("/")), Access.WRITE, false)),
                List.of(ROOT_WRITE, new PolicyEntry(tmp, Access.READ, false)),
                List.of(
                        ROOT_WRITE,
                        new PolicyEntry(tmp, Access.NONE, false),
                        new PolicyEntry(tmp, Access.WRITE, false)),
                List.of(ROOT_WRITE, new PolicyEntry(new SpecialTarget(Kind.ROOT, null), Access.NONE, false)),
                List.of(ROOT_WRITE, new PolicyEntry(new SpecialTarget(Kind.PROJECT_ROOTS, null), Access.READ, false)),
                List.of(ROOT_WRITE, new PolicyEntry(new GlobTarget("**/.env"), Access.NONE, false)));
    }

    @ParameterizedTest
    @MethodSource("policies")
    @Spec({"F40", "F42", "F43"})
    void everyOperationIsRefusedAndNothingIsDone(List<PolicyEntry> policy) throws Exception {
        SandboxContext context = new SandboxContext(
                new Managed(new Restricted(policy, OptionalInt.empty()), NetworkPolicy.ENABLED),
                null,
                List.of(),
                false);
        Path file = Files.writeString(root.resolve("f"), "kept");
        HostPath existing = host(file);
        HostPath added = host(root.resolve("added"));
        refuses(() -> fileSystem.readFile(existing, context));
        refuses(() -> fileSystem.writeFile(existing, new byte[1], context));
        refuses(() -> fileSystem.createDirectory(added, true, context));
        refuses(() -> fileSystem.createDirectory(added, false, context));
        refuses(() -> fileSystem.getMetadata(existing, context));
        refuses(() -> fileSystem.readDirectory(host(root), context));
        refuses(() -> fileSystem.remove(existing, true, true, context));
        refuses(() -> fileSystem.copy(existing, added, true, context));
        assertThat(root).isDirectoryNotContaining("glob:**/added");
        assertThat(file).hasContent("kept");
    }

    private static void refuses(ThrowingCallable operation) {
        Disk.fails(
                FailureKind.REJECTED,
                "this executor can't sandbox file operations yet, so it did nothing; run the client with full access"
                        + " (danger-full-access), or use an executor that has a sandbox",
                operation);
    }
}
