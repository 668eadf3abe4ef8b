package dev.outpost.client.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outpost.executor.HostPath;
import dev.outpost.linux.Signals;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.testkit.LeakCheck;
import dev.outpost.testkit.Spec;
import dev.outpost.transport.ConnectException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Shells as servers: what they are given, and how they come to their end. */
@ExtendWith(LeakCheck.class)
@Timeout(120)
class CommandConnectorTest {
    private static final int MAX_MESSAGE = 16 * 1024 * 1024;

    @TempDir
    Path directory;

    private static Messages connect(ServerCommand command) throws ConnectException {
        return connect(command, ExecutorEnvironment.ofThisProcess());
    }

    private static Messages connect(ServerCommand command, ExecutorEnvironment inherited) throws ConnectException {
        Messages messages = new Messages();
        CommandConnector connector = new CommandConnector(command, inherited, MAX_MESSAGE);
        assertThat(connector.connect(messages)).isSameAs(messages.connection());
        return messages;
    }

    private static Messages shell(String script, String... arguments) throws ConnectException {
        List<String> all = new ArrayList<>(List.of("-c", script, "sh"));
        all.addAll(List.of(arguments));
        return connect(new ServerCommand("sh", all, Map.of(), null));
    }

    /** Whether a process is there and no zombie. */
    private static boolean lives(long pid) {
        return Signals.kill((int) pid, 0) == 0
                && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)
                && !state(pid).equals("Z");
    }

    private static String state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).substring(0, 1);
        } catch (IOException gone) {
            return "Z";
        }
    }

    @Test
    @Spec({"C11"})
    void runsTheProgramDirectlyInTheGivenPlaceAndEnvironment() throws Exception {
        Path program = directory.resolve("a server");
        Files.writeString(program, """
                #!/bin/sh
                echo "$# $1 $2"
                pwd
                echo "$INHERITED $CHANGED $ADDED"
                echo "$$ $(ps -o pgid= -p $$)"
                cat
                """);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        ExecutorEnvironment inherited = ExecutorEnvironment.of(
                Map.of("PATH", directory + ":/usr/bin:/bin", "INHERITED", "kept", "CHANGED", "old"));
        Messages server = connect(
                new ServerCommand(
                        "a server",
                        List.of("$HOME", "two words"),
                        Map.of("CHANGED", "new", "ADDED", "ünï"),
                        HostPath.of("/usr")),
                inherited);
        assertThat(server.next()).isEqualTo("2 $HOME two words");
        assertThat(server.next()).isEqualTo("/usr");
        assertThat(server.next()).isEqualTo("kept new ünï");
        String[] ids = server.next().split("\\s+");
        assertThat(ids[1]).as("leads its own group").isEqualTo(ids[0]);
        assertThat(server.connection().isWebSocket()).isFalse();
        server.connection().close();
        assertThat(server.end()).isEmpty();
    }

    @Test
    @Spec({"C12"})
    void whatCannotBeStartedSaysWhy() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "no program");
        assertNotSpawned(
                new ServerCommand("no-such-program", List.of(), Map.of(), null),
                "No such file or directory (os error 2)");
        assertNotSpawned(
                new ServerCommand(file.toString(), List.of(), Map.of(), null), "Permission denied (os error 13)");
        assertNotSpawned(
                new ServerCommand("sh", List.of(), Map.of(), HostPath.of("/no/such/place")),
                "No such file or directory (os error 2)");
        assertNotSpawned(new ServerCommand("sh", List.of("a\0b"), Map.of(), null), "nul byte found in provided data");
    }

    private static void assertNotSpawned(ServerCommand command, String text) {
        assertThatThrownBy(() -> connect(command))
                .isInstanceOfSatisfying(
                        ConnectException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ConnectException.Kind.NOT_SPAWNED))
                .hasMessage("failed to spawn exec-server: " + text);
    }

    @Test
    @Spec({"C13"})
    void oneLineIsOneMessageAndEachIsFlushed() throws Exception {
        Messages server = shell("printf '\\n  \\n{\"a\":1}\\r\\n'; while read -r line; do echo \"got $line\"; done");
        assertThat(server.connection().peer()).isEqualTo("exec-server stdio command");
        assertThat(server.next()).isEqualTo("{\"a\":1}");
        for (int i = 0; i < 100; i++) {
            server.send("message " + i);
            assertThat(server.next()).isEqualTo("got message " + i);
        }
        server.connection().close();
    }

    @Test
    @Spec({"C13"})
    void carriesLargeMessagesBothWaysAtOnce() throws Exception {
        Messages server = shell("cat");
        String large = "x".repeat(MAX_MESSAGE - 10);
        for (int i = 0; i < 4; i++) {
            server.send(large + i);
        }
        for (int i = 0; i < 4; i++) {
            assertThat(server.next().equals(large + i)).isTrue();
        }
        server.send(large + "beyond the limit");
        server.send("after");
        assertThat(server.next()).isEqualTo("oversized above " + MAX_MESSAGE);
        assertThat(server.next()).isEqualTo("after");
        server.connection().close();
    }

    @Test
    void aPausedConnectionHoldsTheServerBack() throws Exception {
        Path progress = directory.resolve("progress");
        Messages server = shell(
                "read -r go; i=0; while [ $i -lt 200 ]; do head -c 65536 /dev/zero | tr '\\0' x; echo; i=$((i+1)); echo $i > \"$1\"; done; cat",
                progress.toString());
        server.connection().pauseReading();
        server.send("go");
        String[] last = {""};
        await().pollInterval(Duration.ofMillis(300)).until(() -> {
            String now = Files.exists(progress) ? Files.readString(progress) : "";
            boolean still = !now.isEmpty() && now.equals(last[0]);
            last[0] = now;
            return still;
        });
        assertThat(Integer.parseInt(last[0].strip())).isLessThan(100);
        assertThat(server.waiting()).isZero();
        server.connection().resumeReading();
        for (int i = 0; i < 200; i++) {
            assertThat(server.next()).hasSize(65536);
        }
        server.connection().close();
    }

    @Test
    @Spec({"C14"})
    void stderrIsLoggedLineByLineAndNeverBlocks() throws Exception {
        List<String> lines = new ArrayList<>();
        Handler capture = new Handler() {
            @Override
            public synchronized void publish(LogRecord entry) {
                lines.add(entry.getLevel() + " " + entry.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(StderrLog.class.getName());
        logger.setLevel(Level.ALL);
        logger.setUseParentHandlers(false);
        logger.addHandler(capture);
        try {
            Messages server = shell("echo '{\"looks\":\"like a message\"}' >&2; printf 'win\\r\\n' >&2;"
                    + " head -c 1000000 /dev/zero | tr '\\0' x >&2; printf '\\nlast' >&2; echo done; cat");
            assertThat(server.next()).isEqualTo("done");
            server.connection().close();
            await().until(() -> lines.contains("FINE exec-server stdio stderr: last"));
            assertThat(lines)
                    .startsWith(
                            "FINE exec-server stdio stderr: {\"looks\":\"like a message\"}",
                            "FINE exec-server stdio stderr: win")
                    .hasSize(2 + 1_000_000 / 8192 + 1 + 1);
            assertThat(server.waiting()).isZero();
        } finally {
            logger.removeHandler(capture);
            logger.setUseParentHandlers(true);
            logger.setLevel(null);
        }
    }

    @Test
    @Spec({"C15", "C16"})
    void closingTellsTheGroupToEndAndReapsIt() throws Exception {
        Path log = directory.resolve("log");
        Messages server = shell(
                "trap 'echo terminated > \"$1\"; exit 0' TERM; sleep 1000 & echo $$ $!; while :; do wait; done",
                log.toString());
        String[] pids = server.next().split(" ");
        server.connection().close();
        assertThat(server.end()).isEmpty();
        assertGone(pids);
        assertThat(log).hasContent("terminated");
    }

    @Test
    @Spec({"C16"})
    void whatIgnoresTheSignalIsKilled() throws Exception {
        Messages server = shell("trap '' TERM; sleep 1000 & echo $$ $!; while :; do wait; sleep 1; done");
        String[] pids = server.next().split(" ");
        server.connection().close();
        assertGone(pids);
    }

    @Test
    @Spec({"C17", "C19"})
    void aServerThatEndsByItselfTakesItsGroupAlongAndIsACleanEnd() throws Exception {
        Messages server = shell("sleep 1000 & echo $!; echo oops; exit 7");
        String child = server.next();
        assertThat(server.next()).isEqualTo("oops");
        assertThat(server.end()).isEmpty();
        assertGone(child);
    }

    @Test
    @Spec({"C15", "C19"})
    void aServerThatClosesItsOutputIsEnded() throws Exception {
        Messages server = shell("echo $$; exec >&-; sleep 1000");
        String pid = server.next();
        assertThat(server.end()).isEmpty();
        assertGone(pid);
    }

    @Test
    @Spec({"C10", "C15"})
    void aLineThatIsNoTextEndsItWithTheReason() throws Exception {
        Messages server = shell("echo $$; printf '\\377\\n'; sleep 1000");
        String pid = server.next();
        assertThat(server.end())
                .hasValueSatisfying(reason -> assertThat(reason)
                        .hasMessage("failed to read JSON-RPC message from exec-server stdio command:"
                                + " line that is not UTF-8"));
        assertGone(pid);
    }

    @Test
    @Spec({"C18"})
    void aDescendantThatLeftTheGroupAndKeepsThePipesHoldsUpNobody() throws Exception {
        Messages server = shell("setsid sleep 1000 & echo $! $$; sleep 1000");
        String[] pids = server.next().split(" ");
        try {
            server.connection().close();
            assertThat(server.end()).isEmpty();
            assertGone(pids[1]);
        } finally {
            Signals.kill(Integer.parseInt(pids[0]), Signals.SIGKILL);
        }
    }

    @Test
    @Spec({"C15"})
    void aServerThatDoesNotReadIsEndedAllTheSame() throws Exception {
        Messages server = shell("echo $$; exec sleep 1000");
        String pid = server.next();
        server.send("x".repeat(MAX_MESSAGE));
        server.connection().close();
        assertThat(server.end()).isEmpty();
        assertGone(pid);
    }

    @Test
    void nettyIsNotLoaded() throws Exception {
        Path classes = directory.resolve("classes.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        System.getProperty("outpost.jvm"),
                        "-Xlog:class+load:file=" + classes,
                        "-cp",
                        System.getProperty("java.class.path"),
                        OneExchange.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
                    .contains("answered hello");
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(Files.readString(classes))
                .contains(CommandConnector.class.getName())
                .doesNotContain("io.netty");
    }

    private static void assertGone(String... pids) {
        await().untilAsserted(() -> assertThat(pids).noneMatch(pid -> lives(Long.parseLong(pid))));
    }
}
