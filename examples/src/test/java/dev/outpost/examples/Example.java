package dev.outpost.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.testkit.ProgramJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An example program in a JVM of its own, as its user starts it. */
final class Example {
    private static final long END_SECONDS = 60;

    private Example() {}

    /** Starts it with these variables over ours. */
    private static Process start(Class<?> program, Map<String, String> variables, Path output, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(ProgramJvm.shortLived());
        command.addAll(List.of("-Djava.util.logging.level=SEVERE", program.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().putAll(variables);
        return builder.start();
    }

    /** Runs it to its end, which has to be a good one, and returns what it printed. */
    static String run(Class<?> program, Map<String, String> variables, Path scratch, String... arguments)
            throws Exception {
        Path output = Files.createTempFile(scratch, program.getSimpleName(), ".output");
        Process process = start(program, variables, output, arguments);
        try {
            assertThat(process.waitFor(END_SECONDS, TimeUnit.SECONDS))
                    .as("has ended; it printed: %s", Files.readString(output, UTF_8))
                    .isTrue();
            String printed = Files.readString(output, UTF_8);
            assertThat(process.exitValue()).as(printed).isZero();
            return printed;
        } finally {
            process.destroyForcibly();
        }
    }
}
