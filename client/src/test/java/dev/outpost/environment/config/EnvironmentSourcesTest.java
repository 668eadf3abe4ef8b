package dev.outpost.environment.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.environment.Environment;
import dev.outpost.environment.EnvironmentException;
import dev.outpost.environment.EnvironmentManager;
import dev.outpost.environment.Factories;
import dev.outpost.executor.HostPath;
import dev.outpost.local.env.ExecutorEnvironment;
import dev.outpost.testkit.Spec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which of a user's settings counts. */
class EnvironmentSourcesTest {
    private static final String SOCKET = "[[environments]]\nid = '%s'\nurl = 'ws://%s'\n";

    @TempDir
    Path home;

    private final Map<String, String> variables = new HashMap<>();

    @BeforeEach
    void setHome() {
        variables.put("HOME", home.toString());
    }

    private EnvironmentManager open() throws EnvironmentException {
        return open(false);
    }

    private EnvironmentManager open(boolean ignoreUserConfig) throws EnvironmentException {
        return new EnvironmentSources(ExecutorEnvironment.of(variables)).open(Factories.plain(), ignoreUserConfig);
    }

    private Path write(Path directory, String text) throws Exception {
        Files.createDirectories(directory);
        return Files.writeString(directory.resolve("environments.toml"), text);
    }

    private static String url(EnvironmentManager manager, String id) {
        Environment environment = Objects.requireNonNull(manager.environment(id), id);
        return Objects.requireNonNull(environment.execServerUrl());
    }

    @Test
    @Spec({"E19", "E33", "E58"})
    void withoutAnythingThereIsThisMachine() throws Exception {
        for (String value : new String[] {null, "", " \t"}) {
            variables.put(UrlVariableProvider.VARIABLE, value == null ? "" : value);
            if (value == null) {
                variables.remove(UrlVariableProvider.VARIABLE);
            }
            try (EnvironmentManager manager = open()) {
                assertThat(manager.environmentIds()).containsExactly("local");
                assertThat(manager.defaultEnvironment()).isSameAs(manager.localEnvironment());
            }
        }
    }

    @Test
    @Spec({"E33"})
    void aUrlThatIsNotTextIsNone() throws Exception {
        byte[] entry = "CODEX_EXEC_SERVER_URL=ws://\u00ff".getBytes(ISO_8859_1);
        try (EnvironmentManager manager =
                new EnvironmentSources(ExecutorEnvironment.of(List.of(entry))).open(Factories.plain(), false)) {
            assertThat(manager.environmentIds()).containsExactly("local");
        }
    }

    @ParameterizedTest
    @Spec({"E34"})
    @ValueSource(strings = {"none", " NONE ", "None"})
    void noneTurnsEnvironmentsOff(String value) throws Exception {
        variables.put(UrlVariableProvider.VARIABLE, value);
        try (EnvironmentManager manager = open()) {
            assertThat(manager.environmentIds()).isEmpty();
            assertThat(manager.defaultEnvironmentId()).isNull();
            assertThat(manager.localEnvironment().isRemote()).isFalse();
        }
    }

    @ParameterizedTest
    @Spec({"E26", "E35", "E36"})
    @CsvSource({"ws://box:1, ws://box:1", "' wss://box ', wss://box", "nonsense, nonsense"})
    void aUrlIsTheOnlyEnvironment(String value, String url) throws Exception {
        variables.put(UrlVariableProvider.VARIABLE, value);
        try (EnvironmentManager manager = open()) {
            assertThat(manager.defaultEnvironmentIds()).containsExactly("remote");
            assertThat(url(manager, "remote")).isEqualTo(url);
        }
    }

    @Test
    @Spec({"E36a"})
    void theVariablesRowWithLocalKeepsItsDefault() throws Exception {
        try (EnvironmentManager manager =
                EnvironmentManager.create(Factories.plain(), new UrlVariableProvider("ws://box").withLocal())) {
            assertThat(manager.environmentIds()).containsExactly("local", "remote");
            assertThat(manager.defaultEnvironmentId()).isEqualTo("remote");
        }
        try (EnvironmentManager manager =
                EnvironmentManager.create(Factories.plain(), new UrlVariableProvider("none").withLocal())) {
            assertThat(manager.environmentIds()).containsExactly("local");
            assertThat(manager.defaultEnvironmentId()).isNull();
        }
    }

    @Test
    @Spec({"E26", "E38", "E52", "E58"})
    void aFileIsTheOnlySource() throws Exception {
        variables.put(UrlVariableProvider.VARIABLE, "ws://ignored");
        write(home.resolve(".codex"), SOCKET.formatted("b", "b") + SOCKET.formatted("a", "a"));
        try (EnvironmentManager manager = open()) {
            assertThat(manager.defaultEnvironmentIds()).containsExactly("local", "b", "a");
        }
        variables.put(UrlVariableProvider.VARIABLE, "none");
        write(home.resolve(".codex"), "");
        try (EnvironmentManager manager = open()) {
            assertThat(manager.defaultEnvironmentIds()).containsExactly("local");
        }
    }

    @Test
    @Spec({"E59"})
    void theFileCanBeIgnored() throws Exception {
        variables.put(UrlVariableProvider.VARIABLE, "ws://counts");
        write(home.resolve(".codex"), "broken");
        try (EnvironmentManager manager = open(true)) {
            assertThat(url(manager, "remote")).isEqualTo("ws://counts");
        }
        assertThatThrownBy(this::open).isInstanceOf(EnvironmentException.class);
    }

    @Test
    void outpostsHomeGoesBeforeCodexsAndThatBeforeTheUsers() throws Exception {
        Path outpost = home.resolve("outpost");
        Path codex = home.resolve("codex");
        write(home.resolve(".codex"), SOCKET.formatted("user", "u"));
        variables.put("OUTPOST_HOME", outpost.toString());
        assertFinds("user");
        variables.put("CODEX_HOME", codex.toString());
        assertFinds(null);
        Path codexFile = write(codex, SOCKET.formatted("codex", "c"));
        assertFinds("codex");
        Path outpostFile = write(outpost, SOCKET.formatted("outpost", "o"));
        assertFinds("outpost");
        Files.delete(outpostFile);
        Files.delete(codexFile);
        variables.put("CODEX_HOME", "");
        variables.put("OUTPOST_HOME", "");
        assertFinds("user");
        variables.remove("HOME");
        assertFinds(null);
    }

    private void assertFinds(String id) throws EnvironmentException {
        try (EnvironmentManager manager = open()) {
            assertThat(manager.environmentIds()).isEqualTo(id == null ? List.of("local") : List.of("local", id));
        }
    }

    @Test
    @Spec({"E37"})
    void linksAreFollowedAndOneThatLeadsNowhereIsNoFile() throws Exception {
        Path real = Files.writeString(home.resolve("real.toml"), SOCKET.formatted("linked", "x"));
        Path link = Files.createDirectory(home.resolve(".codex")).resolve("environments.toml");
        Files.createSymbolicLink(link, real);
        assertFinds("linked");
        Files.delete(real);
        assertFinds(null);
        Files.delete(link);
        Files.createSymbolicLink(link, link);
        assertThatThrownBy(this::open)
                .hasMessage("exec-server protocol error: failed to inspect environment config `" + link
                        + "`: Symbolic link loop (os error 40)");
    }

    @Test
    @Spec({"E37"})
    void whatCannotBeInspectedSaysWhy() throws Exception {
        Path file = Files.writeString(home.resolve("file"), "");
        variables.put("CODEX_HOME", file.toString());
        assertThatThrownBy(this::open)
                .hasMessage("exec-server protocol error: failed to inspect environment config `"
                        + file.resolve("environments.toml") + "`: Not a directory (os error 20)");
    }

    @Test
    @Spec({"E39", "E41"})
    void whatCannotBeReadSaysWhy() throws Exception {
        Path file = home.resolve(".codex/environments.toml");
        Files.createDirectories(file);
        assertThatThrownBy(this::open)
                .hasMessage("exec-server protocol error: failed to read environment config `" + file
                        + "`: Is a directory (os error 21)");
        Files.delete(file);
        Files.write(file, new byte[] {'#', (byte) 0xff});
        assertThatThrownBy(this::open)
                .hasMessage("exec-server protocol error: failed to read environment config `" + file
                        + "`: stream did not contain valid UTF-8");
    }

    @Test
    @Spec({"E56"})
    void laterEditsHaveNoEffect() throws Exception {
        Path file = write(home.resolve(".codex"), SOCKET.formatted("x", "before"));
        try (EnvironmentManager manager = open()) {
            Files.writeString(file, "broken now");
            assertThat(url(manager, "x")).isEqualTo("ws://before");
        }
    }

    @Test
    void keysOfOutpostAreTakenInItsOwnHomeOnly() throws Exception {
        String text = SOCKET.formatted("x", "127.0.0.1:1") + "token_file = 'token'\nrecovery = false\n"
                + "call_timeout_sec = 5\n";
        Path file = write(home.resolve("outpost"), text);
        variables.put("OUTPOST_HOME", home.resolve("outpost").toString());
        assertFinds("x");
        Path codexs = write(home.resolve(".codex"), text);
        variables.remove("OUTPOST_HOME");
        assertThatThrownBy(this::open)
                .hasMessage("exec-server protocol error: failed to parse environment config `" + codexs
                        + "`: TOML parse error at line 4, column 1: unknown field `token_file`, expected one of `id`,"
                        + " `url`, `program`, `args`, `env`, `cwd`, `connect_timeout_sec`, `initialize_timeout_sec`;"
                        + " Codex doesn't know it, so it may only be in the environments.toml of OUTPOST_HOME");
        assertThat(file).exists();
    }

    @Test
    void aTokenIsReadWhenItIsNeededAndNeverShown() throws Exception {
        variables.put("OUTPOST_HOME", home.toString());
        write(
                home,
                SOCKET.formatted("x", "127.0.0.1:1") + "token_file = 'token'\n" + SOCKET.formatted("y", "127.0.0.1:1")
                        + "token_env = 'THE_TOKEN'\n");
        Path token = home.resolve("token");
        try (EnvironmentManager manager = open()) {
            assertUnavailable(
                    manager, "x", "cannot read token_file " + token + ": No such file or directory (os error 2)");
            Files.writeString(token, " \n");
            assertUnavailable(manager, "x", "token_file " + token + " is empty");
            Files.writeString(token, "two words\n");
            assertUnavailable(
                    manager, "x", "the bearer token must be one or more visible ASCII characters, without white space");
            Files.writeString(token, "good\n");
            assertUnavailable(
                    manager,
                    "x",
                    "failed to connect to exec-server websocket `ws://127.0.0.1:1`:"
                            + " IO error: Connection refused (os error 111)");
            assertUnavailable(manager, "y", "the variable THE_TOKEN, which token_env names, is not set");
        }
    }

    private static void assertUnavailable(EnvironmentManager manager, String id, String why) {
        Environment environment = Objects.requireNonNull(manager.environment(id));
        assertThatThrownBy(() -> environment.fileSystem().readFile(HostPath.of("/etc/hostname"), null))
                .hasMessage("environment `" + id + "` is not available: " + why);
    }
}
