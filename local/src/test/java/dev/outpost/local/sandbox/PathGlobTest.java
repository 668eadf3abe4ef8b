package dev.outpost.local.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outpost.executor.HostPath;
import dev.outpost.testkit.Spec;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathGlobTest {
    private static final HostPath CWD = HostPath.of("/w[1]");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/a/*.env | /a/x.env | true",
                "/a/*.env | /a/.env | true",
                "/a/*.env | /a/b/x.env | false",
                "/a/*.env | /b/a/x.env | false",
                "/a/?.env | /a/x.env | true",
                "/a/?.env | /a//.env | false",
                "/a/**/.env | /a/.env | true",
                "/a/**/.env | /a/b/c/.env | true",
                "/a/**/.env | /a/x.env | false",
                "/a/** | /a/b/c | true",
                "/a/** | /a | false",
                "/a/**/**/x | /a/x | true",
                "/a/b**c | /a/bxc | true",
                "/a/[xy].k | /a/y.k | true",
                "/a/[!xy].k | /a/y.k | false",
                "/a/[!xy].k | /a/z.k | true",
                "/a/[a-c]d | /a/bd | true",
                "/a/[a-c]d | /a/dd | false",
                "/a/[]]d | /a/]d | true",
                "/a/[bc | /a/[bc | true",
                "/a/{b,c{d,e}}.x | /a/ce.x | true",
                "/a/{b,c{d,e}}.x | /a/b.x | true",
                "/a/{b,c{d,e}}.x | /a/c.x | false",
                "/a/{,x}y | /a/y | true",
                "/a/\\*x | /a/*x | true",
                "/a/\\*x | /a/yx | false",
                "/a/plain | /a/plain | true",
                "/a/plain | /a/plain/below | true",
                "/a/plain | /a/plainer | false",
                "/a/*.env | /a/x.env/below | true",
                "/a/b/../*.env | /a/x.env | true",
                ".env | /w[1]/.env | true",
                "**/.env | /w[1]/x/.env | true",
                "**/.env | /w1/x/.env | false",
                "./x/./*.k | /w[1]/x/a.k | true",
                "../*.k | /a.k | true",
                "/** | /anything | true",
            })
    @Spec("F52")
    void matches(String pattern, String path, boolean expected) throws Exception {
        assertThat(PathGlob.compile(pattern, CWD).matches(HostPath.of(path))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/{b", "/a/b}", "/a/[z-a]", "/a/\\", "{{{{{{{{{{{{{{{{{x}}}}}}}}}}}}}}}}}"})
    @Spec("F50")
    void malformed(String pattern) {
        assertThatThrownBy(() -> PathGlob.compile(pattern, CWD)).isInstanceOf(MalformedGlobException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "/a/b/*.env,/a/b",
        "/a/b*/c,/a",
        "/*,/",
        "*.x,/w[1]",
        "sub/*.x,/w[1]/sub",
        "../*.x,/",
        "/a/plain,/a",
        "/a/b[c]/d,/a"
    })
    @Spec("F53")
    void knowsWhereToSearch(String pattern, String root) throws Exception {
        assertThat(PathGlob.compile(pattern, CWD).searchRoot()).isEqualTo(HostPath.of(root));
    }

    @Test
    void hostilePatternsTakeTimeInProportionToTheirLength() throws Exception {
        PathGlob glob = PathGlob.compile("/" + "*a".repeat(1000) + "b", CWD);
        assertThat(glob.matches(HostPath.of("/" + "a".repeat(4000)))).isFalse();
        assertThatThrownBy(() -> PathGlob.compile("/" + "a".repeat(4096), CWD))
                .isInstanceOf(MalformedGlobException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    @Spec("F52")
    void agreesWithARegularExpression(long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            StringBuilder pattern = new StringBuilder("/");
            StringBuilder regex = new StringBuilder("/");
            for (int part = random.nextInt(6); part >= 0; part--) {
                switch (random.nextInt(6)) {
                    case 0 -> add(pattern, "*", regex, "[^/]*", "*");
                    case 1 -> add(pattern, "?", regex, "[^/]", "");
                    case 2 -> add(pattern, "[ab]", regex, "[ab]", "");
                    case 3 -> add(pattern, "{a,bb}", regex, "(?:a|bb)", "");
                    case 4 -> {
                        if (pattern.charAt(pattern.length() - 1) == '/') {
                            pattern.append("**/");
                            regex.append("(?:.*/)?");
                        }
                    }
                    default -> add(pattern, random.nextBoolean() ? "a" : "/a", regex, null, "");
                }
            }
            if (pattern.charAt(pattern.length() - 1) == '/') {
                pattern.append('a');
                regex.append('a');
            }
            PathGlob glob = PathGlob.compile(pattern.toString(), CWD);
            Pattern oracle = Pattern.compile(regex + "(?:/.*)?", Pattern.DOTALL);
            for (int j = 0; j < 20; j++) {
                StringBuilder path = new StringBuilder();
                for (int c = random.nextInt(5); c >= 0; c--) {
                    path.append('/').append("abbab", 0, 1 + random.nextInt(4));
                }
                assertThat(glob.matches(HostPath.of(path.toString())))
                        .as("%s on %s", pattern, path)
                        .isEqualTo(oracle.matcher(path).matches());
            }
        }
    }

    /** Adds both, unless that would join two stars or double a slash. */
    private static void add(
            StringBuilder pattern, String glob, StringBuilder regex, @Nullable String expression, String not) {
        String last = pattern.substring(pattern.length() - 1);
        if (!last.equals(not) && !(last.equals("/") && glob.startsWith("/"))) {
            pattern.append(glob);
            regex.append(expression == null ? glob : expression);
        }
    }
}
