package dev.outpost.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** Commands of a real client. */
class CommandTest {
    @TempDir(factory = Scratch.class)
    private Path scratch;

    @EveryPairing
    void runsOnTheServerAndReportsTheEnd(Pairing pairing) throws Exception {
        try (var scene = new Scene(pairing, scratch)) {
            ScriptedModel model = scene.model();
            scene.startClient();

            String where = run(model, "echo \"MARK=$MARK PWD=$PWD\"").text();
            assertThat(where).contains("MARK=server PWD=" + scene.workspace(), "exited with code 0");

            String failed = run(model, "echo to-stderr >&2; exit 3").text();
            assertThat(failed).contains("to-stderr", "exited with code 3");

            String nowhere = model.call("exec_command", Map.of("cmd", "pwd", "workdir", "no/such/directory"))
                    .text();
            assertThat(nowhere).contains("-32603", "No such file or directory (os error 2)");

            scene.finish();
        }
    }

    @EveryPairing
    void theClientsEnvironmentPolicyIsAppliedToTheServersEnvironment(Pairing pairing) throws Exception {
        try (var scene = new Scene(pairing, scratch)) {
            scene.configure("""
                    [shell_environment_policy]
                    inherit = "all"
                    exclude = ["DROPPED_*"]
                    set = { ADDED = "by-policy" }
                    """);
            scene.startClient();

            String variables = run(
                            scene.model(), "echo \"[$MARK] [$KEPT_BY_NAME] [$DROPPED_BY_NAME] [$ADDED] [$TERM]\"")
                    .text();
            assertThat(variables).contains("[server] [kept] [] [by-policy] [dumb]");

            scene.finish();
        }
    }

    @EveryPairing
    void aTerminalTakesInputAndInterrupts(Pairing pairing) throws Exception {
        try (var scene = new Scene(pairing, scratch)) {
            ScriptedModel model = scene.model();
            scene.startClient();

            ToolOutput started = model.call(
                    "exec_command",
                    Map.of(
                            "cmd",
                            "printf 'ready> '; while read l; do echo \"got:$l\"; [ \"$l\" = quit ] && break; done; "
                                    + "stty size; exit 7",
                            "tty",
                            true,
                            "yield_time_ms",
                            500));
            ToolOutput hello = write(model, started, "hello\n", 1000);
            String quit = write(model, started, "quit\n", 10_000).text();
            assertThat(started.text() + hello.text() + quit).contains("ready> ", "got:hello");
            assertThat(quit).contains("got:quit", "24 80", "exited with code 7");

            ToolOutput waiting = model.call(
                    "exec_command",
                    Map.of(
                            "cmd",
                            "trap 'echo caught; exit 5' INT; touch trapped; sleep 60 & wait",
                            "tty",
                            true,
                            "yield_time_ms",
                            500));
            scene.awaitFile("trapped");
            assertThat(write(model, waiting, "\u0003", 10_000).text()).contains("caught", "exited with code 5");

            scene.finish();
        }
    }

    @EveryPairing
    void aLongCommandIsPolledToItsEnd(Pairing pairing) throws Exception {
        try (var scene = new Scene(pairing, scratch)) {
            ScriptedModel model = scene.model();
            scene.startClient();

            ToolOutput started = model.call(
                    "exec_command",
                    Map.of("cmd", "mkfifo gate; echo before; read x < gate; echo $x; exit 4", "yield_time_ms", 500));
            scene.awaitFile("gate");
            ToolOutput nothing = write(model, started, "", 250);
            Files.writeString(scene.workspace().resolve("gate"), "after\n", StandardOpenOption.WRITE);
            String ended = write(model, started, "", 10_000).text();
            assertThat(started.text() + nothing.text()).contains("before");
            assertThat(nothing.sessionId()).isEqualTo(started.sessionId());
            assertThat(ended).contains("after", "exited with code 4").doesNotContain("before");

            scene.finish();
        }
    }

    @EveryPairing
    void megabytesOfOutputArriveToTheEnd(Pairing pairing) throws Exception {
        try (var scene = new Scene(pairing, scratch)) {
            ScriptedModel model = scene.model();
            scene.startClient();

            String lines = model.call(
                            "exec_command",
                            Map.of("cmd", "seq 1 600000", "yield_time_ms", 30_000, "max_output_tokens", 500))
                    .text();
            assertThat(lines).contains("exited with code 0", "\n1\n2\n3\n").endsWith("\n599999\n600000\n");
            if (pairing.client() == Peer.V169) {
                int bytes = 4_088_895; // of which this client counts every one
                assertThat(lines).contains("Original token count: " + (bytes + 3) / 4);
            }

            String terminal = model.call(
                            "exec_command",
                            Map.of(
                                    "cmd",
                                    "head -c 3000000 /dev/zero | base64 -w0; echo; echo THE-END",
                                    "tty",
                                    true,
                                    "yield_time_ms",
                                    30_000,
                                    "max_output_tokens",
                                    500))
                    .text();
            assertThat(terminal).contains("exited with code 0", "AAAAAAAA", "THE-END");

            scene.finish();
        }
    }

    private static ToolOutput run(ScriptedModel model, String command) throws InterruptedException {
        return model.call("exec_command", Map.of("cmd", command, "yield_time_ms", 10_000));
    }

    private static ToolOutput write(ScriptedModel model, ToolOutput process, String characters, int yieldMillis)
            throws InterruptedException {
        return model.call(
                "write_stdin",
                Map.of("session_id", process.sessionId(), "chars", characters, "yield_time_ms", yieldMillis));
    }
}
