package dev.outpost.environment.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.local.env.ExecutorEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentsEditorTest {
    private static final String TEXT = """
            default = "b" # the good one

            # first
            [[environments]]
            id = "a"
            url = "ws://a:1"

            # second
            [[environments]]
            id = "b"
            program = "ssh"
            [environments.env]
            X = "[[environments]]"

            # third
            [[ environments ]] # odd but right
            id = "c"
            url = "ws://c:1"
            """;

    @TempDir
    private Path home;

    private Path file;
    private EnvironmentsEditor editor;

    @BeforeEach
    void locate() {
        file = home.resolve("environments.toml");
        editor = new EnvironmentsEditor(ExecutorEnvironment.of(Map.of("CODEX_HOME", home.toString())));
    }

    @Test
    void addsToWhatIsThereAndToNothing() throws Exception {
        assertThat(editor.addUrl("a", "ws://a:1")).isEqualTo(file);
        editor.addProgram("b", "ssh", List.of("-x", "say \"hi\\\"", "\u0001"));
        assertThat(file).hasContent("""
                [[environments]]
                id = "a"
                url = "ws://a:1"

                [[environments]]
                id = "b"
                program = "ssh"
                args = ["-x", "say \\"hi\\\\\\"", "\\u0001"]
                """);
    }

    @Test
    void removesOnlyTheEntry() throws Exception {
        Files.writeString(file, TEXT);
        editor.remove("a");
        editor.remove("c");
        assertThat(file).hasContent("""
                default = "b" # the good one

                # first

                # second
                [[environments]]
                id = "b"
                program = "ssh"
                [environments.env]
                X = "[[environments]]"

                # third
                """);
    }

    @Test
    void refusesWhatWouldBreakTheFileAndLeavesItAlone() throws Exception {
        Files.writeString(file, TEXT);
        assertThatThrownBy(() -> editor.remove("b")).hasMessageContaining("default environment `b` is not configured");
        assertThatThrownBy(() -> editor.remove("d")).hasMessageContaining("environment `d` is not in");
        assertThatThrownBy(() -> editor.addUrl("a", "ws://x")).hasMessageContaining("`a` is duplicated");
        assertThatThrownBy(() -> editor.addUrl("e", "http://x")).hasMessageContaining("must use ws:// or wss://");
        assertThat(file).hasContent(TEXT);
        Files.writeString(file, "environments = [{id = \"a\", url = \"ws://a:1\"}]\n");
        assertThatThrownBy(() -> editor.remove("a")).hasMessageContaining("edit it by hand");
    }
}
