package dev.outpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.ServerLaunch;
import dev.outpost.testkit.ServerProcess;
import dev.outpost.testkit.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How commands find their environment: all of them in the same way. */
class EnvironmentCommandsTest {
    @TempDir
    private Path scratch;

    private Path home;

    @BeforeEach
    void makeHome() throws IOException {
        home = Files.createDirectory(scratch.resolve("home"));
    }

    private void configure(String text) throws IOException {
        Files.writeString(home.resolve("environments.toml"), text);
    }

    private Program.Ended run(Map<String, String> variables, String... arguments) throws Exception {
        ProcessBuilder command = Program.command(arguments);
        command.environment().remove("CODEX_EXEC_SERVER_URL");
        command.environment().remove("OUTPOST_HOME");
        command.environment().put("CODEX_HOME", home.toString());
        command.environment().putAll(variables);
        try (Program program = Program.start(scratch, command)) {
            program.endInput();
            return program.awaitEnd();
        }
    }

    /** Every command that touches an environment belongs here. */
    @ParameterizedTest
    @Spec({"E41", "E59", "E60"})
    @ValueSource(
            strings = {
                "exec -- true",
                "exec -e ws://127.0.0.1:9 -- true",
                "shell",
                "ls /",
                "cat /etc/hostname",
                "cp /etc/hostname x:y",
                "rm /nowhere",
                "env list",
                "env check",
                "env add c ws://127.0.0.1:9",
                "env remove c"
            })
    void aBrokenFileStopsEveryCommandInTheSameWay(String line) throws Exception {
        configure("[[environments]]\nid = \"a b\"\nurl = \"ws://127.0.0.1:9\"\n");
        Program.Ended ended = run(Map.of(), line.split(" "));
        assertThat(ended.stderr())
                .isEqualTo("Error: exec-server protocol error: environment id `a b` must contain only ASCII letters,"
                        + " numbers, '-' or '_' (--ignore-user-config goes on without the file)\n");
        assertThat(ended.stdout()).isEmpty();
        assertThat(ended.exitCode()).isEqualTo(125);
    }

    @Test
    @Spec({"E58", "E59"})
    void ignoringTheFileGoesBackToTheVariable() throws Exception {
        configure("this is no toml");
        Map<String, String> environment = Map.of("PATH", "/usr/bin:/bin", "WHERE", "there");
        try (ServerProcess server = ServerLaunch.outpost(environment, scratch).webSocket()) {
            Program.Ended ended = run(
                    Map.of("CODEX_EXEC_SERVER_URL", server.url().toString()),
                    "exec",
                    "--ignore-user-config",
                    "--",
                    "printenv",
                    "WHERE");
            assertThat(ended).isEqualTo(new Program.Ended(0, "there\n", ""));
        }
        assertThat(run(Map.of("CODEX_EXEC_SERVER_URL", "none"), "exec", "--ignore-user-config", "--", "true"))
                .isEqualTo(new Program.Ended(
                        125,
                        "",
                        "Error: there is no default environment (`none` is configured); name one with -e: \n"));
    }

    @Test
    void anUnknownOrOfflineEnvironmentIsNeverReplacedByThisMachine() throws Exception {
        configure("default = \"off\"\n[[environments]]\nid = \"off\"\nurl = \"ws://127.0.0.1:1\"\n");
        Program.Ended unknown = run(Map.of(), "exec", "-e", "nope", "--", "true");
        assertThat(unknown.exitCode()).isEqualTo(125);
        assertThat(unknown.stderr()).contains("there is no environment `nope`", "local, off");
        Program.Ended offline = run(Map.of(), "exec", "--", "echo", "here");
        assertThat(offline.exitCode()).isEqualTo(125);
        assertThat(offline.stdout()).isEmpty();
        assertThat(offline.stderr()).startsWith("Error: environment `off` is not available: ");
        assertThat(run(Map.of(), "exec", "-e", "local", "--", "echo", "here").stdout())
                .isEqualTo("here\n");
    }

    @Test
    void exitCodesAreThoseOfShells() throws Exception {
        assertThat(run(Map.of(), "exec", "--", "sh", "-c", "exit 7").exitCode()).isEqualTo(7);
        assertThat(run(Map.of(), "exec", "--", "sh", "-c", "kill -TERM $$").exitCode())
                .isEqualTo(143);
        Program.Ended absent = run(Map.of(), "exec", "--", "/nowhere/tool");
        assertThat(absent.exitCode()).isEqualTo(127);
        assertThat(absent.stderr()).isEqualTo("Error: there is no program `/nowhere/tool` in environment `local`\n");
        Path data = Files.write(scratch.resolve("data"), "text".getBytes(UTF_8));
        assertThat(run(Map.of(), "exec", "--", data.toString()).exitCode()).isEqualTo(126);
        Program.Ended elsewhere = run(Map.of(), "exec", "--cwd", "/nowhere", "--", "true");
        assertThat(elsewhere.exitCode()).isEqualTo(125);
        assertThat(elsewhere.stderr()).contains("there is no directory /nowhere");
        assertThat(run(Map.of(), "exec", "--env", "novalue", "--", "true").exitCode())
                .isEqualTo(2);
        assertThat(run(Map.of(), "exec").exitCode()).isEqualTo(2);
    }

    @Test
    void environmentsAreAddedListedCheckedAndRemoved() throws Exception {
        configure("# mine\n");
        try (ServerProcess server =
                ServerLaunch.outpost(Map.of("PATH", "/usr/bin:/bin"), scratch).webSocket()) {
            String url = server.url().toString();
            assertThat(run(Map.of(), "env", "add", "box", url).exitCode()).isZero();
            assertThat(run(Map.of(), "env", "add", "off", "--", "/nowhere/ssh", "-x")
                            .exitCode())
                    .isZero();
            assertThat(run(Map.of(), "env", "list").stdout())
                    .isEqualTo("local\tlocal\tdefault\nbox\t" + url + "\noff\tprogram\n");
            assertThat(run(Map.of(), "env", "list", "--json").stdout())
                    .startsWith("[{\"id\":\"local\",\"kind\":\"local\",\"url\":null,\"default\":true},");
            Program.Ended good = run(Map.of(), "env", "check", "box");
            assertThat(good.exitCode()).isZero();
            assertThat(good.stdout()).contains("box: ok", "round trip", "shell", "dialect     uris");
            Program.Ended bad = run(Map.of(), "env", "check");
            assertThat(bad.exitCode()).isEqualTo(1);
            assertThat(bad.stdout()).contains("box: ok", "off: FAILED", "failed to spawn", "check its path");
        }
        assertThat(run(Map.of(), "env", "remove", "box").exitCode()).isZero();
        assertThat(run(Map.of(), "env", "remove", "off").exitCode()).isZero();
        assertThat(Files.readString(home.resolve("environments.toml"))).isEqualTo("# mine\n");
        assertThat(run(Map.of(), "env", "remove", "off").exitCode()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void completionKnowsTheCommands(String shell) throws Exception {
        assertThat(run(Map.of(), "completion", shell).stdout()).contains("exec-server", "shell", "compgen");
        assertThat(run(Map.of(), "completion", "fish").exitCode()).isEqualTo(2);
    }
}
