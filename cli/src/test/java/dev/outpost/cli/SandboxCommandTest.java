package dev.outpost.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outpost.testkit.Spec;
import dev.outpost.testkit.contract.ProcessProfiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code outpost sandbox}, as the user of these tests and, if that is root, as an ordinary one. */
class SandboxCommandTest {
    private static final int NOBODY = 65534;
    private static final String SETPRIV = "/usr/bin/setpriv";

    @TempDir
    private Path scratch;

    private Path workspace;
    private Path outside;

    @BeforeEach
    void layOut() throws Exception {
        // Where another user gets to, and not below /tmp, which the sandbox may write.
        scratch = scratch.toRealPath();
        Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxr-xr-x"));
        workspace = Files.createDirectory(scratch.resolve("workspace"));
        outside = Files.createDirectory(scratch.resolve("outside"));
        Files.createDirectory(workspace.resolve(".git"));
        Files.writeString(outside.resolve("secret"), "secret\n");
    }

    private Program.Ended sandbox(boolean nobody, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("sandbox"));
        all.addAll(List.of(arguments));
        // In front of what ends the options, and behind what names the command.
        int options = all.size() > 1 && all.get(1).equals("explain") ? 2 : 1;
        all.addAll(options, List.of("--cwd", workspace.toString()));
        ProcessBuilder command = Program.command(all.toArray(String[]::new));
        command.environment().put("HOME", workspace.toString());
        if (nobody) {
            asNobody(command);
        }
        try (Program program = Program.start(scratch, command)) {
            program.endInput();
            return program.awaitEnd();
        }
    }

    /** The class path may be in root's home, so this user gets one of his own. */
    private void asNobody(ProcessBuilder command) throws IOException {
        assumeTrue(
                Files.isExecutable(Path.of(SETPRIV))
                        && System.getProperty("user.name").equals("root"),
                "these tests don't run as root, so the other one has shown how it is for an ordinary user");
        List<String> line = new ArrayList<>(command.command());
        // It holds for the class path of its making.
        line.removeIf(option -> option.startsWith("-XX:SharedArchiveFile="));
        int classPath = line.indexOf("-cp") + 1;
        Path copies = Files.createDirectory(scratch.resolve("class-path"));
        List<String> entries = new ArrayList<>();
        for (String entry : line.get(classPath).split(File.pathSeparator)) {
            entries.add(copy(Path.of(entry), copies.resolve(Integer.toString(entries.size())))
                    .toString());
        }
        line.set(classPath, String.join(File.pathSeparator, entries));
        line.addAll(0, List.of(SETPRIV, "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        command.command(line);
        for (Path own : List.of(workspace, workspace.resolve(".git"))) {
            Files.setAttribute(own, "unix:uid", NOBODY);
        }
    }

    private static Path copy(Path from, Path to) throws IOException {
        if (!Files.isDirectory(from)) {
            Path jar = to.resolveSibling(to.getFileName() + ".jar");
            if (Files.exists(from)) {
                Files.copy(from, jar);
            }
            return jar;
        }
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path file : (Iterable<Path>) tree::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }

    @ParameterizedTest(name = "nobody: {0}")
    @ValueSource(booleans = {false, true})
    @Spec({"F58", "F86", "F88", "N79"})
    void runsACommandWithinItsLimits(boolean nobody) throws Exception {
        ProcessProfiles.assumeBubblewrap();
        Program.Ended ended = sandbox(nobody, "--profile", profile(), "--", "/bin/sh", "-c", """
                echo 1 > inside && echo wrote
                cat ../outside/secret
                echo 1 > ../outside/new || echo refused outside
                echo 1 > .git/config || echo refused .git
                mkdir .codex || echo refused .codex
                grep CapEff /proc/self/status
                ls /proc | grep -cE '^[0-9]+$'
                id -u
                exit 7
                """);
        assertThat(ended.exitCode()).as("exit code; stderr: %s", ended.stderr()).isEqualTo(7);
        assertThat(ended.stdout())
                .contains("wrote\nsecret\nrefused outside\nrefused .git\nrefused .codex\nCapEff:\t0000000000000000\n")
                .endsWith(nobody ? "\n" + NOBODY + "\n" : "\n");
        assertThat(workspace.resolve("inside")).hasContent("1\n");
        assertThat(outside.resolve("new")).doesNotExist();
        assertThat(workspace.resolve(".git")).isEmptyDirectory();
        assertThat(workspace.resolve(".codex")).doesNotExist();
    }

    /** As {@code workspace-write}, without {@code /tmp}, where these tests may have their files. */
    private String profile() throws IOException {
        return Files.writeString(scratch.resolve("profile.json"), """
                {"type":"managed","network":"restricted","file_system":{"type":"restricted","entries":[
                {"path":{"type":"special","value":{"kind":"root"}},"access":"read"},
                {"path":{"type":"special","value":{"kind":"project_roots"}},"access":"write"}]}}
                """).toString();
    }

    @Test
    @Spec({"F46", "F47", "F50", "N79"})
    void explainsWhichRuleDecides() throws Exception {
        Files.createSymbolicLink(workspace.resolve("link"), outside);
        Program.Ended ended = sandbox(
                false,
                "explain",
                "--profile",
                profile(),
                "--deny",
                "*.env",
                "--write",
                "../outside",
                "src/x",
                ".git/config",
                "/etc/passwd",
                "a.env",
                "link/new");
        assertThat(ended.exitCode()).as("stderr: %s", ended.stderr()).isZero();
        assertThat(ended.stdout())
                .contains(
                        workspace + "/src/x\n  read and write: entry 2 (write project_roots " + workspace + ")\n",
                        workspace + "/.git/config\n  read: protected metadata of a writable root: entry 2",
                        "/etc/passwd\n  read: entry 1 (read root)\n",
                        workspace + "/a.env\n  nothing: denied by the pattern *.env\n",
                        workspace + "/link/new -> " + outside + "/new\n  read and write: entry 3 (write " + outside,
                        "network: none, ",
                        "commands: ");
        assertThat(sandbox(false, "explain", "--network").stdout())
                .contains("the port of Outpost is guarded by authentication only");
    }

    @Test
    void whatMakesNoSenseIsSaid() throws Exception {
        assertThat(sandbox(false).exitCode()).isEqualTo(2);
        Program.Ended unknown = sandbox(false, "--profile", "no-such", "--", "true");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.stderr())
                .startsWith("Error: the profile `no-such` is neither read-only nor workspace-write nor a file");
        Path broken = Files.writeString(scratch.resolve("broken.json"), "{\"type\":\"new\"}");
        Program.Ended profile = sandbox(false, "--profile", broken.toString(), "--", "true");
        assertThat(profile.exitCode()).isEqualTo(125);
        assertThat(profile.stderr()).contains("broken.json is no permission profile: unknown variant `new`");
    }
}
