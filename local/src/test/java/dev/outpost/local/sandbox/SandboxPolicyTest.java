package dev.outpost.local.sandbox;

import static dev.outpost.local.sandbox.Profiles.ROOT_READ;
import static dev.outpost.local.sandbox.Profiles.context;
import static dev.outpost.local.sandbox.Profiles.glob;
import static dev.outpost.local.sandbox.Profiles.none;
import static dev.outpost.local.sandbox.Profiles.projectRoots;
import static dev.outpost.local.sandbox.Profiles.read;
import static dev.outpost.local.sandbox.Profiles.special;
import static dev.outpost.local.sandbox.Profiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.executor.ExecutorException;
import dev.outpost.executor.FailureKind;
import dev.outpost.executor.HostPath;
import dev.outpost.executor.sandbox.Access;
import dev.outpost.executor.sandbox.FileSystemPolicy.Restricted;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile.Disabled;
import dev.outpost.executor.sandbox.PermissionProfile.External;
import dev.outpost.executor.sandbox.PermissionProfile.Managed;
import dev.outpost.executor.sandbox.PolicyEntry;
import dev.outpost.executor.sandbox.PolicyTarget.Kind;
import dev.outpost.executor.sandbox.PolicyTarget.PathTarget;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.local.sandbox.Decision.Reason;
import dev.outpost.testkit.Spec;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SandboxPolicyTest {
    private final MemoryDisk disk = new MemoryDisk().directories("/w/sub", "/o", "/tmp", "/usr", "/etc", "/t");
    private final SandboxHost host = new SandboxHost(HostPath.of("/t"), disk);

    private SandboxPolicy compile(PolicyEntry... entries) throws ExecutorException {
        return SandboxPolicy.compile(context(entries), host);
    }

    private static Access access(SandboxPolicy policy, String path) {
        return policy.decide(HostPath.of(path)).access();
    }

    @Test
    @Spec({"F40", "F41", "F43", "F99"})
    void whatDoesNotRestrictAllowsAll() throws Exception {
        SandboxContext disabled = new SandboxContext(new Disabled(), null, List.of(), false);
        SandboxContext external = new SandboxContext(new External(NetworkPolicy.RESTRICTED), null, List.of(), false);
        for (SandboxContext context : List.of(disabled, external, context(special(Kind.ROOT, Access.WRITE)))) {
            SandboxPolicy policy = SandboxPolicy.compile(context, host);
            assertThat(policy.restrictsFiles()).isFalse();
            assertThat(policy.readsEverything()).isTrue();
            assertThat(policy.decide(HostPath.of("/x"))).isEqualTo(Decision.unrestricted());
        }
        assertThat(SandboxPolicy.compile(disabled, host).network()).isEqualTo(NetworkPolicy.ENABLED);
        assertThat(SandboxPolicy.compile(external, host).network()).isEqualTo(NetworkPolicy.RESTRICTED);
    }

    @Test
    @Spec({"F41", "F42"})
    void fullReadNeedsRootAndNoDenial() throws Exception {
        assertThat(compile(ROOT_READ).readsEverything()).isTrue();
        assertThat(compile(ROOT_READ, none("/o")).readsEverything()).isFalse();
        assertThat(compile(read("/")).readsEverything()).isFalse();
        assertThat(compile(ROOT_READ).writesEverything()).isFalse();
    }

    @Test
    @Spec({"F46", "F71", "F73", "F90", "F91", "F92", "F98"})
    void theLongestRuleWinsAndTiesGoToNoneThenWrite() throws Exception {
        SandboxPolicy policy = compile(
                ROOT_READ,
                write("/w"),
                read("/w/sub"),
                write("/w/sub/w"),
                read("/o"),
                write("/o"),
                none("/n"),
                write("/n"));
        assertThat(access(policy, "/x")).isEqualTo(Access.READ);
        assertThat(access(policy, "/w")).isEqualTo(Access.WRITE);
        assertThat(access(policy, "/wx")).isEqualTo(Access.READ);
        assertThat(access(policy, "/w/sub/n")).isEqualTo(Access.READ);
        assertThat(access(policy, "/w/sub/w/n")).isEqualTo(Access.WRITE);
        assertThat(access(policy, "/o/n")).isEqualTo(Access.WRITE);
        assertThat(access(policy, "/n/x")).isEqualTo(Access.NONE);
        assertThat(access(compile(write("/w")), "/o")).isEqualTo(Access.NONE);
        assertThat(policy.decide(HostPath.of("/w/sub/n")).explanation()).isEqualTo("entry 3 (read /w/sub)");
    }

    @Test
    @Spec({"F47", "F86", "F87", "F88", "F89"})
    void metadataOfAWritableEntryIsProtected() throws Exception {
        SandboxPolicy policy = compile(ROOT_READ, write("/w"));
        for (String name : List.of("/w/.git", "/w/.git/config", "/w/.agents/x", "/w/.codex")) {
            Decision decision = policy.decide(HostPath.of(name));
            assertThat(decision.access()).as(name).isEqualTo(Access.READ);
            assertThat(decision.reason()).isEqualTo(Reason.METADATA);
        }
        assertThat(access(policy, "/w/sub/.git")).isEqualTo(Access.WRITE);
        assertThat(access(policy, "/w/.gitignore")).isEqualTo(Access.WRITE);
        assertThat(access(compile(ROOT_READ, write("/w"), write("/w/.git")), "/w/.git/x"))
                .isEqualTo(Access.WRITE);
        SandboxPolicy hooks = compile(ROOT_READ, write("/w"), write("/w/.git/hooks"));
        assertThat(access(hooks, "/w/.git/x")).isEqualTo(Access.READ);
        assertThat(access(hooks, "/w/.git/hooks/x")).isEqualTo(Access.WRITE);
    }

    @Test
    @Spec("F47")
    void theFirstWritableEntryProtects() throws Exception {
        // Of /w/.git/r/.git the first entry protects the second name only, and its exception takes no other back.
        SandboxPolicy inner = compile(write("/w/.git/r"), write("/w"));
        assertThat(access(inner, "/w/.git/r/.git")).isEqualTo(Access.READ);
        SandboxPolicy outer = compile(write("/w"), write("/w/.git/r"));
        assertThat(access(outer, "/w/.git/r/.git")).isEqualTo(Access.WRITE);
    }

    @Test
    @Spec({"F31", "F33", "F34", "F35", "F36", "F37", "F38", "N72"})
    void specialPlacesResolve() throws Exception {
        SandboxPolicy policy = SandboxPolicy.compile(
                context(
                        "/w",
                        List.of(),
                        projectRoots(null, Access.WRITE),
                        projectRoots("sub", Access.READ),
                        special(Kind.TMPDIR, Access.WRITE),
                        special(Kind.SLASH_TMP, Access.WRITE),
                        special(Kind.UNKNOWN, Access.WRITE),
                        special(Kind.MINIMAL, Access.READ)),
                host);
        assertThat(access(policy, "/w/x")).isEqualTo(Access.WRITE);
        assertThat(access(policy, "/w/sub/x")).isEqualTo(Access.READ);
        assertThat(access(policy, "/t/x")).isEqualTo(Access.WRITE);
        assertThat(access(policy, "/tmp/x")).isEqualTo(Access.WRITE);
        assertThat(access(policy, "/usr/x")).isEqualTo(Access.READ);
        assertThat(access(policy, "/o")).isEqualTo(Access.NONE);
        SandboxHost bare =
                new SandboxHost(null, new MemoryDisk().directories("/w").file("/tmp", ""));
        SandboxPolicy without = SandboxPolicy.compile(
                context(special(Kind.TMPDIR, Access.WRITE), special(Kind.SLASH_TMP, Access.WRITE)), bare);
        assertThat(without.rules()).isEmpty();
        SandboxPolicy two =
                SandboxPolicy.compile(context("/w", List.of("/o", "/x"), projectRoots("sub", Access.WRITE)), host);
        assertThat(access(two, "/o/sub")).isEqualTo(Access.WRITE);
        assertThat(access(two, "/x/sub")).isEqualTo(Access.WRITE);
        assertThat(access(two, "/w/sub")).isEqualTo(Access.NONE);
    }

    @Test
    @Spec({"F44", "F100"})
    void entriesThatDependOnACwdNeedOne() throws Exception {
        for (PolicyEntry entry : List.of(projectRoots(null, Access.READ), glob("**/.env"))) {
            assertThatThrownBy(() -> compile(entry))
                    .isInstanceOfSatisfying(
                            ExecutorException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.REJECTED))
                    .hasMessage("file system sandbox context with dynamic permissions requires cwd");
        }
        assertThat(compile(glob("/w/**/.env")).denyGlobs()).hasSize(1);
        assertThatThrownBy(() -> SandboxPolicy.compile(context("/missing", List.of(), ROOT_READ), host))
                .isInstanceOfSatisfying(
                        ExecutorException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.FAILED))
                .hasMessage("No such file or directory (os error 2)");
    }

    @Test
    @Spec("N75")
    void whatMayBeMissingIsSkippedIfItIs() throws Exception {
        PolicyEntry skip = new PolicyEntry(new PathTarget(HostPath.of("/w/.aws")), Access.NONE, true);
        assertThat(access(compile(ROOT_READ, skip), "/w/.aws")).isEqualTo(Access.READ);
        disk.directories("/w/.aws");
        assertThat(access(compile(ROOT_READ, skip), "/w/.aws")).isEqualTo(Access.NONE);
    }

    @Test
    @Spec({"F32", "F50", "F95", "F96"})
    void patternsDeny() throws Exception {
        PolicyEntry noEffect = new PolicyEntry(glob("/w/*.txt").target(), Access.WRITE, false);
        SandboxPolicy policy = compile(ROOT_READ, write("/w"), glob("/w/*.env"), noEffect);
        assertThat(access(policy, "/w/.env")).isEqualTo(Access.NONE);
        assertThat(access(policy, "/w/sub/.env")).isEqualTo(Access.WRITE);
        assertThat(policy.decide(HostPath.of("/w/.env")).explanation()).isEqualTo("denied by the pattern /w/*.env");
        assertThat(access(compile(ROOT_READ, glob("/w/{")), "/o")).isEqualTo(Access.NONE);
        assertThat(access(compile(ROOT_READ, special(Kind.ROOT, Access.NONE), read("/o")), "/o/x"))
                .isEqualTo(Access.READ);
    }

    @Test
    @Spec({"F49", "F50", "F102"})
    void rulesHoldForWhereLinksLead() throws Exception {
        disk.directories("/data/proj/sub", "/data/secret").link("/home", "data").link("/private", "/data/secret");
        SandboxPolicy policy = compile(
                ROOT_READ, write("/home/proj"), read("/home/proj/sub"), none("/private"), glob("/home/proj/*.k"));
        assertThat(access(policy, "/data/proj/x")).isEqualTo(Access.WRITE);
        assertThat(access(policy, "/data/proj/sub/x")).isEqualTo(Access.READ);
        assertThat(access(policy, "/data/proj/.git")).isEqualTo(Access.READ);
        assertThat(access(policy, "/data/secret/x")).isEqualTo(Access.NONE);
        assertThat(access(policy, "/data/proj/a.k")).isEqualTo(Access.NONE);
        assertThat(access(policy, "/data/x")).isEqualTo(Access.READ);
    }

    @Test
    @Spec({"F49", "F65"})
    void linksThatTheRestrictedCouldReplaceGrantNothing() throws Exception {
        disk.link("/w/alias", "/o").link("/w/priv", "/w/sub");
        SandboxPolicy policy = compile(ROOT_READ, write("/w"), write("/w/alias"));
        assertThat(access(policy, "/o/x")).isEqualTo(Access.READ);
        assertThatThrownBy(() -> compile(ROOT_READ, write("/w"), none("/w/priv")))
                .hasMessageContaining(
                        "cannot enforce sandbox deny-read path /w/priv because it crosses writable symlink /w/priv");
        assertThatThrownBy(() -> compile(ROOT_READ, write("/w"), read("/w/priv/x")))
                .hasMessageContaining("read-only path /w/priv/x because it crosses writable symlink /w/priv");
        assertThatThrownBy(() -> compile(ROOT_READ, write("/w"), glob("/w/priv/*.k")))
                .hasMessageContaining("because it crosses writable symlink /w/priv");
    }

    @Test
    @Spec({"F53", "F54"})
    void whereMatchedLinksLeadIsDenied() throws Exception {
        disk.directories("/o/real", "/w/a/b").link("/w/x.env", "/o/real").link("/w/a/b/y.env", "../../../o/deep");
        SandboxPolicy policy = compile(ROOT_READ, write("/w"), glob("/w/**/*.env"));
        assertThat(access(policy, "/o/real/x")).isEqualTo(Access.NONE);
        assertThat(access(policy, "/o/deep")).isEqualTo(Access.NONE);
        assertThat(access(policy, "/o/x")).isEqualTo(Access.READ);
        SandboxContext shallow = new SandboxContext(
                new Managed(
                        new Restricted(List.of(ROOT_READ, glob("/w/**/*.env")), OptionalInt.of(2)),
                        NetworkPolicy.RESTRICTED),
                null,
                List.of(),
                false);
        assertThat(access(SandboxPolicy.compile(shallow, host), "/o/real")).isEqualTo(Access.NONE);
        assertThat(access(SandboxPolicy.compile(shallow, host), "/o/deep")).isEqualTo(Access.READ);
    }

    @Test
    @Spec("F48")
    void writableRootsHaveExceptions() throws Exception {
        disk.directories("/w/.agents", "/w/git/modules/w").file("/w/.git", "gitdir: git/modules/w\n");
        SandboxPolicy policy = compile(ROOT_READ, write("/w/sub"), write("/w"), read("/w/ro"), none("/w/no"));
        assertThat(policy.writableRoots()).extracting(WritableRoot::path).containsExactly(path("/w"), path("/w/sub"));
        assertThat(policy.writableRoots().getFirst().readOnly())
                .containsExactlyInAnyOrder(
                        path("/w/.git"),
                        path("/w/.agents"),
                        path("/w/.codex"),
                        path("/w/git/modules/w"),
                        path("/w/ro"),
                        path("/w/no"));
        assertThat(access(policy, "/w/git/modules/w/config")).isEqualTo(Access.READ);
        assertThat(access(policy, "/w/git/modules/x")).isEqualTo(Access.WRITE);
        SandboxPolicy own = compile(ROOT_READ, write("/w"), write("/w/.git"));
        assertThat(access(own, "/w/git/modules/w/config")).isEqualTo(Access.WRITE);
    }

    @Test
    @Spec("F49")
    void rootsBelowATopLevelLinkAreNormalised() throws Exception {
        disk.directories("/private/tmp", "/data/deep").link("/var2", "private").link("/data/l", "deep");
        SandboxPolicy policy = compile(ROOT_READ, write("/var2/tmp/missing"), write("/data/l"));
        assertThat(policy.writableRoots())
                .extracting(WritableRoot::path)
                .containsExactlyInAnyOrder(path("/private/tmp/missing"), path("/data/l"));
        assertThat(policy.writableRoots()).extracting(WritableRoot::target).contains(path("/data/deep"));
    }

    @Test
    @Spec({"F51", "F69a", "F101"})
    void fileOperationsReadThePlatformAndNothingOfProcesses() throws Exception {
        disk.link("/lib", "usr/lib").directories("/usr/lib");
        SandboxPolicy empty = SandboxPolicy.compileForFiles(context(), host);
        assertThat(access(empty, "/etc/passwd")).isEqualTo(Access.READ);
        assertThat(access(empty, "/lib/x")).isEqualTo(Access.READ);
        assertThat(access(empty, "/w")).isEqualTo(Access.NONE);
        assertThat(access(empty, "/proc/version")).isEqualTo(Access.NONE);
        SandboxPolicy all = SandboxPolicy.compileForFiles(
                context(ROOT_READ, read("/proc/self"), read("/proc"), write("/dev/shm"), write("/usr")), host);
        for (String closed : List.of("/proc", "/proc/self/environ", "/proc/1", "/dev/sda", "/dev/fd/3")) {
            assertThat(access(all, closed)).as(closed).isEqualTo(Access.NONE);
        }
        assertThat(access(all, "/proc/version")).isEqualTo(Access.READ);
        assertThat(access(all, "/dev/null")).isEqualTo(Access.WRITE);
        assertThat(access(all, "/dev/shm/x")).isEqualTo(Access.WRITE);
        assertThat(access(all, "/usr/x")).isEqualTo(Access.WRITE);
        assertThat(access(SandboxPolicy.compile(context(ROOT_READ), host), "/proc/self"))
                .isEqualTo(Access.READ);
    }

    @Test
    void directoriesOnTheWayAreVisible() throws Exception {
        SandboxPolicy policy = compile(read("/a/b/c"), none("/a/b/d"), none("/x/y"));
        assertThat(visible(policy, "/", "/a", "/a/b", "/a/b/c", "/a/b/c/d")).containsOnly(true);
        assertThat(visible(policy, "/a/x", "/a/b/d", "/x", "/x/y", "/b")).containsOnly(false);
        assertThat(visible(compile(read("/a/b"), glob("/a*")), "/a", "/a/b")).containsOnly(false);
    }

    private static List<Boolean> visible(SandboxPolicy policy, String... paths) {
        return List.of(paths).stream()
                .map(path -> policy.isVisible(HostPath.of(path)))
                .toList();
    }

    private static @Nullable HostPath path(String path) {
        return HostPath.of(path);
    }
}
