package dev.outpost.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.FileSystemPolicy.Restricted;
import dev.outpost.executor.sandbox.FileSystemPolicy.Unrestricted;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.PermissionProfile.Disabled;
import dev.outpost.executor.sandbox.PermissionProfile.External;
import dev.outpost.executor.sandbox.PermissionProfile.Managed;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.PolicyTarget.PathTarget;
import dev.outpost.executor.sandbox.PolicyTarget.SpecialTarget;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.testkit.Spec;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/**
 * The cases of spec 03 §10: what file operations do under a restricting profile, and what they must not, looked at on the
 * disk and not in the answers. The file system under test and this JVM must see the same disk, as the same user.
 */
public abstract class SandboxContract extends SandboxFixture {
    @Test
    @Spec({"F71", "F72"})
    void readOnlyReadsAndChangesNothing() throws Exception {
        assertThat(read("allowed/a.txt", readOnly())).isEqualTo("in");
        denied(() -> write("allowed/n", readOnly()));
        denied(() -> write("allowed/a.txt", readOnly()));
        denied(() -> remove("allowed/a.txt", false, readOnly()));
        denied(() -> makeDirectory("allowed/d", true, readOnly()));
        denied(() -> makeDirectory("allowed/d", false, readOnly()));
        denied(() -> copy("allowed/a.txt", "allowed/b.txt", readOnly()));
        denied(() -> copy("allowed/sub", "allowed/sub2", readOnly()));
        assertThat(at("allowed/a.txt")).hasContent("in");
        assertThat(at("allowed").toFile().list()).containsExactlyInAnyOrder("a.txt", "sub", "link", "flink");
    }

    @Test
    @Spec({"F57", "F60", "F64", "F73"})
    void nothingOutsideIsThere() throws Exception {
        SandboxContext sandbox = readWrite();
        write("allowed/n", sandbox);
        assertThat(at("allowed/n")).hasContent("new");
        fails(FailureKind.NOT_FOUND, NOT_FOUND, () -> read("outside/secret.txt", sandbox));
        denied(() -> fileSystem().getMetadata(path("outside"), sandbox));
        denied(() -> list("outside", sandbox));
        denied(() -> list("", sandbox));
        denied(() -> write("outside/n", sandbox));
        denied(() -> write("n", sandbox));
        denied(() -> makeDirectory("new/deep", true, sandbox));
        denied(() -> copy("outside/secret.txt", "allowed/c", sandbox));
        denied(() -> copy("allowed/a.txt", "outside/c", sandbox));
        denied(() -> remove("outside/secret.txt", false, sandbox));
        remove("outside/secret.txt", true, sandbox);
        assertThat(at("outside").toFile().list()).containsExactlyInAnyOrder("secret.txt", "dir");
        assertThat(root.toFile().list()).containsExactlyInAnyOrder("allowed", "outside");
        assertThat(at("allowed/c")).doesNotExist();
    }

    @Test
    @Spec({"F74", "F75"})
    void linksOutOfTheAllowedLeadNowhere() {
        denied(() -> read("allowed/link/secret.txt", readOnly()));
        denied(() -> read("allowed/flink", readOnly()));
        fails(FailureKind.NOT_FOUND, NOT_FOUND, () -> read("allowed/link/../secret.txt", readOnly()));
        denied(() -> fileSystem().getMetadata(path("allowed/flink"), readOnly()));
    }

    @Test
    @Spec({"F58", "F61", "F76", "F77", "F80"})
    void nothingIsChangedThroughLinks() throws Exception {
        for (SandboxContext sandbox : List.of(readWrite(), readAll())) {
            denied(() -> write("allowed/link/n", sandbox));
            denied(() -> write("allowed/flink", sandbox));
            denied(() -> copy("allowed/a.txt", "allowed/link/c", sandbox));
            denied(() -> copy("allowed/a.txt", "allowed/flink", sandbox));
            denied(() -> remove("allowed/link/secret.txt", false, sandbox));
            denied(() -> remove("allowed/link/dir", false, sandbox));
            denied(() -> makeDirectory("allowed/link/c", false, sandbox));
            assertThatThrownBy(() -> makeDirectory("allowed/link/c", true, sandbox))
                    .isInstanceOf(ExecutorException.class);
        }
        denied(() -> copy("allowed/link/secret.txt", "allowed/c", readWrite()));
        fails(FailureKind.FAILED, EXISTS, () -> makeDirectory("allowed/link/c", true, readWrite()));
        fails(FailureKind.FAILED, READ_ONLY, () -> write("allowed/link/n", readAll()));
        assertThat(at("outside").toFile().list()).containsExactlyInAnyOrder("secret.txt", "dir");
        assertThat(at("outside/secret.txt")).hasContent("secret");
        assertThat(at("allowed/c")).doesNotExist();
    }

    @Test
    @Spec({"F78", "F79"})
    void listsOnlyWhatLeadsSomewhere() throws Exception {
        denied(() -> list("allowed/link", readOnly()));
        assertThat(list("allowed", readOnly())).containsExactlyInAnyOrder("a.txt", "sub");
        assertThat(list("allowed", readAll(entry("allowed/sub", Access.NONE))))
                .containsExactlyInAnyOrder("a.txt", "link", "flink");
    }

    @Test
    @Spec({"F81", "F82", "F83"})
    void linksThemselvesCanBeRemovedAndCopied() throws Exception {
        copy("allowed/flink", "allowed/f2", readWrite());
        assertThat(Files.readSymbolicLink(at("allowed/f2"))).isEqualTo(at("outside/secret.txt"));
        remove("allowed/flink", false, readWrite());
        assertThat(Files.exists(at("allowed/flink"), LinkOption.NOFOLLOW_LINKS)).isFalse();
        denied(() -> remove("allowed/link/secret.txt", false, readWrite()));
        remove("allowed/link", false, readWrite());
        assertThat(at("outside/secret.txt")).hasContent("secret");
    }

    @Test
    @Spec("F84")
    void hardLinksAreNotDetected() throws Exception {
        Files.writeString(at("outside/o"), "old");
        Files.createLink(at("allowed/hl"), at("outside/o"));
        write("allowed/hl", readWrite());
        assertThat(at("outside/o")).hasContent("new");
    }

    @Test
    @Spec({"F85", "F101"})
    void whatIsReadableElsewhereIsReadThroughLinks() throws Exception {
        assertThat(read("allowed/link/secret.txt", readAll())).isEqualTo("secret");
        assertThat(read("allowed/flink", readAll())).isEqualTo("secret");
        assertThat(read(HostPath.of("/etc/passwd"), context())).contains("root");
        denied(() -> read("allowed/a.txt", context()));
    }

    @Test
    @Spec("F46")
    void linksIntoTheAllowedAreFollowedForWritingToo() throws Exception {
        Files.createSymbolicLink(at("outside/in"), Path.of("../allowed/a.txt"));
        Files.createSymbolicLink(at("outside/new"), Path.of("../allowed/sub/../sub/n"));
        write("outside/in", readAll());
        write("outside/new", readAll());
        assertThat(at("allowed/a.txt")).hasContent("new");
        assertThat(at("allowed/sub/n")).hasContent("new");
    }

    @Test
    @Spec({"F62", "F86", "F87", "F88", "F89"})
    void metadataIsProtected() throws Exception {
        Files.createDirectory(at("allowed/.git"));
        Files.writeString(at("allowed/.git/x"), "x");
        denied(() -> write("allowed/.git/x", readAll()));
        denied(() -> write("allowed/.git/new", readAll()));
        denied(() -> remove("allowed/.git/x", false, readAll()));
        denied(() -> copy("allowed/sub", "allowed/.git/sub", readAll()));
        assertThat(read("allowed/.git/x", readAll())).isEqualTo("x");
        fails(FailureKind.FAILED, BUSY, () -> remove("allowed/.git", true, readAll()));
        denied(() -> write("allowed/.codex/c", readAll()));
        denied(() -> makeDirectory("allowed/.codex", true, readAll()));
        denied(() -> write("allowed/.agents", readAll()));
        makeDirectory("allowed/sub/.codex", false, readAll());
        assertThat(at("allowed/sub/.codex")).isDirectory();
        SandboxContext own = readAll(entry("allowed/.git", Access.WRITE));
        write("allowed/.git/x", own);
        assertThat(at("allowed/.git/x")).hasContent("new");
        assertThat(at("allowed").toFile().list()).containsExactlyInAnyOrder("a.txt", "sub", "link", "flink", ".git");
    }

    @Test
    @Spec("F48")
    void whereGitLeadsIsProtectedToo() throws Exception {
        Files.createDirectories(at("allowed/modules/m"));
        Files.writeString(at("allowed/.git"), "gitdir: modules/m\n");
        denied(() -> write("allowed/modules/m/config", readAll()));
        write("allowed/modules/other", readAll());
        assertThat(at("allowed/modules/m")).isEmptyDirectory();
    }

    @Test
    @Spec({"F90", "F91", "F92", "F94"})
    void theLongestEntryWins() throws Exception {
        Files.createDirectory(at("allowed/sub/w"));
        SandboxContext nested = readAll(entry("allowed/sub", Access.READ), entry("allowed/sub/w", Access.WRITE));
        denied(() -> write("allowed/sub/n", nested));
        write("allowed/sub/w/n", nested);
        assertThat(at("allowed/sub").toFile().list()).containsExactly("w");
        write("allowed/n", readAll(entry("allowed", Access.READ)));
        denied(() -> write("allowed/m", readAll(entry("allowed", Access.NONE))));
        denied(() -> write("allowed/locked", readAll(entry("allowed/locked", Access.READ))));
        denied(() -> makeDirectory("allowed/locked", true, readAll(entry("allowed/locked", Access.READ))));
        assertThat(at("allowed/n")).hasContent("new");
        assertThat(at("allowed/m")).doesNotExist();
        assertThat(at("allowed/locked")).doesNotExist();
    }

    @Test
    @Spec({"F59", "F93", "F95", "F96", "F98"})
    void whatIsDeniedIsNeitherReadNorWritten() throws Exception {
        SandboxContext file = readAll(entry("allowed/a.txt", Access.NONE));
        fails(FailureKind.REJECTED, "Permission denied (os error 13)", () -> read("allowed/a.txt", file));
        denied(() -> write("allowed/a.txt", file));
        denied(() -> remove("allowed/a.txt", true, file));
        denied(() -> copy("allowed/a.txt", "allowed/b", file));
        denied(() -> copy("allowed", "allowed2", file));
        Files.writeString(at("allowed/.env"), "key");
        Files.writeString(at("allowed/sub/.env"), "key");
        SandboxContext all = readAll(noneOf("allowed/**/.env"));
        denied(() -> read("allowed/.env", all));
        denied(() -> read("allowed/sub/.env", all));
        denied(() -> copy("allowed/sub", "allowed/c", all));
        assertThat(read("allowed/sub/.env", readAll(noneOf("allowed/*.env")))).isEqualTo("key");
        SandboxContext most = context(ROOT_WRITE, entry("outside", Access.NONE));
        denied(() -> read("outside/secret.txt", most));
        write("allowed/z", most);
        assertThat(at("allowed/z")).hasContent("new");
        assertThat(at("allowed/a.txt")).hasContent("in");
    }

    @Test
    @Spec({"F50", "F53", "F54"})
    void linksToWhatIsDeniedAreDenied() throws Exception {
        Files.writeString(at("outside/.env"), "key");
        Files.createSymbolicLink(at("allowed/env"), at("outside/.env"));
        Files.createSymbolicLink(at("allowed/x.env"), at("outside/secret.txt"));
        SandboxContext sandbox = readAll(noneOf("outside/.env"), noneOf("allowed/*.env"));
        denied(() -> read("allowed/env", sandbox));
        denied(() -> read("allowed/x.env", sandbox));
        denied(() -> read("outside/secret.txt", sandbox));
        assertThat(read("outside/secret.txt", readAll())).isEqualTo("secret");
    }

    @Test
    @Spec({"F97", "F99"})
    void whatDoesNotRestrictIsDirect() throws Exception {
        List<PermissionProfile> profiles = List.of(
                new Disabled(),
                new External(NetworkPolicy.RESTRICTED),
                new Managed(new Unrestricted(), NetworkPolicy.RESTRICTED),
                new Managed(new Restricted(List.of(ROOT_WRITE), OptionalInt.empty()), NetworkPolicy.RESTRICTED));
        for (PermissionProfile profile : profiles) {
            SandboxContext sandbox = new SandboxContext(profile, null, List.of(), false);
            write("outside/n", sandbox);
            assertThat(read("allowed/link/n", sandbox)).isEqualTo("new");
            remove("outside/n", false, sandbox);
            assertThat(at("outside/n")).doesNotExist();
        }
    }

    @Test
    @Spec({"F44", "F100", "E84"})
    void projectRootsNeedACwd() throws Exception {
        PolicyEntry roots = special(Kind.PROJECT_ROOTS, Access.READ);
        fails(
                FailureKind.REJECTED,
                "file system sandbox context with dynamic permissions requires cwd",
                () -> read("allowed/a.txt", context(roots)));
        SandboxContext with = new SandboxContext(context(roots).permissions(), path("allowed"), List.of(), false);
        assertThat(read("allowed/a.txt", with)).isEqualTo("in");
        SandboxContext missing = new SandboxContext(context(roots).permissions(), path("missing"), List.of(), false);
        fails(FailureKind.FAILED, NOT_FOUND, () -> read("allowed/a.txt", missing));
    }

    @Test
    @Spec({"F49", "F102"})
    void aRootMayBeALink() throws Exception {
        Files.createSymbolicLink(at("alias"), Path.of("outside"));
        SandboxContext sandbox = context(ROOT_READ, entry("alias", Access.WRITE));
        write("alias/n", sandbox);
        write("outside/m", sandbox);
        makeDirectory("alias/d/e", true, sandbox);
        assertThat(at("outside/n")).hasContent("new");
        assertThat(at("outside/d/e")).isDirectory();
        denied(() -> write("allowed/n", sandbox));
        fails(FailureKind.FAILED, BUSY, () -> remove("alias", true, sandbox));
        fails(FailureKind.FAILED, BUSY, () -> remove("outside", true, sandbox));
    }

    @Test
    @Spec("F62")
    void rootsCanNotBeRemovedAndKeepTheirContents() {
        fails(FailureKind.FAILED, BUSY, () -> remove("allowed", true, readAll()));
        assertThat(at("allowed/a.txt")).hasContent("in");
    }

    @Test
    @Spec("F65")
    void aDenialThatCouldBeMovedAwayIsRefused() throws Exception {
        Files.createSymbolicLink(at("allowed/priv"), Path.of("sub"));
        assertThatThrownBy(() -> read("allowed/a.txt", readAll(entry("allowed/priv/x", Access.NONE))))
                .hasMessageContaining("cannot enforce sandbox deny-read path " + path("allowed/priv/x")
                        + " because it crosses writable symlink " + path("allowed/priv"));
    }

    /** Otherwise than with the reference, which refuses what its older enforcement can't express. */
    @Test
    @Spec("F68")
    void theOlderEnforcementKeepsToThePolicyToo() throws Exception {
        SandboxContext policy = readAll(entry("allowed/a.txt", Access.NONE));
        SandboxContext older = new SandboxContext(policy.permissions(), policy.cwd(), policy.workspaceRoots(), true);
        denied(() -> read("allowed/a.txt", older));
        denied(() -> write("outside/n", older));
        write("allowed/n", older);
        assertThat(at("allowed/n")).hasContent("new");
        assertThat(at("outside/n")).doesNotExist();
    }

    @Test
    @Spec("F103")
    void copiesAreRefusedAsElsewhere() throws Exception {
        SandboxContext sandbox = readWrite();
        fails(FailureKind.REJECTED, INTO_ITSELF, () -> copy("allowed/sub", "allowed/sub/x", sandbox));
        makeFifo("allowed/fifo");
        fails(
                FailureKind.REJECTED,
                "fs/copy only supports regular files, directories, and symlinks",
                () -> copy("allowed/fifo", "allowed/f", sandbox));
        fails(
                FailureKind.REJECTED,
                "fs/copy requires recursive: true when sourcePath is a directory",
                () -> fileSystem().copy(path("allowed/sub"), path("allowed/d"), false, sandbox));
    }

    @Test
    @Spec("F69a")
    void processesCanNotBeLookedInto() throws Exception {
        String own = "/proc/" + ProcessHandle.current().pid();
        Files.createSymbolicLink(at("allowed/self"), Path.of("/proc/self"));
        Files.createSymbolicLink(at("allowed/fd"), Path.of("/dev/fd"));
        Files.createSymbolicLink(at("allowed/environ"), Path.of(own + "/environ"));
        SandboxContext all =
                readAll(new PolicyEntry(new PathTarget(HostPath.of("/proc/self/environ")), Access.READ, false));
        for (String path : List.of(
                "/proc/self/environ",
                "/proc/thread-self/environ",
                "/proc/1/environ",
                own + "/environ",
                own + "/fd/0",
                own + "/root/etc/passwd",
                own + "/cwd/pom.xml",
                own + "/task/" + ProcessHandle.current().pid() + "/environ",
                own + "/mem",
                own + "/maps",
                "/proc/1/root/etc/passwd",
                "/proc/net/tcp",
                "/proc/net/unix",
                "/proc/self/net/unix",
                "/proc/sys/kernel/core_pattern",
                "/proc/kcore",
                "/proc/keys",
                "/proc/self/fd/0",
                "/dev/fd/0",
                "/dev/stdin",
                "/dev/mem")) {
            denied(() -> read(HostPath.of(path), all));
            denied(() -> fileSystem().getMetadata(HostPath.of(path), all));
        }
        denied(() -> fileSystem().readDirectory(HostPath.of("/proc"), all));
        denied(() -> read("allowed/self/environ", all));
        denied(() -> read("allowed/environ", all));
        denied(() -> list("allowed/fd", all));
        assertThat(read(HostPath.of("/proc/version"), all)).contains("Linux");
        assertThat(read(HostPath.of("/dev/null"), all)).isEmpty();
        fileSystem().writeFile(HostPath.of("/dev/null"), bytes("x"), all);
    }

    @Test
    @Spec({"N72", "N75"})
    void everyWorkspaceRootIsAProjectRoot() throws Exception {
        PolicyEntry git = new PolicyEntry(new SpecialTarget(Kind.PROJECT_ROOTS, "sub/ro"), Access.READ, true);
        SandboxContext sandbox = new SandboxContext(
                context(ROOT_READ, special(Kind.PROJECT_ROOTS, Access.WRITE), git)
                        .permissions(),
                path("allowed"),
                List.of(path("allowed"), path("outside")),
                false);
        write("outside/n", sandbox);
        makeDirectory("allowed/sub/ro/d", true, sandbox);
        assertThat(at("outside/n")).hasContent("new");
        assertThat(at("allowed/sub/ro/d")).isDirectory();
    }

    @Test
    @Spec({"F46", "F72"})
    void treesAreWorkedOnFileByFile() throws Exception {
        Files.createDirectories(at("allowed/t/keep"));
        Files.writeString(at("allowed/t/keep/k"), "k");
        Files.writeString(at("allowed/t/x"), "x");
        SandboxContext sandbox = readAll(entry("allowed/t/keep", Access.READ));
        denied(() -> remove("allowed/t", true, sandbox));
        assertThat(at("allowed/t/keep/k")).hasContent("k");
        copy("allowed/t", "allowed/u", sandbox);
        assertThat(at("allowed/u/keep/k")).hasContent("k");
        remove("allowed/u", false, sandbox);
        assertThat(at("allowed/u")).doesNotExist();
    }
}
