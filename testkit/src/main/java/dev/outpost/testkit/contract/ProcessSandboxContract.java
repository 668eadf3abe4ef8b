package dev.outpost.testkit.contract;

import static dev.outpost.testkit.contract.ProcessProfiles.ROOT_READ;
import static dev.outpost.testkit.contract.ProcessProfiles.context;
import static dev.outpost.testkit.contract.ProcessProfiles.deny;
import static dev.outpost.testkit.contract.ProcessProfiles.path;
import static dev.outpost.testkit.contract.ProcessProfiles.special;
import static dev.outpost.testkit.contract.ProcessProfiles.workspaceWrite;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.FailureKind;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.testkit.Spec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a sandboxed process can do with files (spec 03 §7–10): checked on the files themselves. The layout is that of spec
 * F70.
 */
public abstract class ProcessSandboxContract extends ExecBackendContract {
    @TempDir(factory = SharedDirectory.class)
    private Path directory;

    private Path allowed;
    private Path outside;
    private Path secret;
    private int runs;

    @BeforeEach
    final void layOut() throws Exception {
        ProcessProfiles.assumeBubblewrap();
        // Without links on the way, whatever the temporary directory is.
        Path top = directory.toRealPath();
        allowed = Files.createDirectory(top.resolve("allowed"));
        outside = Files.createDirectory(top.resolve("outside"));
        secret = Files.writeString(outside.resolve("secret.txt"), "secret\n");
        Files.writeString(allowed.resolve("a.txt"), "a\n");
        Files.createSymbolicLink(allowed.resolve("link"), outside);
        Files.createSymbolicLink(allowed.resolve("flink"), secret);
    }

    /** Runs a script in the directory that is allowed. */
    private EventCollector run(SandboxContext sandbox, String script) throws Exception {
        return run(Recipe.sh(script).id("p" + ++runs).cwd(allowed.toString()).sandbox(sandbox));
    }

    /** Runs it and expects that something in it was denied; standing alone, each line is tried. */
    private void assertDenied(SandboxContext sandbox, String... lines) throws Exception {
        for (String line : lines) {
            EventCollector events = run(sandbox, "{ " + line + "; } && echo DONE");
            assertThat(events.text()).as("%s", line).doesNotContain("DONE");
            assertThat(Files.readString(secret)).as("after %s", line).isEqualTo("secret\n");
        }
    }

    private void assertAllowed(SandboxContext sandbox, String... lines) throws Exception {
        for (String line : lines) {
            assertThat(run(sandbox, "{ " + line + "; } && echo DONE").text())
                    .as("%s", line)
                    .endsWith("DONE\n");
        }
    }

    @Test
    @Spec({"F41", "F55", "F58", "F72", "F74", "N79"})
    void readOnly() throws Exception {
        SandboxContext readOnly = context(allowed, ROOT_READ);
        assertAllowed(readOnly, "cat a.txt ../outside/secret.txt link/secret.txt flink /etc/passwd >/dev/null");
        assertDenied(
                readOnly,
                "echo x > a.txt",
                "echo x > new",
                "rm a.txt",
                "mkdir d",
                "ln a.txt b",
                "mv a.txt b",
                "chmod 777 a.txt",
                "touch a.txt",
                "echo x > flink",
                "echo x > /tmp/outpost-test-read-only");
        assertThat(Files.readString(allowed.resolve("a.txt"))).isEqualTo("a\n");
        assertThat(allowed.resolve("new")).doesNotExist();
    }

    @Test
    @Spec({"F35", "F48", "F73", "F76", "F77", "F81", "F84", "F85"})
    void oneDirectoryWritable() throws Exception {
        SandboxContext write = workspaceWrite(allowed);
        Files.createLink(allowed.resolve("hl"), Files.writeString(outside.resolve("o"), "o\n"));
        assertAllowed(
                write,
                "echo n > new && mkdir -p d/e && mv new d/e/moved && chmod 600 d/e/moved && rm a.txt",
                "echo h > hl",
                "cat link/secret.txt",
                "rm flink && [ -f ../outside/secret.txt ]");
        assertThat(allowed.resolve("d/e/moved")).hasContent("n\n");
        assertThat(outside.resolve("o")).as("hard links are not detected").hasContent("h\n");
        assertDenied(
                write,
                "echo x > link/n",
                "mkdir link/c",
                "echo x > ../outside/n",
                "rm ../outside/secret.txt",
                "mv ../outside ../moved",
                "mv ../allowed ../moved",
                "ln -s ../outside/secret.txt s && echo x > s");
        assertThat(outside).isDirectoryNotContaining(path -> path.endsWith("n") || path.endsWith("c"));
    }

    @Test
    @Spec({"F46", "F47", "F48", "F86", "F88", "F89"})
    void metadataIsProtectedWhetherItExistsOrNot() throws Exception {
        Files.createDirectories(allowed.resolve(".git/hooks"));
        SandboxContext write = workspaceWrite(allowed);
        assertDenied(
                write,
                "echo x > .git/x",
                "echo x > .git/hooks/pre-commit",
                "mv .git g",
                "rm -r .git",
                "mkdir -p .codex && echo c > .codex/c",
                "echo x > .agents",
                "ln -s ../outside .codex",
                "mv d .agents");
        assertAllowed(write, "ls .git", "mkdir -p sub/.git sub/.codex && echo x > sub/.git/x");
        assertThat(allowed.resolve(".git/hooks")).isEmptyDirectory();
        // What stands in for what is missing goes with the process.
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(allowed.resolve(".codex")).doesNotExist();
            assertThat(allowed.resolve(".agents")).doesNotExist();
        });
    }

    @Test
    @Spec("F63")
    void whatIsMissingSeemsToBeThere() throws Exception {
        SandboxContext write = workspaceWrite(allowed);
        assertAllowed(write, "mkdir -p .codex");
        assertThat(run(write, "mkdir .codex").text()).contains("File exists");
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(allowed.resolve(".codex")).doesNotExist());
    }

    @Test
    @Spec({"F47", "F87"})
    void metadataThatAnEntryNamesIsWritable() throws Exception {
        Files.createDirectory(allowed.resolve(".git"));
        SandboxContext named =
                context(allowed, ROOT_READ, path(allowed, Access.WRITE), path(allowed.resolve(".git"), Access.WRITE));
        assertAllowed(named, "echo x > .git/x");
        assertDenied(named, "mkdir -p .codex && echo x > .codex/x");
    }

    @Test
    @Spec({"F48", "F90", "F94"})
    void exceptionsWithinExceptions() throws Exception {
        Files.createDirectories(allowed.resolve("sub/w"));
        Path locked = allowed.resolve("locked");
        SandboxContext nested = context(
                allowed,
                ROOT_READ,
                path(allowed, Access.WRITE),
                path(allowed.resolve("sub"), Access.READ),
                path(allowed.resolve("sub/w"), Access.WRITE),
                path(locked, Access.READ));
        assertAllowed(nested, "echo x > sub/w/n", "echo x > n");
        assertDenied(nested, "echo x > sub/n", "rm -r sub/w", "mv sub s", "echo x > locked", "mkdir -p locked/d");
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(locked).doesNotExist());
    }

    @Test
    @Spec({"F46", "F48"})
    void aSingleFileMayBeWritable() throws Exception {
        SandboxContext file = context(allowed, ROOT_READ, path(allowed.resolve("a.txt"), Access.WRITE));
        assertAllowed(file, "echo x > a.txt");
        assertDenied(file, "echo x > new", "rm a.txt");
        assertThat(allowed.resolve("a.txt")).hasContent("x\n");
    }

    @Test
    @Spec({"F47", "F48"})
    void aMissingDirectoryMayBeWritable() throws Exception {
        Path build = allowed.resolve("build");
        SandboxContext write = context(allowed, ROOT_READ, path(allowed, Access.WRITE), path(build, Access.WRITE));
        assertAllowed(write, "mkdir -p build && [ -d build ]");
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(build).doesNotExist());
        assertAllowed(write, "mkdir -p build && echo x > build/out");
        assertDenied(write, "mkdir -p build/.git && echo x > build/.git/config");
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(build).isDirectoryNotContaining("glob:**/.*"));
        assertThat(build.resolve("out")).hasContent("x\n");
    }

    @Test
    @Spec({"F48", "F62"})
    void whatIsAboveSomethingProtectedCannotBeMovedAway() throws Exception {
        Path deep = Files.createDirectories(allowed.resolve("x/y/z"));
        Files.writeString(deep.resolve("key"), "key\n");
        SandboxContext nested = context(allowed, ROOT_READ, path(allowed, Access.WRITE), path(deep, Access.READ));
        assertDenied(nested, "mv x other && mkdir -p x/y/z && echo own > x/y/z/key", "mv x/y x/other");
        assertAllowed(nested, "echo x > x/n && echo y > x/y/n && mkdir x/d && mv x/d x/e");
        assertThat(deep.resolve("key")).hasContent("key\n");
    }

    @Test
    @Spec({"F50", "F59", "F93", "F98"})
    void denialsHideFilesAndDirectories() throws Exception {
        SandboxContext denied = context(
                allowed,
                ROOT_READ,
                path(allowed, Access.WRITE),
                path(allowed.resolve("a.txt"), Access.NONE),
                path(outside, Access.NONE));
        assertDenied(
                denied,
                "cat a.txt",
                "echo x > a.txt",
                "mv a.txt b && cat b",
                "ln a.txt b && cat b",
                "cat ../outside/secret.txt",
                "ls ../outside",
                "cat flink",
                "cat link/secret.txt");
        assertAllowed(denied, "echo z > z");
    }

    @Test
    @Spec({"F52", "F53", "F95", "F96"})
    void patternsHideWhatTheyMatchAtTheStart() throws Exception {
        Files.createDirectories(allowed.resolve("sub/deep"));
        Files.writeString(allowed.resolve(".env"), "SECRET\n");
        Files.writeString(allowed.resolve("sub/deep/.env"), "SECRET\n");
        Files.createSymbolicLink(allowed.resolve("sub/x.env"), secret);
        SandboxContext everywhere =
                context(allowed, ROOT_READ, path(allowed, Access.WRITE), deny(allowed + "/**/.env"));
        assertDenied(everywhere, "cat .env", "cat sub/deep/.env", "mv sub s && cat s/deep/.env", "rm .env");
        SandboxContext relative = context(allowed, ROOT_READ, path(allowed, Access.WRITE), deny("*.env"));
        assertDenied(relative, "cat .env");
        assertAllowed(relative, "grep SECRET sub/deep/.env");
        SandboxContext links = context(allowed, ROOT_READ, deny(allowed + "/sub/*.env"));
        assertDenied(links, "cat sub/x.env", "cat ../outside/secret.txt");
    }

    @Test
    @Spec({"F34", "F57", "F64", "F101"})
    void withoutFullReadOnlyWhatIsGrantedIsThere() throws Exception {
        SandboxContext narrow = context(allowed, special(Kind.MINIMAL, Access.READ), path(allowed, Access.READ));
        EventCollector events = run(narrow, "cat a.txt; ls / ; ls ..; cat ../outside/secret.txt");
        assertThat(events.text())
                .contains("a\n", "bin\n", "usr\n", "allowed\n", "No such file or directory")
                .doesNotContain("root\n", "home\n", "outside\n", "secret\n");
        assertDenied(
                narrow,
                "echo x > a.txt",
                "echo x > /new",
                "mkdir /tmp/new",
                "echo x > ../new",
                "cat link/secret.txt",
                "cat flink");
        assertAllowed(
                context(allowed, special(Kind.MINIMAL, Access.READ), path(allowed, Access.WRITE)), "echo x > new");
    }

    @Test
    @Spec({"F42", "F98"})
    void everythingButOneDirectory() throws Exception {
        SandboxContext most = context(allowed, special(Kind.ROOT, Access.WRITE), path(outside, Access.NONE));
        assertAllowed(most, "echo x > ../beside");
        assertDenied(most, "cat ../outside/secret.txt", "mv ../outside ../o", "mv .. ../../moved");
        assertThat(directory.resolve("beside")).exists();
    }

    @Test
    @Spec({"F44", "F65", "N78"})
    void whatCannotBeKeptIsRefused() throws Exception {
        assertStartFails(
                Recipe.of("true").sandbox(context(null, ROOT_READ, special(Kind.PROJECT_ROOTS, Access.WRITE))),
                FailureKind.INVALID_ARGUMENT,
                "failed to prepare process sandbox: file system sandbox context with dynamic permissions requires cwd");
        Path git = allowed.resolve(".git");
        Files.createSymbolicLink(git, outside);
        assertStartFails(
                Recipe.of("true").sandbox(workspaceWrite(allowed)),
                FailureKind.INVALID_ARGUMENT,
                "failed to prepare process sandbox: cannot enforce sandbox read-only path " + git
                        + " because it crosses writable symlink " + git);
    }

    @Test
    @Spec("F49")
    void aWritableDirectoryMayBeNamedByALink() throws Exception {
        Path alias = Files.createSymbolicLink(directory.toRealPath().resolve("alias"), allowed);
        SandboxContext write = context(alias, ROOT_READ, path(alias, Access.WRITE));
        assertAllowed(write, "echo x > " + alias + "/n");
        assertDenied(write, "mkdir -p .codex && echo x > .codex/x", "echo x > ../outside/n");
        assertThat(allowed.resolve("n")).exists();
    }

    @Test
    @Spec({"F36", "F37"})
    void temporaryDirectories() throws Exception {
        assertAllowed(
                context(allowed, ROOT_READ, special(Kind.SLASH_TMP, Access.WRITE)),
                "f=/tmp/outpost-test-$$-slash-tmp && echo x > $f && rm $f");
    }
}
