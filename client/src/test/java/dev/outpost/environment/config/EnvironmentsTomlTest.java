package dev.outpost.environment.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.client.connect.ServerCommand;
import dev.outpost.environment.EnvironmentException;
import dev.outpost.environment.config.ConfiguredEnvironment.Command;
import dev.outpost.environment.config.ConfiguredEnvironment.TokenFile;
import dev.outpost.environment.config.ConfiguredEnvironment.TokenVariable;
import dev.outpost.environment.config.ConfiguredEnvironment.Url;
import dev.outpost.executor.HostPath;
import dev.outpost.testkit.Spec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of environments.toml: what it may say, and what it is told otherwise. */
class EnvironmentsTomlTest {
    private static final Path DIRECTORY = Path.of("/home/me/.codex");

    private static List<ConfiguredEnvironment> configured(String text) throws Exception {
        return EntryRules.check(EnvironmentsParser.parse(text, true), DIRECTORY);
    }

    private static @Nullable String defaultId(String text) throws Exception {
        EnvironmentsDocument document = EnvironmentsParser.parse(text, false);
        return EntryRules.defaultId(document, EntryRules.check(document, DIRECTORY));
    }

    /** The DETAIL of E40. */
    private static void assertUnparsable(String text, String detail) {
        assertThatThrownBy(() -> EnvironmentsParser.parse(text, false))
                .isInstanceOf(ParseFailure.class)
                .hasMessage(detail);
    }

    /** A rule of E43 to E51 is broken; keys that only Outpost has are allowed. */
    private static void assertBroken(String text, String rule) {
        assertThatThrownBy(() -> {
                    EnvironmentsDocument document = EnvironmentsParser.parse(text, true);
                    EntryRules.defaultId(document, EntryRules.check(document, DIRECTORY));
                })
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("exec-server protocol error: " + rule);
    }

    private static String entry(String... lines) {
        return "[[environments]]\n" + String.join("\n", lines) + "\n";
    }

    @Test
    @Spec({"E38", "E42", "E52"})
    void readsTheExampleOfTheSpecification() throws Exception {
        String text = """
                default = "ssh-dev"

                [[environments]]
                id = "devbox"
                url = " ws://127.0.0.1:4512 "
                connect_timeout_sec = 12.0
                initialize_timeout_sec = 34.5

                [[environments]]
                id = "ssh-dev"
                program = " ssh "
                args = ["dev", "codex exec-server --listen stdio"]
                cwd = "work"
                [environments.env]
                CODEX_LOG = "debug"
                """;
        assertThat(configured(text))
                .containsExactly(
                        new ConfiguredEnvironment(
                                "devbox",
                                new Url("ws://127.0.0.1:4512"),
                                Duration.ofSeconds(12),
                                Duration.ofMillis(34_500),
                                null,
                                true,
                                null),
                        new ConfiguredEnvironment(
                                "ssh-dev",
                                new Command(new ServerCommand(
                                        "ssh",
                                        List.of("dev", "codex exec-server --listen stdio"),
                                        Map.of("CODEX_LOG", "debug"),
                                        HostPath.of("/home/me/.codex/work"))),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(10),
                                null,
                                true,
                                null));
        assertThat(defaultId(text)).isEqualTo("ssh-dev");
    }

    @Test
    void readsWhatOnlyOutpostHas() throws Exception {
        List<ConfiguredEnvironment> configured = configured(
                entry("id='a'", "url='ws://a'", "token_file='secret/token'", "recovery=false", "call_timeout_sec=1.5")
                        + entry("id='b'", "url='ws://b'", "token_env='TOKEN'"));
        assertThat(configured.getFirst().token()).isEqualTo(new TokenFile(Path.of("/home/me/.codex/secret/token")));
        assertThat(configured.getFirst().recovery()).isFalse();
        assertThat(configured.getFirst().callDeadline()).isEqualTo(Duration.ofMillis(1500));
        assertThat(configured.getLast().token()).isEqualTo(new TokenVariable("TOKEN"));
        assertBroken(
                entry("id='a'", "url='ws://a'", "token_file='t'", "token_env='T'"),
                "environment `a` must set at most one of token_file or token_env");
        assertBroken(
                entry("id='a'", "program='p'", "recovery=true"),
                "environment `a` token_file, token_env, and recovery require url");
    }

    @Test
    @Spec({"E40"})
    void unknownKeysAreNamedWithTheirPlace() {
        assertUnparsable(
                "\nfoo = 1\n",
                "TOML parse error at line 2, column 1: unknown field `foo`, expected `default` or `environments`");
        assertUnparsable(
                entry("id='a'", "  port = 1"),
                "TOML parse error at line 3, column 3: unknown field `port`, expected one of `id`, `url`, `program`,"
                        + " `args`, `env`, `cwd`, `connect_timeout_sec`, `initialize_timeout_sec`");
    }

    @Test
    @Spec({"E40"})
    void aMissingIdIsNamed() {
        assertThatThrownBy(() -> EnvironmentsParser.parse(entry("url='ws://a'"), false))
                .hasMessageStartingWith("TOML parse error at line 1, column ")
                .hasMessageEndingWith(": missing field `id`");
    }

    @ParameterizedTest
    @Spec({"E40", "E42"})
    @CsvSource(
            delimiter = '|',
            value = {
                "default = 1 | 1 | integer `1`, expected a string",
                "environments = 'x' | 1 | string \"x\", expected a sequence",
                "environments = {} | 1 | map, expected a sequence",
                "environments = [1] | 1 | integer `1`, expected struct EnvironmentToml",
                "[[environments]]\\nid = true | 2 | boolean `true`, expected a string",
                "[[environments]]\\nid = 'a'\\nargs = 'x' | 3 | string \"x\", expected a sequence",
                "[[environments]]\\nid = 'a'\\nargs = ['x', 1.5] | 3 | floating point `1.5`, expected a string",
                "[[environments]]\\nid = 'a'\\nenv = ['x'] | 3 | sequence, expected a map",
                "[[environments]]\\nid = 'a'\\nenv = {X = 1} | 3 | integer `1`, expected a string",
                "[[environments]]\\nid = 'a'\\ncwd = 2021-01-01 | 3 | datetime `2021-01-01`, expected path string",
                "[[environments]]\\nid = 'a'\\nconnect_timeout_sec = \"5\" | 3 | string \"5\", expected f64",
                "[[environments]]\\nid = 'a'\\ninitialize_timeout_sec = [] | 3 | sequence, expected f64",
            })
    void wrongTypesAreNamed(String text, int line, String what) {
        assertThatThrownBy(() -> EnvironmentsParser.parse(text.replace("\\n", "\n"), false))
                .isInstanceOf(ParseFailure.class)
                .hasMessageStartingWith("TOML parse error at line " + line + ", column ")
                .hasMessageEndingWith(": invalid type: " + what);
    }

    @Test
    @Spec({"E40"})
    void theFirstMistakeOfTheFileCounts() {
        assertThatThrownBy(() -> EnvironmentsParser.parse("environments = [{zzz = 1, id = 2}]\naaa = 1\n", false))
                .hasMessageContaining("unknown field `zzz`");
    }

    @ParameterizedTest
    @Spec({"E40"})
    @ValueSource(
            strings = {
                "a =",
                "a = 1\na = 2",
                "[[environments]",
                "x = \"\\q\"",
                "x = 1 y = 2",
                "[a]\n[a]",
                "x = 01",
                "x = {a = 1, a = 2}",
                "x = [1 2]",
                "x = 2021-02-30",
                "environments = []\n[[environments]]",
                "x = {a = 1,\n b = 2}",
            })
    void whatIsNotTomlIsRefusedWithItsPlace(String text) {
        assertThatThrownBy(() -> EnvironmentsParser.parse(text, false))
                .isInstanceOf(ParseFailure.class)
                .hasMessageMatching("TOML parse error at line [0-9]+, column [0-9]+: .+");
    }

    @ParameterizedTest
    @Spec({"E42"})
    @CsvSource({
        "5, 5000000000",
        "0, 0",
        "0.25, 250000000",
        "-0.0, 0",
        "1e-9, 1",
        "1e18, 3153600000000000000",
    })
    void timeoutsAreSeconds(String seconds, long nanos) throws Exception {
        for (String key : List.of("connect_timeout_sec", "initialize_timeout_sec")) {
            ConfiguredEnvironment only = configured(entry("id='a'", "url='ws://a'", key + " = " + seconds))
                    .getFirst();
            Duration timeout = key.startsWith("connect") ? only.connectTimeout() : only.initializeTimeout();
            assertThat(timeout).isEqualTo(Duration.ofNanos(nanos));
        }
    }

    @ParameterizedTest
    @Spec({"E42"})
    @CsvSource({
        "-1, value is negative",
        "-0.001, value is negative",
        "-inf, value is negative",
        "nan, value is either too big or NaN",
        "inf, value is either too big or NaN",
        "1e20, value is either too big or NaN",
    })
    void timeoutsThatAreNoneAreRefused(String seconds, String why) {
        assertThatThrownBy(() -> EnvironmentsParser.parse(entry("id='a'", "connect_timeout_sec = " + seconds), false))
                .isInstanceOf(ParseFailure.class)
                .hasMessageEndingWith(": cannot convert float seconds to Duration: " + why);
    }

    @ParameterizedTest
    @Spec({"E43"})
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "^^ | environment id cannot be empty",
                "^  ^ | environment id cannot be empty",
                "^ local^ | environment id ` local` must not contain surrounding whitespace",
                "local | environment id `local` is reserved",
                "NoNe | environment id `NoNe` is reserved",
                "a b | environment id `a b` must contain only ASCII letters, numbers, '-' or '_'",
                "ü | environment id `ü` must contain only ASCII letters, numbers, '-' or '_'",
                "a.b | environment id `a.b` must contain only ASCII letters, numbers, '-' or '_'",
            })
    void idsHaveRules(String id, String rule) {
        // Everything else is wrong, too: the id goes first.
        assertBroken(entry("id=\"" + id + "\"", "args=[]", "connect_timeout_sec=1"), rule);
    }

    @Test
    @Spec({"E43"})
    void idsOfUpTo64BytesAreTaken() throws Exception {
        String longest = "Aa-_0".repeat(12) + "1234";
        assertThat(configured(entry("id='" + longest + "'", "url='ws://a'") + entry("id='Local'", "url='ws://a'")))
                .hasSize(2);
        assertBroken(
                entry("id='" + longest + "5'", "url='ws://a'"),
                "environment id `" + longest + "5` cannot be longer than 64 characters");
        String umlauts = "ü".repeat(33);
        assertBroken(
                entry("id='" + umlauts + "'", "url='ws://a'"),
                "environment id `" + umlauts + "` cannot be longer than 64 characters");
    }

    @Test
    @Spec({"E44", "E45", "E46", "E47", "E48", "E50"})
    void entriesHaveRulesInThisOrder() {
        for (String key : List.of("args=[]", "env={}", "cwd='/x'")) {
            assertBroken(
                    entry("id='a'", key, "connect_timeout_sec=1"),
                    "environment `a` args, env, and cwd require program");
        }
        assertBroken(
                entry("id='a'", "program=' '", "connect_timeout_sec=1"),
                "environment `a` connect_timeout_sec requires url");
        assertBroken(entry("id='a'"), "environment `a` must set exactly one of url or program");
        assertBroken(entry("id='a'", "url=''", "program=''"), "environment `a` must set exactly one of url or program");
        assertBroken(entry("id='a'", "url='ws://a'") + entry("id='a'", "url=' '"), "environment url cannot be empty");
        assertBroken(
                entry("id='a'", "program='x'") + entry("id='a'", "program=' '"),
                "environment `a` program cannot be empty");
        assertBroken(
                entry("id='a'", "program='x'") + entry("id='a'", "url='ws://a'"), "environment id `a` is duplicated");
    }

    @ParameterizedTest
    @Spec({"E47"})
    @CsvSource(
            delimiter = '|',
            value = {
                "http://x | environment url `http://x` must use ws:// or wss://",
                "WS://x | environment url `WS://x` must use ws:// or wss://",
                "unix:///x | environment url `unix:///x` must use ws:// or wss://",
                "ws:// | environment url `ws://` is invalid: HTTP format error: empty string",
                "ws://a b | environment url `ws://a b` is invalid: HTTP format error: invalid uri character",
            })
    void urlsHaveRules(String url, String rule) {
        assertBroken(entry("id='a'", "url='" + url + "'"), rule);
    }

    @ParameterizedTest
    @Spec({"E47"})
    @ValueSource(strings = {"ws://x", "wss://x:99999/p?q=a%20b#f", "ws://[::1]:1", "ws://build_box"})
    void otherUrlsAreNotJudged(String url) throws Exception {
        assertThat(configured(entry("id='a'", "url='" + url + "'")).getFirst().target())
                .isEqualTo(new Url(url));
    }

    @Test
    @Spec({"E49"})
    void aRelativeDirectoryNeedsOneThatItIsRelativeTo() throws Exception {
        EnvironmentsDocument relative = EnvironmentsParser.parse(entry("id='a'", "program='p'", "cwd='../x'"), false);
        assertThatThrownBy(() -> EntryRules.check(relative, null))
                .hasMessage("exec-server protocol error: environment `a` cwd must be absolute");
        assertThat(EntryRules.check(relative, DIRECTORY).getFirst().target())
                .isEqualTo(
                        new Command(new ServerCommand("p", List.of(), Map.of(), HostPath.of("/home/me/.codex/../x"))));
        EnvironmentsDocument absolute = EnvironmentsParser.parse(entry("id='a'", "program='p'", "cwd='/x'"), false);
        assertThat(EntryRules.check(absolute, null).getFirst().target())
                .isEqualTo(new Command(new ServerCommand("p", List.of(), Map.of(), HostPath.of("/x"))));
    }

    @Test
    @Spec({"E51"})
    void theDefaultIsCheckedLast() throws Exception {
        String a = entry("id='a'", "url='ws://a'");
        assertThat(defaultId(a)).isEqualTo("local");
        assertThat(defaultId("default = ' a '\n" + a)).isEqualTo("a");
        assertThat(defaultId("default = 'local'\n" + a)).isEqualTo("local");
        assertThat(defaultId("default = ' nOnE '\n" + a)).isNull();
        assertBroken("default = ' '\n" + a, "default environment id cannot be empty");
        assertBroken("default = 'A'\n" + a, "default environment `A` is not configured");
        assertBroken("default = ' '\n" + entry("id=''"), "environment id cannot be empty");
    }
}
