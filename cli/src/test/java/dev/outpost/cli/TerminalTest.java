package dev.outpost.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.outpost.testkit.ServerLaunch;
import dev.outpost.testkit.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code outpost shell} as a person uses it: full-screen programs, Ctrl-C, another size of the window, and the end. */
class TerminalTest {
    private static final String LOCAL = "local";
    private static final String REMOTE = "remote";

    @TempDir
    private Path scratch;

    private ServerProcess server;
    private TmuxPane pane;

    @BeforeEach
    void openPane() throws Exception {
        assumeThat(TmuxPane.isInstalled())
                .as("tmux is not installed, so nothing was typed into a terminal (Debian: apt install tmux)")
                .isTrue();
        Map<String, String> variables = Map.of("PATH", "/usr/bin:/bin", "HOME", scratch.toString(), "SHELL", "/bin/sh");
        server = ServerLaunch.outpost(variables, scratch).webSocket();
        Map<String, String> here = Map.of(
                "CODEX_HOME",
                scratch.toString(),
                "SHELL",
                "/bin/sh",
                "SCRIPT",
                scratch.resolve("outpost").toString());
        pane = TmuxPane.open(scratch, here, 30, 100);
    }

    @AfterEach
    void closePane() throws Exception {
        if (pane != null) {
            pane.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private void openShell(String environment) throws Exception {
        Files.writeString(
                scratch.resolve("outpost"),
                "exec "
                        + String.join(
                                " ",
                                Program.command(
                                                "shell",
                                                "-e",
                                                environment.equals(REMOTE)
                                                        ? server.url().toString()
                                                        : environment)
                                        .command())
                        + "\n");
        pane.enter("clear; sh $SCRIPT; echo code=$?");
        pane.awaitGone("^here");
        pane.awaitPromptAndCallIt("there$");
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, REMOTE})
    void theWindowsSizeCtrlCAndTheExitCodeArePassedOn(String environment) throws Exception {
        openShell(environment);
        pane.enter("clear; stty size");
        pane.awaitScreen("^30 100$");
        pane.resize(41, 117);
        // The change arrives when it does: whoever asks for the size is told of it.
        pane.enter("clear; while [ \"$(stty size)\" != '41 117' ]; do sleep 0.05; done; echo now $(stty size)");
        pane.awaitScreen("^now 41 117$");

        pane.enter("clear; echo sleeping; sleep 600; echo status $?");
        pane.awaitScreen("^sleeping$");
        pane.press("C-c");
        pane.awaitScreen("^\\^C");
        pane.awaitScreen("^there\\$ *$");
        assertThat(pane.screen()).doesNotContain("status 0");

        pane.enter("clear; exit 7");
        pane.awaitScreen("^code=7$");
        pane.awaitScreen("^here\\$ *$");
        // The terminal is as it was: what is typed is echoed, and Enter ends a line.
        pane.enter("clear; echo 6 times 7 is $((6*7))");
        pane.awaitScreen("^6 times 7 is 42$");
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, REMOTE})
    void vimEditsAFile(String environment) throws Exception {
        assumeThat(Path.of("/usr/bin/vim"))
                .as("vim is not installed, so no file was edited (Debian: apt install vim)")
                .exists();
        Path file = Files.writeString(scratch.resolve("letter"), "second line\n");
        openShell(environment);
        pane.enter("vim -N -u NONE " + file);
        pane.awaitScreen("^second line$");
        pane.awaitScreen("^~$");
        pane.type("O");
        pane.awaitScreen("INSERT");
        pane.type("first line");
        pane.press("Escape");
        pane.awaitGone("INSERT");
        pane.enter(":wq");
        pane.awaitScreen("there\\$ *$");
        assertThat(file).hasContent("first line\nsecond line\n");
        pane.enter("exit");
        pane.awaitScreen("^code=0$");
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCAL, REMOTE})
    void topRunsUntilQ(String environment) throws Exception {
        assumeThat(Path.of("/usr/bin/top"))
                .as("top is not installed, so it was not tried (Debian: apt install procps)")
                .exists();
        openShell(environment);
        pane.enter("clear; top -d 0.3; echo status $?");
        pane.awaitScreen("^top - ");
        pane.awaitScreen("^ *PID +USER");
        pane.press("q");
        pane.awaitScreen("^status 0$");
        pane.enter("exit");
        pane.awaitScreen("^code=0$");
    }
}
