package dev.outpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start-up caches of this build: that they are used, hold what a start needs, and that a misfit is noticed. */
class StartUpCacheIT {
    private static final Path ROOT = Path.of(Objects.requireNonNull(System.getProperty("outpost.root")));
    private static final String INITIALIZE =
            "{\"id\":1,\"method\":\"initialize\",\"params\":{\"clientName\":\"test\"}}";
    private static final String FROM_CACHE = "source: shared objects file";

    @TempDir
    private Path scratch;

    private Program start(Path launcher, String javaOptions, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH",
                        "/usr/bin:/bin",
                        "OUTPOST_JAVA_HOME",
                        System.getProperty("java.home"),
                        "OUTPOST_NO_BUILD",
                        "1",
                        "OUTPOST_JAVA_OPTIONS",
                        javaOptions));
        return Program.start(scratch, builder);
    }

    /** With a cache that can't be used the JVM doesn't start at all, and it writes down where classes come from. */
    private Program startWatched(String... arguments) throws Exception {
        String options = "-XX:AOTMode=on -Xlog:class+load:file=" + scratch.resolve("classes");
        return start(ROOT.resolve("outpost"), options, arguments);
    }

    private List<String> loaded(String prefix) throws Exception {
        try (Stream<String> lines = Files.lines(scratch.resolve("classes"))) {
            return lines.filter(line -> line.contains("] " + prefix)).toList();
        }
    }

    @Test
    void holdsAllThatListeningNeeds() throws Exception {
        try (Program program = startWatched("serve", "--listen", "ws://127.0.0.1:0")) {
            assertThat(program.readLine()).startsWith("ws://127.0.0.1:");
            assertThat(loaded("dev.outpost.")).isNotEmpty().allMatch(line -> line.contains(FROM_CACHE));
            assertThat(loaded("io.netty."))
                    .isNotEmpty()
                    .filteredOn(line -> !line.contains(FROM_CACHE))
                    .as("annotations, which the JDK doesn't keep in caches")
                    .allMatch(line -> line.contains(".$Proxy"));
            assertThat(Files.readString(Path.of("/proc", Long.toString(program.pid()), "maps")))
                    .as("Netty's native library, which it would else unpack into a new file each time")
                    .contains("/cli/target/outpost/lib/native/libnetty_transport_native_epoll");
        }
    }

    @Test
    void holdsAllThatACommandElsewhereNeeds() throws Exception {
        try (Program server = start(ROOT.resolve("outpost"), "", "serve")) {
            String url = server.readLine();
            try (Program client = startWatched("exec", "-e", url, "--", "cat")) {
                client.writeLine("done");
                client.endInput();
                assertThat(client.awaitEnd()).isEqualTo(new Program.Ended(0, "done\n", ""));
                assertThat(loaded("dev.outpost.")).isNotEmpty().allMatch(line -> line.contains(FROM_CACHE));
                assertThat(loaded("io.netty."))
                        .isNotEmpty()
                        .filteredOn(line -> !line.contains(FROM_CACHE))
                        .as(
                                "annotations; what looks at some buffers by chance; lambdas of ways that threads take or not")
                        .allMatch(line -> Stream.of(".$Proxy", ".ResourceLeak", "$$Lambda/")
                                .anyMatch(line::contains));
                assertThat(loaded("picocli.")).as("too old for a cache").isEmpty();
            }
        }
    }

    @Test
    void holdsAllThatTheFirstAnswerOverStdioNeedsAndNothingOfNetty() throws Exception {
        try (Program program = startWatched("serve", "--listen", "stdio")) {
            program.writeLine(INITIALIZE);
            assertThat(program.readLine()).contains("\"sessionId\"");
            assertThat(loaded("dev.outpost.")).isNotEmpty().allMatch(line -> line.contains(FROM_CACHE));
            assertThat(loaded("io.netty.")).isEmpty();
        }
    }

    @Test
    void saysInOneLineThatTheJvmRefusesIt() throws Exception {
        // The JVM's objects have another shape then, as with another JDK.
        try (Program program = start(ROOT.resolve("outpost"), "-XX:-UseCompressedOops", "serve", "--listen", "stdio")) {
            program.writeLine(INITIALIZE);
            assertThat(program.readLine()).as("serves all the same").contains("\"sessionId\"");
            program.endInput();
            assertThat(program.awaitEnd().stderr())
                    .matches("WARNING: the start-up cache \\S*/stdio\\.aot was made by another JDK \\(.*\\), for other"
                            + " jars or with other JVM options, so .*; build or unpack Outpost again\\.\n");
        }
    }

    private Path copyOfRuntime() throws Exception {
        Path clone = Files.createDirectories(scratch.resolve("a clone/cli/target"));
        Process copy = new ProcessBuilder(
                        "cp", "-a", ROOT.resolve("cli/target/outpost").toString(), clone.toString())
                .inheritIO()
                .start();
        assertThat(copy.waitFor()).isZero();
        return Files.copy(ROOT.resolve("outpost"), scratch.resolve("a clone/outpost"));
    }

    @Test
    void staysInUseWhereTheRuntimeIsMoved() throws Exception {
        try (Program program = start(copyOfRuntime(), "-XX:AOTMode=on", "--version")) {
            assertThat(program.awaitEnd())
                    .isEqualTo(new Program.Ended(0, Version.line() + "\nstart-up cache: in use\n", ""));
        }
    }

    @Test
    void isNotUsedOnceAJarHasChanged() throws Exception {
        Path launcher = copyOfRuntime();
        Path runtime = scratch.resolve("a clone/cli/target/outpost");
        Path jar;
        try (Stream<Path> jars = Files.list(runtime.resolve("lib"))) {
            jar = jars.filter(file -> file.toString().contains("outpost-linux"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(1)));
        try (Program program = start(launcher, "", "--version")) {
            assertThat(program.awaitEnd().stdout())
                    .contains("start-up cache: NOT in use: the start-up cache " + runtime
                            + "/websocket.aot is older than " + jar);
        }
    }

    @Test
    void isMissedWhereItIsMissing() throws Exception {
        Path launcher = copyOfRuntime();
        Files.delete(scratch.resolve("a clone/cli/target/outpost/stdio.aot"));
        try (Program program = start(launcher, "", "serve", "--listen=stdio")) {
            program.writeLine(INITIALIZE);
            assertThat(program.readLine()).as("serves all the same").contains("\"sessionId\"");
            program.endInput();
            assertThat(program.awaitEnd().stderr())
                    .matches("WARNING: the start-up cache .*/stdio\\.aot is missing, .*\n");
        }
    }
}
