package dev.outpost.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.filesystem.DirectoryEntry;
import dev.outpost.executor.filesystem.FileContent;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;

/** The layout of spec F70, what is done in it, and what is expected of denials. */
abstract class SandboxFixture extends FileSystemFixture {
    static final PolicyEntry ROOT_READ = special(Kind.ROOT, Access.READ);
    static final PolicyEntry ROOT_WRITE = special(Kind.ROOT, Access.WRITE);

    @BeforeEach
    void layOut() throws IOException {
        root = root.toRealPath();
        Files.createDirectories(root.resolve("allowed/sub"));
        Files.createDirectories(root.resolve("outside/dir"));
        Files.writeString(root.resolve("allowed/a.txt"), "in");
        Files.writeString(root.resolve("outside/secret.txt"), "secret");
        Files.createSymbolicLink(root.resolve("allowed/link"), root.resolve("outside"));
        Files.createSymbolicLink(root.resolve("allowed/flink"), root.resolve("outside/secret.txt"));
    }

    static PolicyEntry special(Kind kind, Access access) {
        return new PolicyEntry(new SpecialTarget(kind, null), access, false);
    }

    PolicyEntry entry(String relative, Access access) {
        return new PolicyEntry(new PathTarget(path(relative)), access, false);
    }

    PolicyEntry noneOf(String pattern) {
        return new PolicyEntry(new GlobTarget(root + "/" + pattern), Access.NONE, false);
    }

    static SandboxContext context(PolicyEntry... entries) {
        return new SandboxContext(
                new Managed(new Restricted(List.of(entries), OptionalInt.empty()), NetworkPolicy.RESTRICTED),
                null,
                List.of(),
                false);
    }

    /** Only {@code allowed:read}. */
    SandboxContext readOnly() {
        return context(entry("allowed", Access.READ));
    }

    /** Only {@code allowed:write}. */
    SandboxContext readWrite() {
        return context(entry("allowed", Access.WRITE));
    }

    /** {@code root:read}, {@code allowed:write} and more. */
    SandboxContext readAll(PolicyEntry... more) {
        PolicyEntry[] entries = new PolicyEntry[more.length + 2];
        entries[0] = ROOT_READ;
        entries[1] = entry("allowed", Access.WRITE);
        System.arraycopy(more, 0, entries, 2, more.length);
        return context(entries);
    }

    String read(String relative, SandboxContext sandbox) throws ExecutorException {
        return read(path(relative), sandbox);
    }

    String read(HostPath path, SandboxContext sandbox) throws ExecutorException {
        try (FileContent content = fileSystem().readFile(path, sandbox)) {
            byte[] bytes = new byte[Math.toIntExact(content.size())];
            content.copy(0, bytes, 0, bytes.length);
            return new String(bytes, UTF_8);
        }
    }

    void write(String relative, SandboxContext sandbox) throws ExecutorException {
        fileSystem().writeFile(path(relative), bytes("new"), sandbox);
    }

    void makeDirectory(String relative, boolean recursive, SandboxContext sandbox) throws ExecutorException {
        fileSystem().createDirectory(path(relative), recursive, sandbox);
    }

    void remove(String relative, boolean force, SandboxContext sandbox) throws ExecutorException {
        fileSystem().remove(path(relative), true, force, sandbox);
    }

    void copy(String from, String to, SandboxContext sandbox) throws ExecutorException {
        fileSystem().copy(path(from), path(to), true, sandbox);
    }

    List<String> list(String relative, SandboxContext sandbox) throws ExecutorException {
        return fileSystem().readDirectory(path(relative), sandbox).stream()
                .map(DirectoryEntry::name)
                .toList();
    }

    Path at(String relative) {
        return root.resolve(relative);
    }

    /** Fails with something that clients take for a denial (spec F69). */
    static void denied(ThrowingCallable operation) {
        ExecutorException failure = catchThrowableOfType(ExecutorException.class, operation);
        assertThat(failure).as("a denial").isNotNull();
        String message = failure.getMessage();
        boolean denial = switch (failure.kind()) {
            case NOT_FOUND -> message.contains("No such file or directory");
            case REJECTED -> message.contains("Permission denied") || message.contains("Operation not permitted");
            case FAILED -> message.contains("Read-only file system");
            case INVALID_ARGUMENT, UNAVAILABLE -> false;
        };
        assertThat(denial).as("%s %s is a denial", failure.kind(), message).isTrue();
    }
}
