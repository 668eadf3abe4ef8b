package dev.outpost.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.Spec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher {@code ./outpost}: with the runtime of this build, and in a clone whose Maven is a small script. */
class LauncherIT {
    private static final Path ROOT = Path.of(Objects.requireNonNull(System.getProperty("outpost.root")));
    private static final String JAVA_HOME = System.getProperty("java.home");
    private static final String VERSION = Version.line() + "\nstart-up cache: in use\n";

    @TempDir
    private Path scratch;

    private static ProcessBuilder command(Path launcher, Map<String, String> environment, String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(launcher.toString()), Stream.of(arguments))
                .toList());
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", "/usr/bin:/bin", "OUTPOST_JAVA_HOME", JAVA_HOME));
        builder.environment().putAll(environment);
        return builder;
    }

    private Program.Ended run(ProcessBuilder command) throws Exception {
        try (Program program = Program.start(scratch, command)) {
            program.endInput();
            return program.awaitEnd();
        }
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    // With the real runtime.

    @Test
    void startsWithoutMavenOnceItIsBuilt() throws Exception {
        script(scratch.resolve("bin/mvn"), "echo Maven was started >&2; exit 1\n");
        Program.Ended ended =
                run(command(ROOT.resolve("outpost"), Map.of("PATH", scratch + "/bin:/usr/bin:/bin"), "--version"));
        assertThat(ended).isEqualTo(new Program.Ended(0, VERSION, ""));
    }

    @Test
    @Spec({"W8", "W9"})
    void becomesTheServerWithTheCallersWorldUnchanged() throws Exception {
        Path link = Files.createSymbolicLink(scratch.resolve("link to outpost"), ROOT.resolve("outpost"));
        Path directory = Files.createDirectory(scratch.resolve("elsewhere"));
        ProcessBuilder command = command(
                        link, Map.of("MARK", "a b", "root", "mine", "PWD", directory.toString()), "serve")
                .directory(directory.toFile());
        try (Program program = Program.start(scratch, command)) {
            assertThat(program.readLine()).startsWith("ws://127.0.0.1:");
            Path self = Path.of("/proc", Long.toString(program.pid()));
            assertThat(self.resolve("exe").toRealPath())
                    .isEqualTo(Path.of(JAVA_HOME, "bin", "java").toRealPath());
            assertThat(self.resolve("cwd").toRealPath()).isEqualTo(directory.toRealPath());
            Map<String, String> environment = new TreeMap<>();
            for (String entry :
                    Files.readString(self.resolve("environ"), ISO_8859_1).split("\0")) {
                environment.put(entry.substring(0, entry.indexOf('=')), entry.substring(entry.indexOf('=') + 1));
            }
            environment.keySet().removeAll(List.of("_", "OLDPWD", "SHLVL")); // what shells add
            assertThat(environment).isEqualTo(new TreeMap<>(command.environment()));
            assertThat(openFiles(self))
                    .as("the launcher leaves no descriptor")
                    .noneMatch(file -> file.contains("build.l"));

            // The JVM's own reports must not get into the protocol.
            program.signal("QUIT");
            program.signal("TERM");
            Program.Ended ended = program.awaitEnd();
            assertThat(ended.exitCode()).isEqualTo(143);
            assertThat(ended.stdout()).isEmpty();
        }
    }

    private static List<String> openFiles(Path process) throws IOException {
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            return descriptors.map(LauncherIT::target).toList();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (java.nio.file.NoSuchFileException closedMeanwhile) {
            return "";
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    // In a clone where "mvn" copies the jar of this build.

    private record Clone(Path directory, Path launcher, Path source, Path builds, Map<String, String> environment) {}

    private Clone cloneWithMaven(String maven) throws IOException {
        Path clone = Files.createDirectories(scratch.resolve("a clone"));
        Path launcher = Files.copy(ROOT.resolve("outpost"), clone.resolve("outpost"));
        Files.writeString(clone.resolve("pom.xml"), "");
        Path source = clone.resolve("cli/src/main/Source.java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, "");
        Path builds = clone.resolve("builds");
        script(scratch.resolve("bin/mvn"), "echo \"$PWD $JAVA_HOME\" >>'" + builds + "'\n" + maven);
        return new Clone(clone, launcher, source, builds, Map.of("PATH", scratch + "/bin:/usr/bin:/bin"));
    }

    private static String copyRuntime() {
        // With its times, by which a start-up cache is known to be newer than the jars, but built now.
        return "echo '[INFO] Building Outpost: cli 0.1.0 [9/9]'; cp -a '" + ROOT.resolve("cli/target/outpost")
                + "' cli/target/; touch cli/target/outpost/built-with\n";
    }

    @Test
    void buildsOnFirstUseAndWhenASourceHasChanged() throws Exception {
        Clone clone = cloneWithMaven(copyRuntime());
        Program.Ended first = run(command(clone.launcher(), clone.environment(), "--version"));
        assertThat(first.exitCode()).as(first.stderr()).isZero();
        assertThat(first.stdout()).isEqualTo(VERSION);
        assertThat(first.stderr()).contains("outpost: building", "outpost: built in ");
        assertThat(Files.readAllLines(clone.builds())).containsExactly(clone.directory() + " " + JAVA_HOME);

        assertThat(run(command(clone.launcher(), clone.environment(), "--version"))
                        .stderr())
                .isEmpty();
        assertThat(Files.readAllLines(clone.builds())).hasSize(1);

        Files.setLastModifiedTime(clone.source(), FileTime.from(Instant.now().plusSeconds(1)));
        assertThat(run(command(
                                clone.launcher(),
                                Map.of("PATH", scratch + "/bin:/usr/bin:/bin", "OUTPOST_NO_BUILD", "1"),
                                "--version"))
                        .stderr())
                .isEmpty();
        assertThat(Files.readAllLines(clone.builds())).hasSize(1);
        assertThat(run(command(clone.launcher(), clone.environment(), "--version"))
                        .exitCode())
                .isZero();
        assertThat(Files.readAllLines(clone.builds())).hasSize(2);
    }

    @Test
    void showsTheLogOfAFailedBuild() throws Exception {
        Clone clone = cloneWithMaven("echo Downloading from central; echo the reason; exit 1\n");
        Program.Ended ended = run(command(clone.launcher(), clone.environment(), "serve"));
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.stdout()).isEmpty();
        assertThat(ended.stderr())
                .contains("the reason\n", "outpost: the build failed", "build.log")
                .doesNotContain("Downloading");
        assertThat(run(command(clone.launcher(), clone.environment(), "serve")).exitCode())
                .as("tried again")
                .isEqualTo(1);
        assertThat(Files.readAllLines(clone.builds())).hasSize(2);
    }

    @Test
    void clientsThatStartItAtOnceBuildOnce() throws Exception {
        Clone clone = cloneWithMaven(copyRuntime());
        try (Program one = Program.start(scratch, command(clone.launcher(), clone.environment(), "--version"));
                Program two = Program.start(scratch, command(clone.launcher(), clone.environment(), "--version"))) {
            assertThat(one.readLine()).isEqualTo(Version.line());
            assertThat(two.readLine()).isEqualTo(Version.line());
        }
        assertThat(Files.readAllLines(clone.builds())).hasSize(1);
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        Clone clone = cloneWithMaven("exit 1\n");
        Program.Ended wrongJava =
                run(command(clone.launcher(), Map.of("OUTPOST_JAVA_HOME", scratch.toString()), "serve"));
        assertThat(wrongJava)
                .isEqualTo(new Program.Ended(
                        1,
                        "",
                        "outpost: OUTPOST_JAVA_HOME is " + scratch
                                + ", which is not the folder of a JDK 25; correct or unset it\n"));
        Program.Ended notBuilt = run(command(clone.launcher(), Map.of("OUTPOST_NO_BUILD", "1"), "serve"));
        assertThat(notBuilt)
                .isEqualTo(new Program.Ended(
                        1, "", "outpost: is not built and OUTPOST_NO_BUILD is set; unset it, or run mvn package\n"));
    }
}
