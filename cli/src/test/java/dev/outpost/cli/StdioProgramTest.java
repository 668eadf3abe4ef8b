package dev.outpost.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outpost.testkit.Spec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a client's child: the protocol on its standard streams, and what is left when it ends. */
class StdioProgramTest {
    private static final Duration END = Duration.ofSeconds(60);

    @TempDir
    private Path scratch;

    private static void handshake(Program program) throws Exception {
        program.writeLine("{\"id\":1,\"method\":\"initialize\",\"params\":{\"clientName\":\"test\"}}");
        assertThat(program.readLine()).contains("\"id\":1", "\"sessionId\":\"");
        program.writeLine("{\"method\":\"initialized\"}");
    }

    /** Starts a shell with a child, a daemon in a session of its own and a child that ignores signals. */
    private Stream<ProcessHandle> startFamily(Program program) throws Exception {
        Path pids = scratch.resolve("pids");
        String script = "trap '' TERM HUP; sleep 1000 & echo $! >> pids; setsid sleep 1000 & echo $! >> pids;"
                + " (setsid sh -c 'sleep 1000 & echo $! >> pids') & echo $$ >> pids; wait";
        program.writeLine(
                "{\"id\":2,\"method\":\"process/start\",\"params\":{\"processId\":\"p\",\"argv\":[\"/bin/sh\",\"-c\",\""
                        + script + "\"],\"cwd\":\"" + scratch
                        + "\",\"env\":{\"PATH\":\"/usr/bin:/bin\"},\"tty\":false}}");
        assertThat(program.readLine()).contains("\"id\":2", "\"result\"");
        await().atMost(END)
                .until(() -> Files.exists(pids) && Files.readAllLines(pids).size() == 4);
        List<String> lines = Files.readAllLines(pids);
        return lines.stream().map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow());
    }

    private static void awaitGone(List<ProcessHandle> family) {
        await().atMost(END).until(() -> family.stream().noneMatch(StdioProgramTest::isRunning));
    }

    /** A process whose parent has not asked for it yet is no longer running. */
    private static boolean isRunning(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            return process.isAlive() && stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (java.io.IOException gone) {
            return false;
        }
    }

    @Test
    @Spec({"W2", "W8", "W17", "W20", "N14h"})
    void endOfStdinEndsEverythingWithSuccess() throws Exception {
        try (Program program = Program.start(scratch, "exec-server", "--listen", "stdio")) {
            handshake(program);
            List<ProcessHandle> family = startFamily(program).toList();
            program.endInput();
            Program.Ended ended = program.awaitEnd();
            assertThat(ended.exitCode()).isZero();
            assertThat(ended.stdout())
                    .as("nothing but messages")
                    .satisfiesAnyOf(
                            rest -> assertThat(rest).isEmpty(),
                            rest -> assertThat(rest.lines())
                                    .allMatch(line -> line.startsWith("{") && line.endsWith("}")));
            assertThat(ended.stderr()).isEmpty();
            awaitGone(family);
        }
    }

    /** Its client may have a session by then, or not: what runs processes is looked for beside the first answer. */
    @Test
    void endsWhereProcessesCannotBeRun() throws Exception {
        ProcessBuilder elsewhere = Program.command("exec-server", "--listen", "stdio");
        elsewhere.command().add(1, "-Dos.arch=sparc");
        try (Program program = Program.start(scratch, elsewhere)) {
            Program.Ended ended = program.awaitEnd();
            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.stderr())
                    .isEqualTo(
                            "Error: processes can't be run: Outpost needs an x86-64 or AArch64 processor, and this Java"
                                    + " runs on sparc.\n");
        }
    }

    @Test
    @Spec({"W9", "P67"})
    void sigtermEndsEverything() throws Exception {
        try (Program program = Program.start(scratch, "exec-server", "--listen", "stdio")) {
            handshake(program);
            List<ProcessHandle> family = startFamily(program).toList();
            program.signal("TERM");
            assertThat(program.awaitEnd().exitCode()).isEqualTo(143);
            awaitGone(family);
        }
    }

    @Test
    @Spec("P67")
    void sigkillEndsEverything() throws Exception {
        try (Program program = Program.start(scratch, "exec-server", "--listen", "stdio")) {
            handshake(program);
            List<ProcessHandle> family = startFamily(program).toList();
            program.signal("KILL");
            awaitGone(family);
        }
    }

    @Test
    @Spec({"W20", "W42"})
    void aViolationEndsTheConnectionButNotTheProgram() throws Exception {
        try (Program program = Program.start(scratch, "exec-server", "--listen", "stdio")) {
            handshake(program);
            program.writeLine("{\"method\":\"no/such/notification\"}");
            program.writeLine("{\"id\":9,\"method\":\"environment/status\"}");
            // An answer would come before this: the server reads on and throws away.
            program.writeLine(" ".repeat(1 << 20));
            assertThat(program.isAlive()).isTrue();
            program.endInput();
            Program.Ended ended = program.awaitEnd();
            assertThat(ended.exitCode()).isZero();
            assertThat(ended.stdout()).isEmpty();
        }
    }

    @Test
    @Spec("W80")
    void initializedAcceptsAnyParams() throws Exception {
        for (String params : List.of("null", "[1,\"two\"]", "3")) {
            try (Program program = Program.start(scratch, "exec-server", "--listen", "stdio")) {
                program.writeLine("{\"id\":1,\"method\":\"initialize\",\"params\":{\"clientName\":\"\"}}");
                program.writeLine("{\"method\":\"initialized\",\"params\":" + params + "}");
                program.writeLine("{\"id\":2,\"method\":\"environment/status\"}");
                assertThat(program.readLine()).contains("\"sessionId\"");
                assertThat(program.readLine()).isEqualTo("{\"id\":2,\"result\":{\"status\":\"ready\"}}");
            }
        }
    }

    @Test
    @Spec("N14d")
    void theMessageLimitIsTheOptions() throws Exception {
        try (Program program =
                Program.start(scratch, "exec-server", "--listen", "stdio", "--max-message-size", "64KiB")) {
            program.writeLine("{\"id\":7,\"method\":\"" + "x".repeat(64 << 10) + "\"}");
            assertThat(program.readLine()).contains("\"code\":-32600", "65536");
            handshake(program);
        }
    }

    /** What no client of this kind needs must not cost it time. */
    @Test
    void loadsNeitherTheListenerNorPicocli() throws Exception {
        Path classes = scratch.resolve("classes");
        ProcessBuilder command = Program.command("exec-server", "--listen", "stdio");
        command.command().add(1, "-Xlog:class+load:file=" + classes);
        try (Program program = Program.start(scratch, command)) {
            handshake(program);
            program.endInput();
            assertThat(program.awaitEnd().exitCode()).isZero();
        }
        assertThat(Files.readString(classes))
                .contains("dev.outpost.server.ExecServer")
                .doesNotContain("io.netty", "dev.outpost.transport.websocket", "picocli", "java.util.logging");
    }

    @Test
    void saysWhatThisMachineIsLike() throws Exception {
        ProcessBuilder command =
                Program.command("exec-server", "--listen", "stdio").directory(scratch.toFile());
        command.environment().putAll(Map.of("SHELL", "/bin/sh", "TMPDIR", "/var/tmp"));
        try (Program program = Program.start(scratch, command)) {
            handshake(program);
            program.writeLine("{\"id\":3,\"method\":\"environment/info\",\"params\":null}");
            assertThat(program.readLine())
                    .contains(
                            "\"shell\":{\"name\":\"sh\",\"path\":\"/bin/sh\"}",
                            "\"cwd\":\"" + scratch.toUri().toString().replaceAll("/$", "") + "\"",
                            "\"tempDir\":\"file:///var/tmp\"",
                            "\"executorVersion\":\"" + Version.number() + "\"",
                            "\"platformOs\":\"linux\"");
        }
    }
}
