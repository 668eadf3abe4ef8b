package dev.outpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.local.sandbox.SandboxMode;
import dev.outpost.testkit.Spec;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineReaderTest {
    private static final ExecServerOptions DEFAULTS = new ExecServerOptions(
            "ws://127.0.0.1:0",
            List.of(),
            false,
            Duration.ofSeconds(60),
            256 << 20,
            16 << 20,
            total(),
            SandboxMode.ENFORCE,
            Level.INFO);

    /** For the heap of this test. */
    private static long total() {
        return Math.min(512 << 20, Runtime.getRuntime().maxMemory() / 4);
    }

    private static String[] words(String line) {
        return line.isEmpty() ? new String[0] : line.split(" ");
    }

    private static Invocation read(String line) {
        return CommandLineReader.read(words(line));
    }

    @ParameterizedTest
    @ValueSource(strings = {"exec-server", "serve"})
    @Spec({"W1", "W71", "W72", "N14g"})
    void defaults(String line) {
        assertThat(read(line)).isEqualTo(new Invocation.ExecServer(DEFAULTS));
    }

    @Test
    void everyOption() {
        assertThat(read("serve --listen stdio --allow-origin https://a --allow-origin=null --allow-unauthenticated"
                        + " --session-ttl 5m --max-message-size 1MiB --retained-output=32MiB --retained-output-total 1GiB"
                        + " --concurrent-requests 4 --sandbox external --log-level trace"))
                .isEqualTo(new Invocation.ExecServer(new ExecServerOptions(
                        "stdio",
                        List.of("https://a", "null"),
                        true,
                        Duration.ofMinutes(5),
                        1 << 20,
                        32 << 20,
                        1 << 30,
                        SandboxMode.EXTERNAL,
                        Level.TRACE)));
    }

    @Test
    void totalFollowsALargerBoundPerProcess() {
        assertThat(read("serve --retained-output 1GiB"))
                .isEqualTo(new Invocation.ExecServer(new ExecServerOptions(
                        "ws://127.0.0.1:0",
                        List.of(),
                        false,
                        Duration.ofSeconds(60),
                        256 << 20,
                        1 << 30,
                        1 << 30,
                        SandboxMode.ENFORCE,
                        Level.INFO)));
        assertThat(read("serve --retained-output 1GiB --retained-output-total 512MiB"))
                .isInstanceOf(Invocation.Misuse.class);
    }

    /** The URL is judged later, with an exit code of its own; it reaches that place as it was given. */
    @ParameterizedTest
    @ValueSource(strings = {"", " ws://127.0.0.1:0", "@file", "\"quoted\"", "${HOME}", "a=b"})
    @Spec("W7")
    void listenUrlIsTakenVerbatim(String url) {
        for (String[] args :
                List.of(new String[] {"serve", "--listen", url}, new String[] {"serve", "--listen=" + url})) {
            assertThat(CommandLineReader.read(args))
                    .isInstanceOfSatisfying(
                            Invocation.ExecServer.class,
                            command -> assertThat(command.options().listen()).isEqualTo(url));
            assertThat(ShortcutReader.read(args))
                    .isNotNull()
                    .satisfies(o -> assertThat(o.listen()).isEqualTo(url));
        }
    }

    static Stream<String> misuses() {
        return Stream.of(
                "serve --nope",
                "serve extra",
                "serve --listen",
                "serve --listen stdio --listen stdio",
                "serve --allow-unauthenticated=yes",
                "serve --session-ttl soon",
                "serve --max-message-size 0",
                "serve --retained-output 1",
                "serve --retained-output-total 1MiB",
                "serve --concurrent-requests 0",
                "serve --concurrent-requests many",
                "serve --concurrent-requests -1",
                "serve --log-level loud",
                "nope",
                "--nope",
                "");
    }

    @ParameterizedTest
    @MethodSource("misuses")
    @Spec("N37")
    void misuse(String line) {
        assertThat(read(line)).isInstanceOf(Invocation.Misuse.class);
        assertThat(ShortcutReader.read(words(line))).isNull();
    }

    @Test
    void misuseNamesValueAcceptedFormsAndHelp() {
        assertThat(read("serve --log-level loud")).isEqualTo(new Invocation.Misuse("""
                        Error: invalid value 'loud' for --log-level: expected error, warning, info, debug or trace

                        Try 'outpost exec-server --help' for more information.
                        """));
        assertThat(read("serve --nope")).isEqualTo(new Invocation.Misuse("""
                        Error: Unknown option: '--nope'

                        Try 'outpost exec-server --help' for more information.
                        """));
        assertThat(read("nope").toString()).contains("Try 'outpost --help' for more information.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "serve --help", "exec-server -h --listen stdio"})
    void help(String line) {
        Invocation invocation = read(line);
        assertThat(invocation)
                .isInstanceOfSatisfying(
                        Invocation.Answer.class,
                        help -> assertThat(help.text())
                                .contains("Usage: outpost", "Examples:", "outpost serve", "Exit codes:")
                                .doesNotContain("\t", "null", "%n")
                                .endsWith("\n"));
        assertThat(ShortcutReader.read(words(line))).isNull();
    }

    @Test
    void helpOfTheServerExplainsEveryFlag() {
        assertThat(read("serve --help")).isInstanceOfSatisfying(Invocation.Answer.class, help -> {
            for (ExecServerFlag flag : ExecServerFlag.values()) {
                String start = flag.description().substring(0, 20);
                assertThat(help.text()).contains(flag.option()).contains(start);
            }
            assertThat(help.text().lines()).allSatisfy(text -> assertThat(text).hasSizeLessThanOrEqualTo(100));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-V"})
    void version(String line) {
        assertThat(read(line))
                .isInstanceOfSatisfying(
                        Invocation.Answer.class,
                        answer -> assertThat(answer.text())
                                .matches(
                                        "outpost [0-9]+\\.[0-9]+\\.[0-9]+(-[A-Z]+)?\nstart-up cache: not asked for, .*\n"));
    }

    static Stream<String> wellFormed() {
        return Stream.of(
                "serve",
                "exec-server --listen stdio",
                "serve --listen=ws://[::1]:7",
                "serve --listen ws://127.0.0.1:0 --allow-origin https://a --allow-origin https://b",
                "serve --allow-unauthenticated --log-level=debug",
                "serve --session-ttl 10m --max-message-size 1GiB --retained-output 9MiB --retained-output-total 2GiB",
                "serve --concurrent-requests 8");
    }

    @ParameterizedTest
    @MethodSource("wellFormed")
    void bothReadersAgree(String line) {
        ExecServerOptions options = Objects.requireNonNull(ShortcutReader.read(words(line)));
        assertThat(read(line)).isEqualTo(new Invocation.ExecServer(options));
    }
}
