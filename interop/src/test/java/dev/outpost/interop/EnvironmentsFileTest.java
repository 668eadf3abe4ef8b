package dev.outpost.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;

/** A client that finds the server in its {@code environments.toml}, which wins over the variable. */
class EnvironmentsFileTest {
    private static final URI NOBODY = URI.create("ws://127.0.0.1:1");

    @TempDir(factory = Scratch.class)
    private Path scratch;

    @EveryPairing
    void byUrl(Pairing pairing) throws Exception {
        try (var scene = new Scene(pairing, scratch)) {
            assertThat(commandIn(scene, "by-url")).contains("MARK=server ADDED= PWD=" + scene.workspace());
        }
    }

    @EveryPairing
    void byProgram(Pairing pairing) throws Exception {
        try (var scene = new Scene(pairing, scratch)) {
            assertThat(commandIn(scene, "by-program")).contains("MARK=server ADDED=by-file PWD=" + scene.workspace());
        }
    }

    private static String commandIn(Scene scene, String environment) throws Exception {
        List<String> program = scene.launch().commandLine("stdio");
        String variables = scene.launch().environment().entrySet().stream()
                .map(variable -> variable.getKey() + " = " + quote(variable.getValue()))
                .collect(Collectors.joining("\n"));
        Files.writeString(scene.codexHome().resolve("environments.toml"), """
                default = "%s"

                [[environments]]
                id = "by-url"
                url = "%s"

                [[environments]]
                id = "by-program"
                program = %s
                args = [%s]
                cwd = %s
                [environments.env]
                ADDED = "by-file"
                %s
                """.formatted(
                environment,
                scene.url(),
                quote(program.getFirst()),
                program.stream().skip(1).map(EnvironmentsFileTest::quote).collect(Collectors.joining(",")),
                quote(scene.launch().directory().toString()),
                variables));
        scene.startClient(NOBODY, Scene.FULL_ACCESS);
        String output = scene.model()
                .call(
                        "exec_command",
                        Map.of("cmd", "echo \"MARK=$MARK ADDED=$ADDED PWD=$PWD\"", "yield_time_ms", 10_000))
                .text();
        scene.finish();
        return output;
    }

    private static String quote(String text) {
        return "'" + text + "'";
    }
}
