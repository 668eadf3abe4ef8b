package dev.outpost.testkit.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * Jazzer in a JVM of its own, because it rewrites the classes under test. What it found stays in {@code target/fuzz} and
 * is where the next run starts.
 */
final class CoverageRun {
    private static final String JAZZER = "com.code_intelligence.jazzer.Jazzer";
    private static final int LONGEST_INPUT = 4096;
    /** One input that takes this long is a hang. */
    private static final int HANG_SECONDS = 10;

    private final Class<?> test;
    private final Path directory;
    private final Path corpus;

    CoverageRun(Class<?> test, List<byte[]> inputs, List<byte[]> words) throws IOException {
        this.test = test;
        directory = Path.of("target", "fuzz", test.getSimpleName()).toAbsolutePath();
        corpus = Files.createDirectories(directory.resolve("corpus"));
        for (int i = 0; i < inputs.size(); i++) {
            Files.write(corpus.resolve("kept-" + i), inputs.get(i));
        }
        Files.write(dictionaryFile(), words.stream().map(CoverageRun::entry).toList());
    }

    private Path dictionaryFile() {
        return directory.resolve("dictionary");
    }

    private static String entry(byte[] word) {
        return '"' + HexFormat.ofDelimiter("").withPrefix("\\x").formatHex(word) + '"';
    }

    /** Looks for inputs that fail, and fails with the first. */
    void run(int seconds) throws IOException, InterruptedException {
        Assumptions.assumeTrue(isThere(), "Jazzer is on the class path in the profile fuzz only");
        Path findings = Files.createTempDirectory(directory, "findings-");
        Path log = findings.resolve("log");
        Process jazzer = new ProcessBuilder(commandLine(seconds, findings))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (jazzer.waitFor() == 0) {
                return;
            }
        } finally {
            jazzer.destroyForcibly();
        }
        StringBuilder report = new StringBuilder("Jazzer found inputs that fail; once they are fixed, add them to ")
                .append(Corpus.file(test))
                .append(":\n");
        try (DirectoryStream<Path> inputs = Files.newDirectoryStream(findings, "{crash,timeout,oom}-*")) {
            for (Path input : inputs) {
                report.append(Corpus.line(Files.readAllBytes(input))).append('\n');
            }
        }
        List<String> lines = new String(Files.readAllBytes(log), UTF_8).lines().toList();
        int from = Math.max(0, indexOfFinding(lines));
        lines.subList(from, Math.min(lines.size(), from + 60))
                .forEach(line -> report.append(line).append('\n'));
        throw new AssertionError(report.append("the whole log: ").append(log).toString());
    }

    private static int indexOfFinding(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("==")) {
                return i;
            }
        }
        return lines.size() - 60;
    }

    private static boolean isThere() {
        try {
            Class.forName(JAZZER, false, CoverageRun.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private List<String> commandLine(int seconds, Path findings) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                JAZZER,
                "--target_class=" + JazzerEntry.class.getName(),
                "--target_args=" + test.getName(),
                "--instrumentation_includes=dev.outpost.**:tools.jackson.core.**:io.netty.handler.codec.http.**",
                "--instrumentation_excludes=dev.outpost.testkit.**",
                "--reproducer_path=" + findings,
                "-artifact_prefix=" + findings + "/",
                "-dict=" + dictionaryFile(),
                "-max_total_time=" + seconds,
                "-max_len=" + LONGEST_INPUT,
                "-timeout=" + HANG_SECONDS,
                "-print_final_stats=1",
                corpus.toString());
    }
}
