package dev.outpost.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.FailureKind;
import dev.outpost.executor.process.ExecProcess;
import dev.outpost.executor.process.SandboxType;
import dev.outpost.executor.process.TerminalSize;
import dev.outpost.executor.sandbox.FileSystemPolicy;
import dev.outpost.executor.sandbox.NetworkPolicy;
import dev.outpost.executor.sandbox.PermissionProfile;
import dev.outpost.executor.sandbox.SandboxContext;
import dev.outpost.testkit.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spawning: directories, programs, terminals and how it fails (spec P55–P70). */
public abstract class ProcessStartContract extends ExecBackendContract {
    @TempDir
    private Path directory;

    private String file(String name, String content, boolean executable) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        assertThat(file.toFile().setExecutable(executable, false)).isTrue();
        return file.toString();
    }

    private String in(String name) {
        return directory.resolve(name).toString();
    }

    private static Map<String, String> path(String path) {
        return Map.of("PATH", path);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Spec({"P58", "P59", "P66"})
    void itLeadsASessionWithoutInheritedSignalsOrDescriptors(boolean terminal) throws Exception {
        EventCollector events = run(Recipe.sh("""
                        read -r _ _ _ _ group session _ < /proc/$$/stat
                        [ $group = $$ ] && [ $session = $$ ] && echo leader
                        grep -E 'Sig(Blk|Ign)' /proc/self/status
                        ls /proc/$$/fd
                        """).onTerminal(terminal));
        // The signals 32 and 33 belong to libc.
        assertThat(events.text().replace("0000000180000000", "0000000000000000").split("\\s+", -1))
                .startsWith("leader", "SigBlk:", "0000000000000000", "SigIgn:", "0000000000000000", "0", "1", "2")
                .doesNotContain("3", "4", "5");
    }

    @Test
    @Spec({"P56", "P57", "P58"})
    void aTerminalHasASizeAndModesAndControlsItsSession() throws Exception {
        EventCollector events = run(Recipe.sh("stty size; stty -a; [ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo ttys;"
                        + " echo x > /dev/tty && ps -o tpgid= -p $$ | tr -d ' ' && echo $$")
                .onTerminal());
        assertThat(events.text())
                .startsWith("24 80\r\n")
                .contains("ttys\r\n", "x\r\n", " echo ", " icanon ", " onlcr ");
        String[] lines = events.text().split("\r\n", -1);
        assertThat(lines[lines.length - 2]).isEqualTo(lines[lines.length - 3]);
    }

    @Test
    @Spec("P62")
    void onPipesTheDirectoryHasToBeOne() throws Exception {
        String file = file("file", "", false);
        assertStartFails(
                Recipe.of("true").cwd("/nonexistent"), FailureKind.FAILED, "No such file or directory (os error 2)");
        assertStartFails(Recipe.of("true").cwd(file), FailureKind.FAILED, "Not a directory (os error 20)");
        assertStartFails(Recipe.of("nope").cwd(file), FailureKind.FAILED, "Not a directory (os error 20)");
        assertThat(run(Recipe.sh("pwd").cwd(directory.toString())).text()).isEqualTo(directory + "\n");
    }

    @Test
    @Spec({"P62", "P70"})
    void onATerminalAMissingDirectoryFallsBackToHome() throws Exception {
        Map<String, String> home = Map.of("PATH", Recipe.PATH, "HOME", "/usr");
        Recipe recipe = Recipe.sh("pwd").onTerminal();
        assertThat(run(recipe.cwd("/nonexistent").environment(home)).text()).isEqualTo("/usr\r\n");
        assertThat(run(recipe.id("q").cwd(file("f", "", false)).environment(home))
                        .text())
                .isEqualTo("/usr\r\n");
        assertThat(run(recipe.id("r").cwd("/nonexistent")).text()).isEqualTo(System.getProperty("user.home") + "\r\n");
        assertStartFails(
                recipe.id("s").cwd("/nonexistent").environment(Map.of("PATH", Recipe.PATH, "HOME", "/nonexistent")),
                FailureKind.FAILED,
                "No such file or directory (os error 2)");
    }

    @Test
    @Spec("P63")
    void onPipesArg0IsOnlyTheName() throws Exception {
        assertThat(run(Recipe.sh("echo $0").arg0("custom zero")).text()).isEqualTo("custom zero\n");
        assertThat(run(Recipe.sh("echo $0").id("q").arg0("")).text()).isEqualTo("\n");
        assertStartFails(
                Recipe.of("nonexistent").id("r").arg0("/bin/sh"),
                FailureKind.FAILED,
                "No such file or directory (os error 2)");
    }

    @Test
    @Spec({"P63", "P70"})
    void onATerminalArg0IsTheProgram() throws Exception {
        Recipe recipe = Recipe.of("/nonexistent", "-c", "echo $0").onTerminal();
        assertThat(run(recipe.arg0("/bin/sh")).text()).isEqualTo("/bin/sh\r\n");
        assertThat(run(recipe.id("q").arg0("sh")).text()).isEqualTo("sh\r\n");
        assertStartFails(
                Recipe.of("sh").id("r").arg0("zero").onTerminal(),
                FailureKind.FAILED,
                "Unable to spawn zero because:\nNo viable candidates found in PATH \"" + Recipe.PATH + "\"");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Spec("P64")
    void theProgramIsFoundOnTheChildsPathFromTheChildsDirectory(boolean terminal) throws Exception {
        file("d1/prog", "#!/bin/sh\necho d1\n", false);
        String d2 = directory.resolve("d2").toString();
        file("d2/prog", "#!/bin/sh\necho d2\n", true);
        file("d3/prog/x", "", false);
        String plain = file("plain", "", true);
        Recipe recipe = Recipe.of("prog").onTerminal(terminal).cwd(directory.toString());
        List<Recipe> found = List.of(
                recipe.environment(path(d2)),
                recipe.environment(path("d2")),
                recipe.environment(path("")).cwd(d2),
                recipe.environment(path(":/bin")).cwd(d2),
                recipe.environment(path("/bin:")).cwd(d2),
                recipe.environment(path(in("d1") + ":" + d2)),
                recipe.environment(path(in("d3") + ":" + d2)),
                recipe.environment(path(plain + ":" + d2)),
                recipe.environment(path("/nonexistent:" + d2)),
                new Recipe(
                        "p",
                        List.of(d2 + "/prog"),
                        "/",
                        null,
                        Map.of(),
                        terminal,
                        false,
                        null,
                        null,
                        TerminalSize.DEFAULT),
                new Recipe(
                        "p",
                        List.of("./prog"),
                        d2,
                        null,
                        path("/bin"),
                        terminal,
                        false,
                        null,
                        null,
                        TerminalSize.DEFAULT));
        for (int i = 0; i < found.size(); i++) {
            assertThat(run(found.get(i).id("p" + i)).text().strip())
                    .as("candidate %d", i)
                    .isEqualTo("d2");
        }
    }

    @Test
    @Spec("P64")
    void onPipesARelativePathAndAMissingPathVariableWork() throws Exception {
        file("d2/prog", "#!/bin/sh\necho d2\n", true);
        assertThat(run(Recipe.of("d2/prog").cwd(directory.toString())).text()).isEqualTo("d2\n");
        assertThat(run(Recipe.of("sh", "-c", "echo found").id("q").environment(Map.of()))
                        .text())
                .isEqualTo("found\n");
        String gone = file("interpreter/prog", "#!/nonexistent/sh\n", true).replace("/prog", "");
        assertThat(run(Recipe.of("prog").id("r").environment(path(gone + ":" + in("d2"))))
                        .text())
                .as("execvp goes on after ENOENT")
                .isEqualTo("d2\n");
    }

    @Test
    @Spec("P65")
    void failuresOnPipes() throws Exception {
        file("d1/prog", "", false);
        String loop = in("loop");
        Files.createSymbolicLink(Path.of(loop), Path.of("loop"));
        record Case(Recipe recipe, String message) {}
        List<Case> cases = List.of(
                new Case(Recipe.of(""), "missing program for pipe spawn"),
                new Case(Recipe.of("/nonexistent/prog"), "No such file or directory (os error 2)"),
                new Case(Recipe.of("nonexistent"), "No such file or directory (os error 2)"),
                new Case(Recipe.of("sh").environment(path("")), "No such file or directory (os error 2)"),
                new Case(Recipe.of("/etc"), "Permission denied (os error 13)"),
                new Case(Recipe.of(file("noexec", "", false)), "Permission denied (os error 13)"),
                new Case(Recipe.of("prog").environment(path(in("d1") + ":/bin")), "Permission denied (os error 13)"),
                new Case(Recipe.of("etc").environment(path("/")), "Permission denied (os error 13)"),
                new Case(Recipe.of(file("script", "echo no interpreter\n", true)), "Exec format error (os error 8)"),
                new Case(
                        Recipe.of(file("broken", "#!/nonexistent/sh\n", true)),
                        "No such file or directory (os error 2)"),
                new Case(Recipe.of(loop), "Symbolic link loop (os error 40)"),
                new Case(Recipe.of(in("d1/prog/x")), "Not a directory (os error 20)"),
                new Case(Recipe.of("prog").environment(path(in("d1/prog"))), "Not a directory (os error 20)"),
                new Case(Recipe.of("x".repeat(300)), "Filename too long (os error 36)"),
                new Case(Recipe.of("true", "x".repeat(200_000)), "Argument list too long (os error 7)"),
                new Case(Recipe.of("a\0b"), "nul byte found in provided data"),
                new Case(Recipe.of("true", "a\0b"), "nul byte found in provided data"),
                new Case(Recipe.of("true").arg0("a\0b"), "nul byte found in provided data"),
                new Case(Recipe.of("true").cwd("/a\0b"), "nul byte found in provided data"),
                new Case(Recipe.of("true").environment(Map.of("A", "b\0c")), "nul byte found in provided data"));
        for (Case one : cases) {
            assertStartFails(one.recipe(), FailureKind.FAILED, one.message());
        }
    }

    @Test
    @Spec("P65")
    void failuresOnATerminal() throws Exception {
        file("d1/prog", "", false);
        file("d3/prog/x", "", false);
        String noexec = file("noexec", "", false);
        String loop = in("loop");
        Files.createSymbolicLink(Path.of(loop), Path.of("loop"));
        record Case(Recipe recipe, String message) {}
        List<Case> cases = List.of(
                new Case(Recipe.of(""), "missing program for PTY spawn"),
                new Case(
                        Recipe.of("/nonexistent/prog"),
                        "Unable to spawn /nonexistent/prog because it doesn't exist on the filesystem"
                                + " (ENOENT: No such file or directory)"),
                new Case(
                        Recipe.of("nope"),
                        "Unable to spawn nope because:\nNo viable candidates found in PATH \"" + Recipe.PATH + "\""),
                new Case(
                        Recipe.of("sh").environment(Map.of()),
                        "Unable to spawn sh because:\nUnable to resolve the PATH"),
                new Case(
                        Recipe.of("sh").environment(path("")),
                        "Unable to spawn sh because:\nNo viable candidates found in PATH \"\""),
                new Case(
                        Recipe.of(noexec),
                        "Unable to spawn " + noexec + " because it is not executable (EACCES: Permission denied)"),
                new Case(Recipe.of("/etc"), "Unable to spawn /etc because it is a directory"),
                new Case(
                        Recipe.of("prog").environment(path(in("d1") + ":/bin")),
                        "Unable to spawn prog because:\n" + in("d1/prog")
                                + " exists but is not executable.\nNo viable candidates found in PATH \"" + in("d1")
                                + ":/bin\""),
                new Case(
                        Recipe.of("prog").environment(path(in("d3"))),
                        "Unable to spawn prog because:\n" + in("d3/prog")
                                + " exists but is a directory.\nNo viable candidates found in PATH \"" + in("d3")
                                + "\""),
                new Case(
                        Recipe.of(loop),
                        "Unable to spawn " + loop + " because it doesn't exist on the filesystem"
                                + " (ELOOP: Too many symbolic links encountered)"),
                new Case(
                        Recipe.of(noexec + "/x"),
                        "Unable to spawn " + noexec + "/x because it doesn't exist on the filesystem"
                                + " (ENOTDIR: Not a directory)"),
                new Case(
                        Recipe.of("d1/prog").cwd(directory.toString()),
                        "Unable to spawn d1/prog because:\nNo viable candidates found in PATH \"" + Recipe.PATH + "\""),
                new Case(Recipe.of("true", "a\0b"), "nul byte found in provided data"));
        for (Case one : cases) {
            assertStartFails(one.recipe().onTerminal(), FailureKind.FAILED, one.message());
        }
    }

    @Test
    @Spec("P69")
    void whenTheSessionLeaderOfATerminalExitsCloseFollowsDirectly() throws Exception {
        requires(Ability.CLOSES_TERMINALS);
        EventCollector events = run(Recipe.sh("(trap '' HUP; sleep 100; echo lost) & echo kept; exit 3")
                .onTerminal());
        List<String> kinds = events.describe();
        assertThat(kinds.subList(kinds.size() - 2, kinds.size())).allMatch(kind -> kind.matches(".*(exited|closed)"));
        assertThat(events.text()).isEqualTo("kept\r\n");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Spec({"F26", "F27", "N39"})
    void aProfileThatRestrictsNothingNeedsNoSandbox(boolean terminal) throws Exception {
        requires(Ability.TELLS_SANDBOXES);
        List<PermissionProfile> open = List.of(
                new PermissionProfile.Disabled(),
                new PermissionProfile.External(NetworkPolicy.RESTRICTED),
                new PermissionProfile.Managed(new FileSystemPolicy.Unrestricted(), NetworkPolicy.ENABLED));
        for (int i = 0; i < open.size(); i++) {
            ExecProcess process = start(Recipe.of("true")
                    .id("p" + i)
                    .onTerminal(terminal)
                    .sandbox(new SandboxContext(open.get(i), null, List.of(), false)));
            assertThat(process.sandboxType()).isEqualTo(SandboxType.NONE);
        }
    }
}
