package dev.outpost.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.process.EnvironmentPolicy;
import dev.outpost.executor.process.EnvironmentPolicy.Inherit;
import dev.outpost.testkit.Spec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What environment a process gets (spec P60, P61, P68, P71–P80, N45). */
public abstract class ProcessEnvironmentContract extends ExecBackendContract {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Spec({"P60", "P61", "P68", "P71"})
    void theEnvironmentIsExactlyWhatWasGiven(boolean terminal) throws Exception {
        Map<String, String> given =
                Map.of("PATH", Recipe.PATH, "ONLY", "1", "A=B", "c", "", "empty name", "ünï", "cödé", "MULTI", "a\nb");
        Set<String> expected = new TreeSet<>();
        given.forEach((name, value) -> expected.add(name + "=" + value));
        Set<String> actual = environmentOf(
                Recipe.sh("cat /proc/$$/environ").environment(given).onTerminal(terminal));
        if (terminal) {
            assertThat(actual).anyMatch(entry -> entry.startsWith("SHELL=/"));
            actual.removeIf(entry -> entry.startsWith("SHELL="));
        }
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    @Spec("P61")
    void aGivenShellIsKeptOnATerminal() throws Exception {
        assertThat(environmentOf(Recipe.sh("cat /proc/$$/environ")
                        .environment(Map.of("PATH", Recipe.PATH, "SHELL", ""))
                        .onTerminal()))
                .containsExactlyInAnyOrder("PATH=" + Recipe.PATH, "SHELL=");
    }

    private Set<String> environmentOf(Recipe recipe) throws Exception {
        Set<String> entries =
                new TreeSet<>(List.of(run(recipe).text().replace("\r\n", "\n").split("\0", -1)));
        entries.remove("");
        return entries;
    }

    private void assertEnvironment(EnvironmentPolicy policy, Map<String, String> overlay, String... expected)
            throws Exception {
        Map<String, String> environment = new HashMap<>(overlay);
        environment.put("PATH", Recipe.PATH);
        Set<String> entries =
                environmentOf(Recipe.sh("cat /proc/$$/environ").policy(policy).environment(environment));
        entries.remove("PATH=" + Recipe.PATH);
        assertThat(entries).containsExactlyInAnyOrder(expected);
    }

    private static EnvironmentPolicy policy(
            Inherit inherit, boolean keepSecrets, List<String> exclude, Map<String, String> set, List<String> only) {
        return new EnvironmentPolicy(inherit, keepSecrets, exclude, set, only);
    }

    @Test
    @Spec({"P72", "P73"})
    void coreInheritsAFewNamesInAnyCase() throws Exception {
        assertEnvironment(
                policy(Inherit.CORE, true, List.of(), Map.of(), List.of()),
                Map.of(),
                "HOME=/tmp",
                "USER=contract",
                "shell=/bin/odd-case");
    }

    @Test
    @Spec({"P73", "P74"})
    void allInheritsAllButNamesOfSecrets() throws Exception {
        assertEnvironment(
                policy(Inherit.ALL, false, List.of(), Map.of(), List.of("cv_*", "LC_TIME")),
                Map.of(),
                "CV_ALPHA=1",
                "CV_ALPHABET=2",
                "LC_TIME=x");
    }

    @Test
    @Spec({"P74", "P77", "P80"})
    void secretsAreInheritedOnRequest() throws Exception {
        assertEnvironment(
                policy(Inherit.ALL, true, List.of(), Map.of(), List.of("CV_*")),
                Map.of(),
                "CV_ALPHA=1",
                "CV_ALPHABET=2",
                "CV_API_KEY=k",
                "cv_Secret_x=s",
                "CV_TOKENS=t");
    }

    @Test
    @Spec({"P75", "P76", "P77", "P79", "P80"})
    void theStepsComeInOrder() throws Exception {
        assertEnvironment(
                policy(
                        Inherit.ALL,
                        false,
                        List.of("CV_ALPHA", "home"),
                        Map.of("MY_KEY", "set", "CV_ALPHA", "set again", "DROPPED", "by includeOnly"),
                        List.of("my_*", "cv_alpha*", "HOME")),
                Map.of("EXTRA_TOKEN", "overlay", "CV_ALPHABET", "overlay"),
                "CV_ALPHA=set again",
                "CV_ALPHABET=overlay",
                "EXTRA_TOKEN=overlay",
                "MY_KEY=set");
    }

    @Test
    @Spec({"P73", "P76", "P80"})
    void namesThatDifferInCaseCoexist() throws Exception {
        assertEnvironment(
                policy(Inherit.NONE, false, List.of(), Map.of("Foo", "1", "foo", "2"), List.of()),
                Map.of("FOO", "3"),
                "FOO=3",
                "Foo=1",
                "foo=2");
    }

    @Test
    @Spec("P78")
    void noThreadIdIsAdded() throws Exception {
        assertThat(environmentOf(Recipe.sh("cat /proc/$$/environ")
                        .policy(policy(Inherit.ALL, true, List.of(), Map.of(), List.of()))))
                .noneMatch(entry -> entry.startsWith("CODEX_THREAD_ID"));
    }

    @Test
    @Spec("N45")
    void variablesOfTheExecutorItselfNeverReachAProcess() throws Exception {
        requires(Ability.HIDES_ITS_VARIABLES);
        assertEnvironment(
                policy(Inherit.NONE, true, List.of(), Map.of("NODE_REPL_AUTH_TOKEN", "1"), List.of()),
                Map.of(
                        "codex_exec_server_exit_on_stdin_close", "1",
                        "OPENAI_IDENTITY_TOKEN_FILE", "/x",
                        "CODEX_EXEC_SERVER_NOISE_AUTH_TOKEN", "t",
                        "OPENAI_WORKLOAD_IDENTITY_CONTEXT", "c",
                        "KEPT", "1"),
                "KEPT=1");
    }
}
