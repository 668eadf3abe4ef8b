package dev.outpost.local.env;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outpost.executor.process.EnvironmentPolicy;
import dev.outpost.executor.process.EnvironmentPolicy.Inherit;
import dev.outpost.testkit.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ChildEnvironmentTest {
    private static final String LETTERS = "AaBbKEYkeyTOKENüÜß";

    static IntStream seeds() {
        return IntStream.range(0, 300);
    }

    @ParameterizedTest
    @CsvSource({
        "FOO, FOO, true",
        "FOO, foo, true",
        "FOO, FOOBAR, false",
        "FOO?, FOO, false",
        "FOO?, FOOD, true",
        "f**r, FOOBAR, true",
        "f*r, FOOBAR, true",
        "*, '', true",
        "'', '', true",
        "'', A, false",
        "?, '', false",
        "[A], A, false",
        "[A], [a], true",
        "A.C, ABC, false",
        "\\*, \\x, true",
        "ü?, ÜÄ, true",
        "a*b*c, aXbYbZc, true",
        "a*b*c, aXbYbZ, false",
    })
    @Spec("P80")
    void patterns(String pattern, String name, boolean matches) {
        assertThat(new NamePattern(pattern).matches(name)).isEqualTo(matches);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @Spec("P80")
    void patternsMatchLikeTheRegularExpression(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            String pattern = random(random, LETTERS + "***???", 8);
            String name = random(random, LETTERS, 8);
            assertThat(new NamePattern(pattern).matches(name))
                    .as("%s against %s", pattern, name)
                    .isEqualTo(oracle(pattern).test(name));
        }
    }

    @Test
    @Spec("P80")
    void aPatternOfManyStarsTakesNoTime() {
        String pattern = "*a".repeat(2_000) + "b";
        assertThat(new NamePattern(pattern).matches("a".repeat(4_000))).isFalse();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @Spec({"P71", "P72", "P73", "P74", "P75", "P76", "P77", "P79", "P80"})
    void theResultIsThatOfTheSteps(int seed) {
        Random random = new Random(seed);
        Map<String, String> executor = variables(random, 12);
        executor.put("Path", "p");
        executor.put("TERM", "t");
        EnvironmentPolicy policy = new EnvironmentPolicy(
                List.of(Inherit.values()).get(random.nextInt(3)),
                random.nextBoolean(),
                patterns(random),
                variables(random, 4),
                patterns(random));
        Map<String, String> overlay = variables(random, 4);
        assertThat(text(ChildEnvironment.compute(policy, overlay, ExecutorEnvironment.of(executor))))
                .isEqualTo(model(policy, overlay, executor));
        assertThat(text(ChildEnvironment.compute(null, overlay, ExecutorEnvironment.of(executor))))
                .isEqualTo(new TreeMap<>(overlay));
    }

    /** The steps of spec P73–P79, as they are written there. */
    private static Map<String, String> model(
            EnvironmentPolicy policy, Map<String, String> overlay, Map<String, String> executor) {
        List<String> core = List.of(
                "PATH", "SHELL", "TMPDIR", "TEMP", "TMP", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "USER");
        Map<String, String> result = new TreeMap<>();
        if (policy.inherit() != Inherit.NONE) {
            result.putAll(executor);
        }
        if (policy.inherit() == Inherit.CORE) {
            result.keySet().removeIf(name -> core.stream().noneMatch(name::equalsIgnoreCase));
        }
        if (!policy.ignoreDefaultExcludes()) {
            result.keySet().removeIf(name -> {
                String upper = name.toUpperCase(Locale.ROOT);
                return upper.contains("KEY") || upper.contains("SECRET") || upper.contains("TOKEN");
            });
        }
        policy.exclude().forEach(pattern -> result.keySet().removeIf(oracle(pattern)));
        result.putAll(policy.set());
        if (!policy.includeOnly().isEmpty()) {
            result.keySet()
                    .removeIf(name -> policy.includeOnly().stream()
                            .noneMatch(pattern -> oracle(pattern).test(name)));
        }
        result.putAll(overlay);
        return result;
    }

    private static Predicate<String> oracle(String pattern) {
        StringBuilder regex = new StringBuilder();
        pattern.codePoints().forEach(c -> {
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(Character.toString(c)));
            }
        });
        int flags = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL;
        return Pattern.compile(regex.toString(), flags).asMatchPredicate();
    }

    private static List<String> patterns(Random random) {
        List<String> patterns = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            patterns.add(random(random, LETTERS + "***?", 4));
        }
        return patterns;
    }

    private static Map<String, String> variables(Random random, int most) {
        Map<String, String> variables = new TreeMap<>();
        for (int i = random.nextInt(most); i > 0; i--) {
            variables.put("x" + random(random, LETTERS, 6), random(random, LETTERS + "=\n", 5));
        }
        return variables;
    }

    private static String random(Random random, String letters, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    private static Map<String, String> text(ChildEnvironment environment) {
        Map<String, String> variables = new TreeMap<>();
        for (byte[] entry : environment.entries()) {
            String text = new String(entry, UTF_8);
            int end = text.indexOf('=', 1);
            variables.put(text.substring(0, end), text.substring(end + 1));
        }
        return variables;
    }

    @Test
    @Spec({"P72", "P73"})
    void bytesThatAreNotUtf8AreInheritedUnchanged() {
        byte[] odd = {'N', (byte) 0xff, '=', (byte) 0xfe, 'v', (byte) 0x80};
        byte[] sharp = {'B', (byte) 0xdf, '=', '1'};
        EnvironmentPolicy all = new EnvironmentPolicy(Inherit.ALL, true, List.of(), Map.of(), List.of());
        ExecutorEnvironment executor =
                ExecutorEnvironment.of(List.of(odd, sharp, "no value".getBytes(UTF_8), "=A=b".getBytes(UTF_8)));
        assertThat(ChildEnvironment.compute(all, Map.of(), executor).entries().stream()
                        .map(entry -> new String(entry, ISO_8859_1)))
                .containsExactlyInAnyOrder(new String(odd, ISO_8859_1), new String(sharp, ISO_8859_1), "=A=b");
    }

    @Test
    void theEnvironmentOfThisProcessIsReadAsBytes() {
        ExecutorEnvironment own = ExecutorEnvironment.ofThisProcess();
        System.getenv().forEach((name, value) -> assertThat(own.text(name)).isEqualTo(value));
    }

    @Test
    @Spec({"P61", "P62"})
    void theUserComesFromThePasswordFile() {
        List<String> passwd = List.of(
                "root:x:0:0:root:/root:/bin/sh",
                "broken line",
                "a:x:7:7:A,,,:/home/a:/nonexistent/shell",
                "b:x:8:8::/home/b:");
        assertThat(UserAccount.find("0", passwd).home()).hasToString("/root");
        assertThat(UserAccount.find("0", passwd).shell()).hasToString("/bin/sh");
        assertThat(UserAccount.find("7", passwd).home()).hasToString("/home/a");
        assertThat(UserAccount.find("7", passwd).shell()).as("not executable").hasToString("/bin/sh");
        assertThat(UserAccount.find("8", passwd).shell()).hasToString("/bin/sh");
        assertThat(UserAccount.find("9", passwd).home()).hasToString("/");
        assertThat(UserAccount.current().home()).hasToString(System.getProperty("user.home"));
    }
}
